"""A telephone switch in memory, on a virtual clock: for tests of everything above the port, and for the twin."""

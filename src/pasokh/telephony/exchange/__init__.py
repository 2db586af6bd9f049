"""The exchange of one organisation: what the core decided, brought about by a switch that only plays and joins."""

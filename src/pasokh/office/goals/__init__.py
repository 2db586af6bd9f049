"""Goals (R36): what a figure should be, of whom, over which period; how far it is, and where it will honestly end."""

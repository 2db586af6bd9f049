"""The twin: the centre's own deciding function under a virtual clock, with drawn or recorded customers and agents."""

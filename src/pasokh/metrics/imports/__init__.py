"""Facts of centres that came from elsewhere: files in, facts out, every line accounted for."""

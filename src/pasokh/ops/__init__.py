"""The command line, the supervisor, settings, the composition root, doctor and backup: what knows everything."""

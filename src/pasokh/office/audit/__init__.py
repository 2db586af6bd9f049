"""Who changed what: one row for every administrative write, never altered."""

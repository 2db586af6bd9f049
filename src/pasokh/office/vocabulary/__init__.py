"""Skills, outcomes and reasons: the words in which a centre describes its work."""

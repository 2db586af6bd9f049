"""The switch role: one Asterisk, its configuration from every organisation's document, kept running and up to date."""

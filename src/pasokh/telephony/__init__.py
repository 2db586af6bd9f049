"""Telephones: Asterisk as the hands, our own router as the head."""

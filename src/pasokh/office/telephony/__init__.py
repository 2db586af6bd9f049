"""Telephony as the office keeps it: carriers, numbers, telephones of people, flows, prompts, where calls may go."""

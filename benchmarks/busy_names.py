"""What the centre under load calls its own."""

ORG = "demo"
QUEUE = "bench"
"""Served by one agent alone, whom the browser plays; the demonstration shop's widget leads here."""
AGENT = "bench-agent"
PASSWORD = "pasokh-demo"
WIDGET = "load"

"""Choosing: which agent takes this contact, which contact this agent should take."""

"""The agent's own day: what was done, how it was received, what is due, and the plan of breaks."""

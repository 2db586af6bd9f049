"""What the core does with each command: check everything first, then emit."""

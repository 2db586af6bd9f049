"""Chat widgets as administrators set them up."""

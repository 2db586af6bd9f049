"""The demo organisation's accounts, as printed when the centre is ready."""

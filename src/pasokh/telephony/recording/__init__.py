"""From a switch's spool to a sealed stereo file: reading both sides, checking them, encrypting, keeping, playing."""

"""Asterisk's whole configuration from validated models: `models` → `render` → `plan` → `apply`.

Nobody edits a file of Asterisk. A `Site` says what numbers, trunks and stations there are; `render` writes the files of
one node from it; `plan` tells what differs from the files in use; `apply` tries the new files in a throw-away Asterisk
first.
"""

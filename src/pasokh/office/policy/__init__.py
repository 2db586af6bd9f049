"""The routing policy of a queue: its form, its words, its versions and drafts, and its preview in the twin."""

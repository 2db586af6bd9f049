"""The first-run wizard: from an empty installation to a first answered chat."""

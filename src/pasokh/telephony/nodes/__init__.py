"""Several switches as one: what belongs together lives on one node, and a node that dies takes nothing else with it."""

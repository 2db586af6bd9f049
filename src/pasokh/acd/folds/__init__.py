"""How each kind of event changes the state; `acd.apply` calls these and nobody else does."""

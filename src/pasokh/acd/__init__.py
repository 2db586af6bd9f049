"""The deciding core: pure functions from state, input and instant to events and effects."""

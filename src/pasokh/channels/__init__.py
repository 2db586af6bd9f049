"""Channels: how customers reach the centre. Adapters turn what happens outside into commands, effects into deeds."""

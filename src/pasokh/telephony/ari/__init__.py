"""Asterisk's REST interface: frames of its websocket, requests over it, and the switch made of them."""

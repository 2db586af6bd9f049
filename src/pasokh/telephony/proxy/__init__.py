"""The SIP proxy before several Asterisk nodes: Kamailio's whole configuration from the same site, tried before use."""

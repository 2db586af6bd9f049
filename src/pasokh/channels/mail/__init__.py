"""E-mail over the network: where mail is handed in, and the ways of handing it in."""

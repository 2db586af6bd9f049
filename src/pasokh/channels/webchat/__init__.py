"""The web chat: a widget on a customer's page, its HTTP calls and its view."""

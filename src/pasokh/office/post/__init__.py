"""Mail that goes out: written in the caller's transaction, sent by the `connect` role, once as far as SMTP allows."""

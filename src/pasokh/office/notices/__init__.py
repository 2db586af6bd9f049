"""What a person should know: per-user notices, how each kind reaches them, and mails for those who are away."""

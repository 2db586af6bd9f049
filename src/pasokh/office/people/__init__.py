"""Users, roles, sign-in, skills and queue membership."""

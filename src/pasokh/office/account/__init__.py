"""The way in and one's own account: passwords, second factor, passkeys, single sign-on, sessions, invitations."""

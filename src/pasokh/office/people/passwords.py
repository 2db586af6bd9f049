"""How passwords are kept: Argon2id at OWASP's parameters (Password Storage Cheat Sheet).

Django's own (100 MiB, 8 lanes) let a few people who sign in at once, or a stranger who tries, starve a small machine.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane. A password kept at other parameters is hashed anew when its owner signs in."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

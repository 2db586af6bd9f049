"""Which database alias may change the schema."""


class OwnerMigrates:
    """Migrations run as the owner only; the request role could not anyway."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:  # noqa: ARG002 - Django's signature
        """Only ``owner`` may migrate."""
        return db == "owner"

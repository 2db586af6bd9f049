"""Registers the `figures_import` feature with Django."""

from django.apps import AppConfig


class FiguresImportConfig(AppConfig):
    """The `figures_import` feature."""

    name = "pasokh.office.figures_import"
    label = "figures_import"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put its place among the figures."""
        from pasokh.office.figures.shell import Tab, add_tab  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415

        add_tab(Tab("figures_import", Right.EXCHANGE, 90))

"""Registers the `figures` feature with Django."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """The `figures` feature."""

    name = "pasokh.office.figures"
    label = "figures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put its places among the figures."""
        from pasokh.office.figures.shell import Tab, add_tab  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415

        add_tab(Tab("figures", Right.FIGURES, 10))
        add_tab(Tab("figures_explore", Right.FIGURES, 20))
        add_tab(Tab("figures_views", Right.FIGURES, 70))
        add_tab(Tab("figures_reports", Right.FIGURES, 80))

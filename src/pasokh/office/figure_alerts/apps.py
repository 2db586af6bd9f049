"""Registers the `figure_alerts` feature with Django."""

from django.apps import AppConfig


class FigureAlertsConfig(AppConfig):
    """The `figure_alerts` feature."""

    name = "pasokh.office.figure_alerts"
    label = "figure_alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put its place among the figures."""
        from pasokh.office.figures.shell import Tab, add_tab  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415

        add_tab(Tab("figures_alerts", Right.FIGURES, 60))

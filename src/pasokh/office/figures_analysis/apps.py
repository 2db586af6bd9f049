"""Registers the `figures_analysis` feature with Django."""

from django.apps import AppConfig


class FiguresAnalysisConfig(AppConfig):
    """The `figures_analysis` feature."""

    name = "pasokh.office.figures_analysis"
    label = "figures_analysis"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put its places among the figures."""
        from pasokh.office.figures.shell import Tab, add_tab  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415

        for order, name in enumerate(("peaks", "topics", "handling", "patience"), start=40):
            add_tab(Tab(f"figures_{name}", Right.FIGURES, order))

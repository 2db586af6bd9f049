"""Rules and rings in words."""

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.metrics.kpi import measure
from pasokh.office.figure_alerts.models import AlertRing, AlertRule
from pasokh.office.figures_analysis.choosing import figure_text, value_text, whose_text


def rule_text(row: AlertRule, spoken: str) -> str:
    """What it watches."""
    about = measure(row.measure)
    figure, whose = figure_text(about, spoken), whose_text(row.whose, spoken)
    if row.kind == "unusual":
        return message(f"alert.rule.unusual.{row.side}", spoken, figure=figure, whose=whose)
    value = value_text(about, row.value, spoken)
    return message(f"alert.rule.{row.side}", spoken, figure=figure, whose=whose, value=value)


def ring_text(row: AlertRule, ring: AlertRing, spoken: str) -> str:
    """What was seen when it rang."""
    about = measure(row.measure)
    figure, whose = figure_text(about, spoken), whose_text(row.whose, spoken)
    value, against = value_text(about, ring.value, spoken), value_text(about, ring.expected, spoken)
    n = numbers.number(ring.n, spoken)
    key = f"alert.rang.{row.kind}.{ring.side}"
    return message(key, spoken, figure=figure, whose=whose, value=value, expected=against, n=n)


def rule_names(spoken: str) -> dict[str, str]:
    """What the core calls a rule that is in use → what it watches: for the wall."""
    return {row.object: rule_text(row, spoken) for row in AlertRule.objects.filter(archived_at=0)}

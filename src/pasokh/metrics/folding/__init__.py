"""The log as facts: a pure fold of a centre's events into the rows of `metrics.facts`.

The same events give the same rows, so facts can be made again from the log at any time, all at once or as they come.
"""

from pasokh.metrics.folding.matters import Matter, Outcomes
from pasokh.metrics.folding.rows import QUARTER, SOURCE, Row
from pasokh.metrics.folding.step import FactFold, WholeFold, fold, key_of, recalled

__all__ = ["QUARTER", "SOURCE", "FactFold", "Matter", "Outcomes", "Row", "WholeFold", "fold", "key_of", "recalled"]

"""A question in SQL, for any engine that keeps the facts: one text of ours, turned into each dialect.

Every figure is made of parts that are counted over one table each. The parts of all tables are laid one over the other
(a row each, nothing where a part is not its own) and added up, so no engine has to join anything. What the innermost
select gives adds up over intervals; the outer one divides.
"""

from collections.abc import Iterable
from functools import cache

import sqlglot
from sqlglot import exp

from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.kpi import Measure
from pasokh.metrics.question import CYCLES, DAY_MS, STEPS, Question, is_time

HOUR_MS = 3_600_000
type Part = tuple[str, str, str]
"""Table, clock, expression."""


def select(question: Question, dialect: str = "duckdb") -> str:
    """The SQL of a question: its splits, then ``v0, n0, v1, n1 …`` for its figures; rows in order of the splits.

    Facts are read from tables or views of their own names. Raises what `Question.check` raises.
    """
    question.check()
    text = _text(question, dialect)
    if dialect == "duckdb":
        return text
    return sqlglot.parse_one(text, read="duckdb").transform(_discrete, dialect).sql(dialect)


def _text(question: Question, dialect: str) -> str:
    """The statement as DuckDB reads it; only texts are put in order as the engine must be told to."""
    parts: dict[Part, str] = {}
    columns: list[str] = []
    for number, measure in enumerate(question.measures):
        of, per, n = (_noted(parts, measure, which, question.now) for which in ("of", "per", "n"))
        columns += [f"{_value(measure, of, per)} AS v{number}", f"{n or per or of} AS n{number}"]
    layers = [_layer(question, parts, table, clock) for table, clock in dict.fromkeys(key[:2] for key in parts)]
    splits = [_quoted(name) for name in question.by]
    sums = [f"CAST({_outer(expression)}({alias}) AS BIGINT) AS {alias}" for (_, _, expression), alias in parts.items()]
    grouped = f" GROUP BY {', '.join(splits)}" if splits else ""
    inner = f"SELECT {', '.join([*splits, *sums])} FROM ({' UNION ALL '.join(layers)}) AS layers{grouped}"
    order = [
        f'{_quoted(name)} COLLATE "C"' if dialect == "postgres" and not is_time(name) else _quoted(name)
        for name in question.by
    ]
    ordered = f" ORDER BY {', '.join(order)}" if splits else ""
    return f"SELECT {', '.join([*splits, *columns])} FROM ({inner}) AS counted{ordered}"


def _noted(parts: dict[Part, str], measure: Measure, which: str, now: int) -> str:
    """The name under which a part of a figure is counted; empty where it has no such part."""
    kpi = measure.kpi
    written: str = getattr(kpi, which)
    if not written:
        return ""
    table = kpi.per_fact if which == "per" and kpi.per_fact else kpi.fact
    clock = (kpi.clock if table == kpi.fact else "") or TABLES[table].clocks[0]
    return parts.setdefault((table, clock, portable(measure.filled(written, now))), f"p{len(parts)}")


def _value(measure: Measure, of: str, per: str) -> str:
    if not per:
        return of if measure.kpi.unit != "ms" else f"CAST({of} AS DOUBLE)"
    times = f"{HOUR_MS} * " if measure.kpi.unit == "per_hour" else ""
    return f"CASE WHEN {per} > 0 THEN {times}CAST({of} AS DOUBLE) / {per} END"


def _layer(question: Question, parts: dict[Part, str], table: str, clock: str) -> str:
    """One table's parts; those of others are nothing."""
    splits = [f"{split_of(name, clock)} AS {_quoted(name)}" for name in question.by]
    counted = [  # engines differ in the type of a count, and of nothing
        f"CAST({expression} AS BIGINT) AS {alias}" if key == (table, clock) else f"CAST(NULL AS BIGINT) AS {alias}"
        for (*pair, expression), alias in parts.items()
        for key in [tuple(pair)]
    ]
    begin, end = question.period.local()
    wheres = [f"{clock} >= {begin}", f"{clock} < {end}"]
    wheres += [f"{_quoted(column)} IN ({_texts(values)})" for column, values in question.where]
    text = f"SELECT {', '.join([*splits, *counted])} FROM {table} WHERE {' AND '.join(wheres)}"
    return text + (f" GROUP BY {', '.join(str(number + 1) for number in range(len(splits)))}" if splits else "")


def split_of(name: str, clock: str) -> str:
    """The value of a split, in SQL over a table whose rows fall into intervals by `clock`."""
    if name in STEPS:
        return f"{clock} - {clock} % {STEPS[name]}"
    if name not in CYCLES:
        return _quoted(name)
    if name == "weekday":  # 1 January 1970 was a Thursday, the sixth day of a week that begins on Saturday
        return f"(CAST(({clock} - {clock} % {DAY_MS}) / {DAY_MS} AS BIGINT) + 5) % 7"
    if name == "interval_of_day":
        return f"({clock} % {DAY_MS}) - ({clock} % {STEPS['interval']})"
    return f"CAST(({clock} % {DAY_MS} - {clock} % {HOUR_MS}) / {HOUR_MS} AS BIGINT)"


def _outer(expression: str) -> str:
    """How parts of several layers become one: only the own layer has it, all others are null."""
    return "max" if any(word in expression.lower() for word in ("max(", "quantile")) else "sum"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _texts(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


@cache
def portable(expression: str) -> str:
    """An expression of the catalogue as every engine understands it; empty sums are 0."""
    tree = sqlglot.parse_one(expression, read="duckdb")
    return tree.transform(_plain).sql("duckdb")


def _plain(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))]))
    if isinstance(node, exp.Sum):
        return exp.Coalesce(
            this=exp.Cast(this=node, to=exp.DataType.build("BIGINT")), expressions=[exp.Literal.number(0)]
        )
    return node


def _discrete(node: exp.Expression, dialect: str) -> exp.Expression:
    """Quantiles of values that really occurred, for engines where sqlglot (30) would take approximations instead.

    ClickHouse's `quantileExact` is one further where the share falls on a value; by weight it is not.
    """
    if not isinstance(node, exp.PercentileDisc) or dialect not in ("clickhouse", "spark"):
        return node
    value, share = node.this, node.expression
    if dialect == "clickhouse":
        return exp.ParameterizedAgg(
            this="quantileExactWeighted", expressions=[share], params=[value, exp.Literal.number(1)]
        )
    return exp.WithinGroup(
        this=exp.Anonymous(this="PERCENTILE_DISC", expressions=[share]),
        expression=exp.Order(expressions=[exp.Ordered(this=value, nulls_first=True)]),
    )


def columns_of(expression: str, table: FactTable) -> set[str]:
    """The columns an expression reads; raises `ValueError` for one the table has not."""
    named = {column.name for column in sqlglot.parse_one(expression, read="duckdb").find_all(exp.Column)}
    unknown = named - {column.name for column in table.columns}
    if unknown:
        raise ValueError(f"{table.name} has no {', '.join(sorted(unknown))}: {expression}")
    return named

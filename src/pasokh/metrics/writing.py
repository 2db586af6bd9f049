"""Answers written out: for people to read, for machines, for spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import duckdb
import msgspec

from pasokh.i18n import numbers
from pasokh.i18n.cells import harmless
from pasokh.i18n.dates import WEEKDAYS, format_date
from pasokh.i18n.digits import localise
from pasokh.metrics.kpi import Measure
from pasokh.metrics.question import CYCLES, DAY_MS, EPOCH, STEPS
from pasokh.metrics.warehouse import Answer

FORMATS = ("table", "json", "csv", "parquet", "xlsx")


def written(answer: Answer, form: str, language: str = "en") -> bytes:
    """The answer in one of `FORMATS`; machines get plain numbers: shares from 0 to 1, times in milliseconds."""
    forms: dict[str, Callable[[Answer, str], bytes]] = {
        "table": _table, "json": _json, "csv": _csv, "parquet": _parquet, "xlsx": _xlsx,
    }  # fmt: skip
    return forms[form](answer, language)


def shown(measure: Measure, value: object, language: str) -> str:
    """A value as people read it; a dash where there is nothing to divide by."""
    if value is None:
        return "–"
    match measure.kpi.unit:
        case "share":
            return numbers.percent(round(_number(value) * 1000), language, 1)
        case "ms":
            return numbers.clock(round(_number(value)), language)
        case "count":
            return numbers.number(round(_number(value)), language)
        case _:
            return localise(f"{_number(value):.2f}", language)


def split_shown(split: str, value: object, language: str) -> str:
    """A split's value as people read it."""
    if split in STEPS:
        at = datetime.fromtimestamp(_number(value) / 1000, UTC)
        day = format_date(at.date(), language, "short")
        return day if split == "day" else f"{day} {localise(at.strftime('%H:%M'), language)}"
    if split == "weekday":
        return WEEKDAYS[language][(int(_number(value)) + 5) % 7]
    if split in CYCLES:
        minutes = int(_number(value)) * 60 if split == "hour_of_day" else int(_number(value)) // 60_000
        return localise(f"{minutes // 60:02d}:{minutes % 60:02d}", language)
    return str(value) or "–"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float(str(value))


def _plain(split: str, value: object) -> object:
    """A split's value for machines: times as ISO 8601 by the wall clock."""
    if split == "day":
        return (EPOCH + timedelta(days=int(_number(value)) // DAY_MS)).isoformat()
    if split in STEPS:
        return datetime.fromtimestamp(_number(value) / 1000, UTC).strftime("%Y-%m-%dT%H:%M")
    return value


def _heads(answer: Answer) -> list[str]:
    question = answer.question
    return [*question.by, *(head for measure in question.measures for head in (measure.name, f"{measure.name} n"))]


def _rows(answer: Answer) -> Iterator[list[object]]:
    by = answer.question.by
    for row in answer.rows:
        yield [*(_plain(split, value) for split, value in zip(by, row, strict=False)), *row[len(by) :]]


def _table(answer: Answer, language: str) -> bytes:
    question = answer.question
    names = [measure.kpi.name[language] for measure in question.measures]
    heads = [*question.by, *(head for name in names for head in (name, "n"))]
    lines = [heads]
    for row in answer.rows:
        splits, values = row[: len(question.by)], row[len(question.by) :]
        lines.append(
            [split_shown(split, value, language) for split, value in zip(question.by, splits, strict=True)]
            + [
                text
                for number, measure in enumerate(question.measures)
                for text in (
                    shown(measure, values[2 * number], language),
                    numbers.number(int(_number(values[2 * number + 1])), language),
                )
            ]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    left = len(question.by)
    text = "\n".join(
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
    legend = "\n".join(f"{measure.name}: {measure.kpi.says[language]}" for measure in question.measures)
    return f"{text}\n\n{legend}\n".encode()


def _json(answer: Answer, language: str) -> bytes:
    question = answer.question
    measures = [
        {
            "name": measure.name, "digest": measure.kpi.digest, "unit": measure.kpi.unit, "source": measure.kpi.source,
            "title": measure.kpi.name[language], "formula": measure.kpi.says[language],
        }
        for measure in question.measures
    ]  # fmt: skip
    period = {"from": question.period.first.isoformat(), "to": question.period.last.isoformat()}
    rows = [
        dict(zip(question.by, row, strict=False))
        | {
            measure.name: {"value": row[len(question.by) + 2 * n], "n": row[len(question.by) + 2 * n + 1]}
            for n, measure in enumerate(question.measures)
        }
        for row in _rows(answer)
    ]
    return msgspec.json.format(msgspec.json.encode({"period": period, "kpis": measures, "rows": rows})) + b"\n"


def _csv(answer: Answer, _language: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_heads(answer))
    writer.writerows([harmless(v) if isinstance(v, str) else v for v in row] for row in _rows(answer))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _parquet(answer: Answer, _language: str) -> bytes:
    import tempfile  # noqa: PLC0415 - DuckDB writes files
    from pathlib import Path  # noqa: PLC0415

    question = answer.question
    kinds = ["BIGINT" if split in CYCLES else "VARCHAR" for split in question.by]
    kinds += [kind for _ in question.measures for kind in ("DOUBLE", "BIGINT")]
    columns = ", ".join(f'"{head}" {kind}' for head, kind in zip(_heads(answer), kinds, strict=True))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:") as engine:
        engine.execute(f"CREATE TABLE answer ({columns})")
        rows = list(_rows(answer))
        if rows:
            engine.executemany(f"INSERT INTO answer VALUES ({', '.join('?' for _ in kinds)})", rows)
        file = Path(folder) / "answer.parquet"
        engine.execute(f"COPY answer TO '{file}' (FORMAT parquet)")
        return file.read_bytes()


def _xlsx(answer: Answer, language: str) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only where a sheet is wanted

    question, out = answer.question, io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "share": book.add_format({"num_format": "0.0%"}), "ms": book.add_format({"num_format": "[h]:mm:ss"}),
        "count": book.add_format({"num_format": "#,##0"}), "head": book.add_format({"bold": True, "text_wrap": True}),
        "other": book.add_format({"num_format": "0.00"}),
    }  # fmt: skip
    sheet = book.add_worksheet()
    if language == "fa":
        sheet.right_to_left()
    names = [head for measure in question.measures for head in (measure.kpi.name[language], "n")]
    for column, head in enumerate([*question.by, *names]):
        sheet.write_string(0, column, head, formats["head"])
    for line, row in enumerate(answer.rows, start=1):
        for column, split in enumerate(question.by):
            sheet.write_string(line, column, split_shown(split, row[column], language))
        for number, measure in enumerate(question.measures):
            column, unit = len(question.by) + 2 * number, measure.kpi.unit
            value, n = row[column], row[column + 1]
            if value is not None:
                cell = _number(value) / DAY_MS if unit == "ms" else _number(value)
                sheet.write_number(line, column, cell, formats.get(unit, formats["other"]))
            sheet.write_number(line, column + 1, _number(n), formats["count"])
    sheet.freeze_panes(1, len(question.by))
    sheet.set_column(0, len(question.by) + len(names), 16)
    about = book.add_worksheet()
    for line, measure in enumerate(question.measures):
        for column, text in enumerate(_about(measure, language)):
            about.write_string(line, column, text)
    book.close()
    return out.getvalue()


def _about(measure: Measure, language: str) -> Sequence[str]:
    return (measure.kpi.name[language], measure.name, measure.kpi.says[language], measure.kpi.source)

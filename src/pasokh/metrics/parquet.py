"""Files of facts as every engine here writes and reads them."""

import filecmp
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pasokh.metrics.facts import Column, FactTable

TYPES = {"text": "VARCHAR", "number": "BIGINT", "flag": "BIGINT"}


def columns_read(table: FactTable) -> str:
    """A table's columns out of `file_list`: of the wanted types, whatever release wrote the files."""
    return ", ".join(f'{_read(column)} AS "{column.name}"' for column in table.columns)


def _read(column: Column) -> str:
    cast = f'CAST("{column.name}" AS {TYPES[column.kind]})'
    return f"coalesce({cast}, '')" if column.later and column.kind == "text" else cast


def file_list(table: FactTable, files: Sequence[Path]) -> str:
    """A table function over files of ``FOLDER/TABLE/DAY/``; older ones may lack columns that came later."""
    listed = "[" + ", ".join(f"'{quoted(file)}'" for file in files) + "]"
    if not any(column.later for column in table.columns):
        return f"read_parquet({listed})"
    shape = files[0].parents[2] / f".shape-{table.name}-{len(table.columns)}.parquet"
    if not shape.exists():
        _write_shape(table, shape)
    return f"read_parquet(['{quoted(shape)}', {listed[1:]}, union_by_name = true)"


def _write_shape(table: FactTable, file: Path) -> None:
    """A file without rows that has all columns."""
    part = file.with_name(f"{file.name}.{os.getpid()}-{os.urandom(4).hex()}")
    columns = ", ".join(f'CAST(NULL AS {TYPES[column.kind]}) AS "{column.name}"' for column in table.columns)
    with duckdb.connect(":memory:") as engine:
        engine.execute(f"COPY (SELECT {columns} WHERE false) TO '{quoted(part)}' (FORMAT parquet)")
    settle(part, file)


def settle(part: Path, file: Path) -> None:
    """Put a finished file in its place so that a crash leaves the old one or the new one; the same again is none."""
    if file.exists() and file.stat().st_size == part.stat().st_size and filecmp.cmp(part, file, shallow=False):
        part.unlink()
        return
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def quoted(file: Path) -> str:
    """A path for between the quotes of SQL."""
    return str(file).replace("'", "''")

"""`pasokh config`: the whole configuration as one file, out and in, on the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pasokh.i18n.catalogue import has, message
from pasokh.kernel.errors import PasokhError
from pasokh.ops import composition
from pasokh.ops.database import running_database
from pasokh.ops.settings import Settings

ACTOR = "system"
"""Whoever runs the installation is bound by nobody's rights."""


def export(settings: Settings, org: str | None, file: str) -> None:
    """Write the configuration to a file, or to standard output (`-`)."""
    with _organisation(settings, org):
        from pasokh.office.exchange.actions import do_export  # noqa: PLC0415 - Django must be set up first

        text = do_export(ACTOR)
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, "utf-8")


def bring(settings: Settings, org: str | None, file: str, *, apply: bool, with_removal: bool) -> bool:
    """Check a file and print the plan, or every mistake with its line; apply it if asked. True = nothing was wrong."""
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    with _organisation(settings, org):
        from pasokh.office.exchange import actions  # noqa: PLC0415 - Django must be set up first

        row, plan = actions.do_check(ACTOR, "configuration", Path(file).name, data, with_removal=with_removal)
        for problem in plan.problems:
            said = _said(problem.error)
            print(f"{file}:{problem.line}: {problem.path}: {said} [{problem.error.code}]", file=sys.stderr)
        for step in plan.steps:
            if step.state in {"new", "changed", "removed"}:
                print(f"{step.state:<8} {step.section} {step.key}")
                if step.state == "changed":
                    for each in step.changes:
                        print(f"           {each.path}: {each.before or '-'} -> {each.after or '-'}")
        if row is None:
            return False
        if apply:
            actions.do_apply(ACTOR, row)
        else:
            actions.do_drop(row)
    return True


def _said(error: PasokhError) -> str:
    return message(error.code, "en", **error.params) if has(error.code) else error.code


@contextmanager
def _organisation(settings: Settings, org: str | None) -> Iterator[None]:
    """Django on the installation's database, in the scope of the one organisation meant."""
    import psycopg  # noqa: PLC0415 - each command loads what it needs

    with running_database(settings) as url:
        with psycopg.connect(url) as connection:
            found = [name for (name,) in connection.execute("SELECT shard FROM shard_head ORDER BY shard").fetchall()]
        if org is None and len(found) != 1:
            raise PasokhError("log.which_organisation", organisations=", ".join(found[:20]))
        if org is not None and org not in found:
            raise PasokhError("log.no_organisation", organisation=org)
        composition.set_up_django(url)
        from django.db import connections  # noqa: PLC0415 - Django must be set up first
        from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: PLC0415

        from pasokh.office.tenancy.scope import organisation_scope  # noqa: PLC0415

        try:
            with organisation_scope(org or found[0]):
                yield
        finally:  # before the server goes: a pool's threads would try to reach it
            for each in connections.all():
                each.close()
                if isinstance(each, DatabaseWrapper):
                    each.close_pool()

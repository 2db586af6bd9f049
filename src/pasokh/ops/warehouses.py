"""Whose facts a command is about, and where they are: in files, and in the database where one runs."""

import re

import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.today.reading import Today
from pasokh.metrics.warehouse import Limits, Warehouse, limited
from pasokh.ops.database import acting_as, database_url
from pasokh.ops.settings import Settings
from pasokh.store import schema

_ORG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def warehouse(settings: Settings, org: str) -> Warehouse:
    """The files of an organisation; with no name, of the only one there is, or of ``own`` where there is none."""
    folder = settings.home / "facts"
    if not org:
        kept = {each.name for each in folder.iterdir() if each.is_dir()} if folder.is_dir() else set()
        known = sorted(kept | followed(settings))
        if len(known) > 1:
            raise PasokhError("facts.which_org", field="org", known=", ".join(known))
        org = known[0] if known else "own"
    if not _ORG.fullmatch(org):
        raise PasokhError("facts.bad_org", field="org", org=org[:60])
    return Warehouse(folder / org)


def warehouse_now(settings: Settings, org: str) -> Warehouse:
    """The same with what no file has yet, where the database runs."""
    files = warehouse(settings, org)
    if files.folder.name not in followed(settings):
        return files
    url = acting_as(database_url(settings), schema.APP)
    return Warehouse(files.folder, today=Today(url, files.folder.name, limited(Limits())))


def followed(settings: Settings) -> set[str]:
    """Organisations whose log a running database folds into facts."""
    try:
        with psycopg.connect(acting_as(database_url(settings), schema.ENGINE), connect_timeout=5) as connection:
            found = connection.execute("SELECT to_regclass('fact_progress') IS NOT NULL").fetchone()
            if found is None or not found[0]:
                return set()
            return {str(org) for (org,) in connection.execute("SELECT org FROM fact_progress").fetchall()}
    except (PasokhError, psycopg.Error):
        return set()

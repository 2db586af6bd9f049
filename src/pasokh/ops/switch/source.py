"""The site as the office says it now, for `pasokh telephony` without a file."""

import psycopg

from pasokh.office.telephony.compiled import Document, decoded
from pasokh.ops.database import acting_as, database_url
from pasokh.ops.settings import Settings
from pasokh.ops.switch.compose import compose
from pasokh.ops.switch.nodes import nodes_of
from pasokh.ops.switch.settings import node_of
from pasokh.store import schema
from pasokh.telephony.config.models import Site
from pasokh.telephony.config.rules import check_site
from pasokh.telephony.sealing import Seal

_DOCUMENTS = "SELECT document::text FROM telephony_plantdocument WHERE version > 0 ORDER BY organisation_id"


class OfficeSource:
    """`pasokh.telephony.config.source.SiteSource` of a centre whose database runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load(self) -> Site:
        """The checked site; raises `database.not_running`, or what a document that does not fit is refused with."""
        several, node = nodes_of(self._settings.switch), node_of(self._settings.switch)
        made = compose(node, self._documents(), {}, Seal(self._settings.secret_key).open, several)
        for error in made.refused.values():
            raise error
        check_site(made.site)
        return made.site

    def _documents(self) -> list[Document]:
        dsn = acting_as(database_url(self._settings), schema.ENGINE)
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            return [decoded(document) for (document,) in connection.execute(_DOCUMENTS)]

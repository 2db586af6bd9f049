"""One site of all organisations: whoever's document does not fit keeps what it had, and holds up nobody else. Pure."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from pasokh.kernel.errors import PasokhError
from pasokh.office.telephony.compiled import Document, SitePart, site_part
from pasokh.ops.switch.nodes import NodesFile
from pasokh.telephony.config.models import Node, Site
from pasokh.telephony.config.rules import check_site


class Composed(msgspec.Struct, frozen=True):
    """A site that holds together."""

    site: Site
    parts: Mapping[str, SitePart]
    """What went in, by organisation."""
    refused: Mapping[str, PasokhError]
    """Whose document did not, and why."""


def compose(
    node: Node,
    documents: Sequence[Document],
    before: Mapping[str, SitePart],
    opened: Callable[[str], str],
    several: NodesFile | None = None,
) -> Composed:
    """The site of all documents; of one that does not fit, its part from `before`, if that still does.

    With a proxy before `several` nodes, every carrier is everybody's: its calls come by way of the proxy.
    """
    wanted: dict[str, SitePart] = {}
    refused: dict[str, PasokhError] = {}
    for document in sorted(documents, key=lambda each: each.org):
        try:
            whole = site_part(document, opened)
            wanted[document.org] = _here(node, whole) if several is None else _everywhere(whole)
        except PasokhError as error:
            refused[document.org] = error
    site = site_of(node, wanted, several)
    if not refused and _wrong(site) is None:
        return Composed(site, wanted, {})
    parts: dict[str, SitePart] = {}
    for org in sorted({document.org for document in documents}):
        for part in (wanted.get(org), before.get(org)):
            if part is None:
                continue
            wrong = _wrong(site_of(node, {**parts, org: part}, several))
            if wrong is None:
                parts[org] = part
                break
            refused.setdefault(org, wrong)
    return Composed(site_of(node, parts, several), parts, refused)


def site_of(node: Node, parts: Mapping[str, SitePart], several: NodesFile | None = None) -> Site:
    """The parts side by side, in the order of organisations."""
    ordered = [parts[org] for org in sorted(parts)]
    return Site(
        nodes=(node,) if several is None else several.nodes,
        proxy=None if several is None else several.proxy,
        organisations=tuple(part.organisation for part in ordered),
        trunks=tuple(trunk for part in ordered for trunk in part.trunks),
        numbers=tuple(number for part in ordered for number in part.numbers),
        stations=tuple(station for part in ordered for station in part.stations),
    )


def _here(node: Node, part: SitePart) -> SitePart:
    """Only the carriers this node uses."""
    used = tuple(replace(each, nodes=()) for each in part.trunks if not each.nodes or node.name in each.nodes)
    keys = {trunk.key for trunk in used}
    numbers = [replace(each, trunks=tuple(key for key in each.trunks if key in keys)) for each in part.numbers]
    return SitePart(part.organisation, used, tuple(each for each in numbers if each.trunks), part.stations)


def _everywhere(part: SitePart) -> SitePart:
    """Which nodes a carrier names counts for nothing behind a proxy."""
    return SitePart(
        part.organisation, tuple(replace(each, nodes=()) for each in part.trunks), part.numbers, part.stations
    )


def _wrong(site: Site) -> PasokhError | None:
    try:
        check_site(site)
    except PasokhError as error:
        return error
    return None

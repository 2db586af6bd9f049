"""The file that says of several nodes: which there are, the proxy before them, and how the engine reaches each."""

from pathlib import Path
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta, Struct

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.models import Node, Proxy, Site
from pasokh.telephony.config.rules import check_site


class Reached(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the engine reaches a node: by its folder on the same machine, else by TLS."""

    home: str = ""
    url: Annotated[str, Meta(pattern=r"\A(https://[^\s@]{1,250}/ari)?\Z")] = ""
    password: str = ""
    authorities: str = ""
    """A file of certificates to trust instead of the system's."""

    def __repr__(self) -> str:
        return f"Reached({self.home or self.url!r})"


class NodesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The machines' part of a site; the organisations' part comes from the office."""

    nodes: Annotated[tuple[Node, ...], Meta(min_length=1, max_length=50)]
    proxy: Proxy
    ari: dict[str, Reached]
    """By node."""


class Placed(Protocol):
    """Whoever knows where the file is."""

    @property
    def nodes(self) -> Path | None:
        """The file, None where there is only one node."""


def nodes_of(settings: Placed) -> NodesFile | None:
    """The file's content, None without one; raises ``settings.bad_nodes`` naming what is wrong, and ``site.*``."""
    if settings.nodes is None:
        return None
    try:
        found = msgspec.json.decode(settings.nodes.read_bytes(), type=NodesFile)
    except (OSError, msgspec.DecodeError) as error:  # names the place, never the value: it may be a password
        raise PasokhError("settings.bad_nodes", file=str(settings.nodes), problem=str(error)[:200]) from error
    check_site(Site(nodes=found.nodes, proxy=found.proxy))
    for node in found.nodes:
        reached = found.ari.get(node.name)
        if reached is None or bool(reached.home) == bool(reached.url) or bool(reached.url) != bool(reached.password):
            raise PasokhError("settings.bad_nodes", file=str(settings.nodes), problem=f"ari.{node.name}")
    return found

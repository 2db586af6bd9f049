"""One thing that is wrong with a flow."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What is wrong: a stable code, where, what fills its sentence. ``CODE.do`` of the catalogue says what to do."""

    code: str
    flow: str
    node: str
    field: str
    params: dict[str, object]

    @property
    def where(self) -> str:
        """The field's path in the flow."""
        path = f"nodes.{self.node}" if self.node else ""
        return ".".join(part for part in (path, self.field) if part)

"""What agents may dial, told where they type it: the same rules the exchange asks before it dials."""

from contextlib import AsyncExitStack
from typing import Self

from pasokh.acd.state import State
from pasokh.kernel.errors import PasokhError
from pasokh.ops.plant.documents import OfficeDocuments
from pasokh.ops.plant.stations import permitted
from pasokh.store.postgres.database import Database
from pasokh.telephony.billing import usage_of

PATIENCE_SECONDS = 2.0


class OfficeDialling:
    """`pasokh.live.orders.Dialling` over the organisations' documents. Use as an asynchronous context."""

    def __init__(self, dsn: str) -> None:
        """`dsn` acts as the engine's role: documents of every organisation are followed."""
        self._database = Database(dsn, connections=1, patience=PATIENCE_SECONDS)
        self._documents = OfficeDocuments(self._database)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._database.open()
        self._stack.push_async_callback(self._database.close)
        await self._stack.enter_async_context(self._documents)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def check(self, org: str, number: str, state: State) -> str:
        """The number in E.164; raises `PasokhError` ``dial.*``."""
        house = await self._documents.house(org)
        if house is None:
            raise PasokhError("dial.country_not_allowed", field="number", number=number[:40], country="–")
        granted = permitted(house, number, "transfer", usage=usage_of(state, state.now))
        return granted.destination.number

"""A desk telephone for tests: signs in at a switch, answers every call at once, and hangs up with the other side."""

import contextlib
import threading
from types import TracebackType
from typing import Self

from tests.line_voice import LineVoice
from tests.polling import until
from tests.sip_peer import SDP, Message, SipPeer


class DeskPhone:
    """Use as a context; `called` counts the calls it answered, `ended` those the other side ended."""

    def __init__(
        self, switch_port: int, user: str, password: str, host: str = "127.0.0.11", voice: LineVoice | None = None
    ) -> None:
        """`voice` speaks and hears; without one there is no sound."""
        self._peer = SipPeer(host)
        self._at = (switch_port, user, password)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"telephone {user}")
        self.called = self.ended = 0
        self.invited: list[Message] = []
        self._voice = voice

    def __enter__(self) -> Self:
        until(lambda: self._peer.register(*self._at).status == 200, 20)  # a reload may still be under way
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)
        self._peer.socket.close()

    def _serve(self) -> None:
        known: set[str] = set()
        while not self._over.is_set():
            with contextlib.suppress(AssertionError):  # nothing came
                message = self._peer.receive(0.2)
                method, call = message.first.split(" ")[0], message.header("Call-ID")
                if method == "INVITE":
                    self.called += call not in known
                    self.invited.append(message)
                    known.add(call)
                    body = self._voice.offer if self._voice is not None else SDP.format(host=self._peer.host)
                    self._peer.answer(message, 200, "OK", body)
                    if self._voice is not None:
                        self._voice.to(message.body)
                elif method in {"OPTIONS", "BYE", "CANCEL", "UPDATE"}:
                    self.ended += method == "BYE"
                    self._peer.answer(message, 200, "OK")

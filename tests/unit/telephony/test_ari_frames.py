"""Frames of ARI's websocket, whatever comes: counted and survived, and a channel ends once in whatever order."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasokh.telephony import events as ev
from pasokh.telephony.ari import wire
from pasokh.telephony.ari.translate import LEG, TAP, Translator, instant

APP = "pasokh-acme"


def channel(id_: str = "c1", state: str = "Up", name: str = "PJSIP/trunk-00000001") -> dict[str, object]:
    return {
        "id": id_,
        "name": name,
        "state": state,
        "caller": {"name": "", "number": "+98"},
        "creationtime": "2026-11-22T08:54:48.196+0000",
        "dialplan": {"app_name": "Stasis", "app_data": f"{APP},5001,call", "priority": 1},
        "channelvars": {"PASOKH_ORG": "acme", "PASOKH_NOTE": ""},
        "something_new": [1, {"a": None}],
    }


def frame(kind: str, second: int = 0, **fields: object) -> bytes:
    stamp = f"2026-11-22T08:55:{second:02d}.000+0000"
    return json.dumps({"type": kind, "timestamp": stamp, "application": APP, **fields}).encode()


LIFE = [
    frame("StasisStart", 1, channel=channel(state="Ring"), args=["5001", "call"]),
    frame("ChannelStateChange", 2, channel=channel()),
    frame("ChannelDtmfReceived", 3, channel=channel(), digit="1", duration_ms=100),
    frame("ChannelEnteredBridge", 4, channel=channel(), bridge={"id": "b1", "channels": ["c1"]}),
    frame("ChannelLeftBridge", 5, channel=channel(), bridge={"id": "b1", "channels": []}),
    frame("ChannelHangupRequest", 6, channel=channel(), cause=16),
    frame("StasisEnd", 7, channel=channel()),
    frame("ChannelDestroyed", 8, channel=channel(), cause=16),
]
"""A call as it is told, of a channel that was subscribed to."""


def told(frames: list[bytes]) -> tuple[list[ev.AnySwitchEvent], wire.FrameCounts]:
    """What frames mean."""
    counts = wire.FrameCounts()
    reader, translator = wire.FrameReader(counts), Translator(APP, counts)

    def events() -> Iterator[ev.AnySwitchEvent]:
        for each in frames:
            message = reader.read(each)
            if isinstance(message, wire.Message):
                yield from translator.events(message)

    return list(events()), counts


def test_a_call_is_told() -> None:
    events, counts = told(LIFE)
    assert [type(event) for event in events] == [
        ev.CallerEntered,
        ev.ChannelStateChanged,
        ev.DigitReceived,
        ev.ChannelEnteredBridge,
        ev.ChannelLeftBridge,
        ev.ChannelGone,
    ]
    entered = events[0]
    assert isinstance(entered, ev.CallerEntered)
    assert entered.channel.variables == {"PASOKH_ORG": "acme"}
    assert entered.at == instant("2026-11-22T08:55:01.000+0000") == 1795337701000
    assert counts == wire.FrameCounts(events=len(LIFE))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_frames_cut_doubled_and_in_any_order_end_a_channel_once(data: st.DataObject) -> None:
    frames = data.draw(st.permutations(LIFE * 2))
    cuts = data.draw(st.lists(st.integers(0, len(frames) - 1), max_size=5, unique=True))
    for place in cuts:
        frames[place] = frames[place][: data.draw(st.integers(0, len(frames[place]) - 1))]
    events, counts = told(list(frames))
    assert sum(isinstance(event, ev.ChannelGone) for event in events) <= 1
    gone = next((place for place, event in enumerate(events) if isinstance(event, ev.ChannelGone)), len(events))
    assert events[gone + 1 :] == []
    assert counts.events + counts.malformed + counts.duplicated == len(frames)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: json.dumps(text).encode()))
def test_whatever_is_no_message_is_passed_over(junk: bytes) -> None:
    counts = wire.FrameCounts()
    assert wire.FrameReader(counts).read(junk) is None
    assert counts.malformed + counts.unknown == 1


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*sorted(wire.UNDERSTOOD), "SomethingNew"]),
    st.dictionaries(
        st.sampled_from(["channel", "bridge", "peer", "playback", "recording", "digit", "args", "timestamp", "cause"]),
        _json | st.just(channel()),
        max_size=5,
    ),
)
def test_oddly_shaped_messages_are_survived(kind: str, fields: dict[str, object]) -> None:
    events, counts = told([json.dumps({"type": kind, **fields}).encode()])
    assert counts.events + counts.unknown + counts.malformed == 1 or kind == "RESTResponse"
    assert len(events) <= 1


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        (frame("ChannelSomersault", channel=channel()), {"unknown": 1}),
        (frame("ChannelDtmfReceived", channel="c1", digit="1"), {"malformed": 1}),
        (frame("StasisStart", args=[]), {"malformed": 1}),
        (frame("StasisStart", channel=channel() | {"padding": "x" * 10_000_000}), {"oversized": 1}),
        (b"[" * 100_000, {"malformed": 1}),
        (b'{"type":"StasisStart","channel":"\xff\xfe"}', {"malformed": 1}),
        (b"", {"malformed": 1}),
    ],
    ids=["unknown", "odd field", "no channel", "10 MB", "deep", "no UTF-8", "empty"],
)
def test_what_cannot_be_meant_is_counted(sent: bytes, counted: dict[str, int]) -> None:
    events, counts = told([sent])
    assert (events, counts) == ([], wire.FrameCounts(**counted))


def test_ten_megabytes_of_an_answer_are_read() -> None:
    body = json.dumps([channel(f"c{n}") for n in range(28_000)])
    sent = json.dumps({"type": "RESTResponse", "request_id": "7", "status_code": 200, "message_body": body}).encode()
    assert len(sent) > 10_000_000
    answer = wire.FrameReader(wire.FrameCounts()).read(sent)
    assert isinstance(answer, wire.RESTResponse)
    assert answer.message_body == body


def test_the_same_key_pressed_twice_is_two_keys() -> None:
    first, second = (frame("ChannelDtmfReceived", at, channel=channel(), digit="1") for at in (1, 2))
    events, counts = told([first, second, second])
    assert len(events) == 2
    assert counts.duplicated == 1


def test_a_channel_comes_back_after_its_end_was_told_wrongly() -> None:
    """Two lives of one id are told apart by the clock, not by the order of frames."""
    later = frame("StasisStart", 30, channel=channel(), args=["5001", "call"])
    events, counts = told([*LIFE, LIFE[0] + b" ", later])
    assert isinstance(events[-1], ev.CallerEntered)
    assert sum(isinstance(event, ev.CallerEntered) for event in events) == 2
    assert counts.late == 1


def test_a_channel_that_leaves_without_a_hang_up_goes_on_in_the_dialplan() -> None:
    events, _ = told([LIFE[0], LIFE[6], LIFE[7]])
    assert [type(event) for event in events] == [ev.CallerEntered, ev.ChannelContinued, ev.ChannelGone]


def test_the_cause_comes_from_whoever_knows_it() -> None:
    dial = [
        frame("Dial", 1, peer=channel("a-1", "Down"), dialstatus="BUSY"),
        frame("ChannelDestroyed", 2, channel=channel("a-1", "Down"), cause=0),
        frame("ChannelHangupRequest", 3, channel=channel("a-2"), cause=32, soft=True),
        frame("StasisEnd", 4, channel=channel("a-2")),
    ]
    events, _ = told(dial)
    assert [event.cause for event in events if isinstance(event, ev.ChannelGone)] == [ev.Cause.BUSY, ev.Cause.NORMAL]


RTCP = "ssrc=1;themssrc=2;lp=4;rxjitter=0.020000;rxcount=96;txjitter=0.003000;txcount=110;rlp=11;rtt=0.080000"
REPORT = ["report", "", RTCP, "127.0.0.1:1", "127.0.0.2:2", "(opus|alaw)", "id@host", "", "PJSIP/trunk-00000001", "16"]


def test_a_leg_tells_how_it_was_after_its_end_and_ends_once() -> None:
    reported = frame("StasisStart", 9, channel=channel(), args=REPORT)
    events, counts = told([*LIFE[:7], reported, frame("StasisEnd", 10, channel=channel()), LIFE[7]])
    assert [type(event) for event in events[-2:]] == [ev.ChannelGone, ev.LegReported]
    assert counts.late == 0
    told_last = events[-1]
    assert isinstance(told_last, ev.LegReported)
    assert told_last.report == ev.MediaReport(
        codec="opus", received=96, sent=110, received_lost=4, sent_lost=11, received_jitter_ms=3.0, sent_jitter_ms=20.0,
        round_trip_ms=80.0, heard=True, here="127.0.0.1:1", there="127.0.0.2:2", sip_call_id="id@host", by_phone=True,
        cause=16,
    )  # fmt: skip


def test_the_outside_half_of_a_leg_is_nobodys_channel() -> None:
    half = channel("far-1", name="PJSIP/carrier-00000002")
    events, _ = told(
        [
            frame("StasisStart", 1, channel=half, args=["report", "a-1;2", *REPORT[2:]]),
            frame("StasisEnd", 2, channel=half),
            frame("ChannelDestroyed", 3, channel=half),
        ]
    )
    [report] = events
    assert isinstance(report, ev.LegReported)
    assert report.serves == "a-1"


@pytest.mark.parametrize(
    "rtcp", ["", "lp=4294967290", "rxcount=-5", "rxcount=x;rtt=nan;lp", "rtt=1e99", ";;;=", "rxcount=" + "9" * 400]
)
def test_a_report_that_makes_no_sense_tells_nothing(rtcp: str) -> None:
    [event] = told([frame("StasisStart", 1, channel=channel(), args=["report", "", rtcp])])[0]
    assert isinstance(event, ev.LegReported)
    assert event.report == ev.MediaReport()


def test_recordings_own_channels_are_nobodys_business() -> None:
    tap = channel(f"{TAP}r-1.from", name="Snoop/c1-00000000")
    events, _ = told(
        [
            frame("StasisStart", 1, channel=tap, args=[LEG]),
            frame("ChannelStateChange", 2, channel=tap),
            frame("RecordingFinished", 3, recording={"name": "r-1.from", "duration": 4, "state": "done"}),
            frame("StasisEnd", 4, channel=tap),
        ]
    )
    [finished] = events
    assert isinstance(finished, ev.RecordingFinished)
    assert (finished.recording, finished.track, finished.file) == ("r-1", ev.Track.FROM, "r-1.from")


def test_every_event_of_the_port_is_told_by_asterisk() -> None:
    """Nothing is in the filter that means nothing, nothing of the port is never told."""
    rest = [
        frame("StasisStart", 1, channel=channel("a-1"), args=[LEG, "agent"]),
        frame("ChannelHold", 2, channel=channel("a-1")),
        frame("ChannelUnhold", 3, channel=channel("a-1")),
        frame("ChannelTalkingStarted", 4, channel=channel("a-1")),
        frame("ChannelTalkingFinished", 5, channel=channel("a-1"), duration=700),
        frame("Dial", 6, peer=channel("a-1"), dialstatus="ANSWER"),
        frame("PlaybackFinished", 7, playback={"id": "p-1", "state": "done"}),
        frame("RecordingStarted", 8, recording={"name": "r-1.message", "state": "recording"}),
        frame("RecordingFailed", 8, recording={"name": "r-1.message", "state": "failed"}),
    ]
    rest.append(frame("StasisStart", 9, channel=channel("a-9"), args=["report", "", "rxcount=5", "", "", "(alaw)"]))
    events, _ = told([*rest, LIFE[0], LIFE[6], *LIFE[1:]])
    kinds = {type(event) for event in events}
    assert kinds | {ev.Lost, ev.Replaced} == set(ev.AnySwitchEvent.__value__.__args__)
    sent = {json.loads(each)["type"] for each in [*rest, *LIFE, frame("RecordingFinished")]}
    assert sent | {"ApplicationReplaced", "RESTResponse"} == wire.UNDERSTOOD

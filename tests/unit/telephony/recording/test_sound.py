"""Two sides of a switch become one stereo file: exact, aligned, judged."""

import array
import io
import math
import struct
import wave
from pathlib import Path

import pytest
import soundfile

from pasokh.telephony.recording.rules import Finding, Heard, findings
from pasokh.telephony.recording.sound import MOST_PEAKS, to_stereo
from pasokh.telephony.recording.spool import DEAD_MS, RATE, Spool

NAME = "r-" + "a" * 32


def tone(seconds: float, hertz: int, size: int = 8_000) -> array.array:
    return array.array("h", (int(size * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE))))


def put(folder: Path, side: str, samples: array.array, *, closed: bool = True) -> Path:
    path = folder / f"{NAME}.{side}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    if not closed:
        with path.open("r+b") as file:
            for at in (4, 40):
                file.seek(at)
                file.write(struct.pack("<I", 0))
    return path


def made(folder: Path):
    target = io.BytesIO()
    heard, peaks = to_stereo(Spool(folder).sides(NAME), target)
    if not heard.length_ms:
        return heard, peaks, []  # a FLAC file without a sample is none
    target.seek(0)
    data, rate = soundfile.read(target, dtype="int16")
    assert rate == RATE
    return heard, peaks, data


def test_the_customer_is_left_and_the_agent_right_sample_by_sample(tmp_path):
    customer, agent = tone(2.5, 300), tone(2.5, 500, 4_000)
    put(tmp_path, "from", customer)
    put(tmp_path, "to", agent)
    heard, peaks, data = made(tmp_path)
    assert list(data[:, 0]) == list(customer)
    assert list(data[:, 1]) == list(agent)
    assert heard.length_ms == 2_500
    assert not heard.cut_off
    assert heard.loudest[0] > 1.9 * heard.loudest[1] > 2_000
    assert len(peaks) % 2 == 0
    lane = len(peaks) // 2
    assert max(peaks[:lane]) > max(peaks[lane:]) > 60


def test_sides_that_ended_together_are_brought_together_at_their_ends(tmp_path):
    put(tmp_path, "from", tone(2, 300))
    put(tmp_path, "to", tone(1.98, 500))
    _, _, data = made(tmp_path)
    assert list(data[: RATE // 50, 1]) == [0] * (RATE // 50)
    assert data[RATE:, 1].any()


def test_a_switch_that_died_leaves_what_there_was(tmp_path):
    paths = [put(tmp_path, "from", tone(2, 300), closed=False), put(tmp_path, "to", tone(1, 500), closed=False)]
    sides = Spool(tmp_path).sides(NAME)
    now = sides["from"].written_at
    assert not sides["from"].closed
    assert not sides["from"].over(now + 1_000), "it may still be growing"
    assert sides["from"].over(now + DEAD_MS + 1)
    heard, _, data = made(tmp_path)
    assert heard.cut_off
    assert heard.length_ms == 2_000
    assert data[:RATE, 1].any()
    assert not data[RATE:, 1].any(), "they began together"
    assert all(path.exists() for path in paths), "nothing is removed by reading"


def test_one_side_alone_is_better_than_none(tmp_path):
    put(tmp_path, "from", tone(3, 300))
    heard, _, data = made(tmp_path)
    assert heard.sides == 1
    assert not data[:, 1].any()
    assert Finding.ONE_SIDE in findings(heard, 3_000)


@pytest.mark.parametrize("size", [0, 8, 79, RATE - 1, RATE + 1])
def test_any_length_is_taken(tmp_path, size):
    put(tmp_path, "from", tone(1.5, 300)[:size])
    put(tmp_path, "to", tone(1.5, 300)[:size], closed=size > 0)
    heard, peaks, data = made(tmp_path)
    assert len(data) == size
    assert heard.length_ms == size * 1_000 // RATE
    assert len(peaks) <= 4 * MOST_PEAKS


def test_a_waveform_of_an_hour_stays_small(tmp_path):
    put(tmp_path, "from", array.array("h", bytes(2 * RATE * 3_600)))
    put(tmp_path, "to", tone(10, 400))
    heard, peaks, _ = made(tmp_path)
    assert heard.length_ms == 3_600_000
    assert MOST_PEAKS <= len(peaks) <= 2 * MOST_PEAKS


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"\x81" * 43, bytes(range(256)) * 16 + b"x", b"RIFF" + b"\xff" * 100]
)
def test_anything_may_lie_in_the_spool(tmp_path, content):
    (tmp_path / f"{NAME}.from.wav").write_bytes(content)
    (tmp_path / f"{NAME}.to.wav").write_bytes(content)
    heard, _, _ = made(tmp_path)
    assert heard.length_ms >= 0


def test_the_spool_knows_its_own_files_only(tmp_path):
    for name in (f"{NAME}.from.wav", f"{NAME}.to.wav", "v-1.message.wav", "r-zz.from.wav", f"{NAME}.wav", "x"):
        (tmp_path / name).write_bytes(b"")
    spool = Spool(tmp_path)
    assert list(spool.names()) == [NAME]
    spool.clear(NAME)
    assert list(spool.names()) == []
    assert (tmp_path / "v-1.message.wav").exists()
    assert list(Spool(tmp_path / "none").names()) == []


@pytest.mark.parametrize(
    ("heard", "expected_ms", "silent_ms", "found"),
    [
        (Heard(60_000, (900, 900), False, 2), 60_500, 0, []),
        (Heard(40_000, (900, 900), False, 2), 60_000, 0, [Finding.SHORT]),
        (Heard(70_000, (900, 900), False, 2), 60_000, 0, [Finding.LONG]),
        (Heard(60_000, (3, 900), False, 2), 60_000, 0, [Finding.CUSTOMER_SILENT]),
        (Heard(60_000, (900, 3), False, 2), 60_000, 0, [Finding.AGENT_SILENT]),
        (Heard(60_000, (3, 3), False, 2), 60_000, 59_000, []),
        (Heard(60_000, (900, 900), True, 2), 0, 0, [Finding.CUT_OFF]),
    ],
)  # fmt: skip
def test_a_recording_is_judged(heard, expected_ms, silent_ms, found):
    assert findings(heard, expected_ms, silent_ms) == found

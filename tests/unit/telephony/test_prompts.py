"""Prompts are made by the real programs, once, whole, in both formats; recordings go before them."""

import array
import math
import shutil
import struct
import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from tests.polling import until

from pasokh.flows.examples import example
from pasokh.flows.position import Piece
from pasokh.flows.saying import own
from pasokh.i18n import speech
from pasokh.kernel.errors import PasokhError
from pasokh.telephony import synthesis
from pasokh.telephony.prompts import Prompt, PromptCatalogue, prompts_of, standard_prompts
from pasokh.telephony.synthesis import Voice

PROGRAMS = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("sox")), reason="espeak-ng and sox are not installed"
)
HELLO = [Prompt("en", "Hello"), Prompt("fa", "سلام"), Prompt("uk", "Вітаємо, пʼять")]


@pytest.fixture
def catalogue(tmp_path):
    return PromptCatalogue(tmp_path / "prompts")


def path_of(sound):
    return Path(sound.removeprefix("sound:"))


def rms(sound, ending):
    """Loudness of the file and its seconds."""
    path = path_of(sound).with_name(path_of(sound).name + ending)
    if ending == ".wav":
        with wave.open(str(path)) as opened:
            assert (opened.getframerate(), opened.getnchannels(), opened.getsampwidth()) == (8_000, 1, 2)
            rate, data = 8_000, opened.readframes(opened.getnframes())
    else:
        rate, data = 16_000, path.read_bytes()
    samples = array.array("h", data)
    return math.sqrt(sum(s * s for s in samples) / len(samples)) / 32_768, len(samples) / rate


def tone(seconds=1.0, rate=8_000):
    frames = b"".join(struct.pack("<h", int(9_000 * math.sin(n * 0.3))) for n in range(int(seconds * rate)))
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    head = b"RIFF" + struct.pack("<I", 36 + len(frames)) + b"WAVEfmt " + form + b"data" + struct.pack("<I", len(frames))
    return head + frames


@PROGRAMS
def test_three_languages_are_heard_in_both_formats(catalogue):
    made = catalogue.make(HELLO, workers=2)
    assert (made.made, made.kept, made.failed) == (3, 0, ())
    for prompt in HELLO:
        sound = catalogue.sound(prompt)
        assert path_of(sound).is_absolute()
        assert path_of(sound).suffix == ""
        narrow, wide = rms(sound, ".wav"), rms(sound, ".sln16")
        assert narrow[0] > 0.03
        assert wide[0] > 0.03
        assert 0.2 < narrow[1] < 4
        assert narrow[1] == pytest.approx(wide[1], abs=0.01)
    assert not list(catalogue.folder.rglob(".part-*"))


@PROGRAMS
def test_nothing_is_made_twice_and_a_changed_text_is_another_file(catalogue):
    catalogue.make(HELLO)
    before = {path: path.stat().st_mtime_ns for path in catalogue.folder.rglob("*.wav")}
    again = catalogue.make([*HELLO, Prompt("en", "  Hello "), Prompt("en", "Hello there")])
    assert (again.made, again.kept) == (1, 4)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert catalogue.sound(HELLO[0]) != catalogue.sound(Prompt("en", "Hello there"))
    slower = PromptCatalogue(catalogue.folder, {**synthesis.VOICES, "en": Voice("en-gb", 100)})
    assert slower.sound(HELLO[0]) is None  # another voice is another file
    assert catalogue.sweep(HELLO) == 2
    assert catalogue.sound(HELLO[0])


@PROGRAMS
def test_half_a_prompt_is_made_anew(catalogue):
    catalogue.make(HELLO[:1])
    path = path_of(catalogue.sound(HELLO[0]))
    path.with_name(path.name + ".wav").unlink()
    assert catalogue.sound(HELLO[0]) is None
    assert catalogue.make(HELLO[:1]).made == 1


@PROGRAMS
def test_making_that_was_killed_goes_on_where_it_stopped(tmp_path):
    folder = tmp_path / "prompts"
    code = (
        "import sys; from pathlib import Path; from pasokh.telephony.prompts import *;"
        "PromptCatalogue(Path(sys.argv[1])).make(list(standard_prompts(['en'])), workers=2)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(folder)])
    try:
        until(lambda: len(list(folder.rglob("*.wav"))) > 15)
    finally:
        child.kill()
        child.wait()
    catalogue, wanted = PromptCatalogue(folder), list(standard_prompts(["en"]))[:60]
    there = {p.text for p in wanted if catalogue.sound(p)}
    whole = [rms(catalogue.sound(p), ".wav")[0] for p in wanted if p.text in there]
    assert min(whole) > 0.01  # what is there is whole
    rest = catalogue.make(wanted)
    assert rest.failed == ()
    assert rest.made + rest.kept == len({p.text for p in wanted})
    assert rest.kept >= len(there)


@PROGRAMS
def test_two_who_make_the_same_do_not_disturb_each_other(catalogue):
    other = PromptCatalogue(catalogue.folder)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda each: each.make(HELLO, workers=2), (catalogue, other)))
    assert [made.failed for made in both] == [(), ()]
    assert all(catalogue.sound(prompt) for prompt in HELLO)


@PROGRAMS
def test_a_recording_goes_before_the_made_file_until_it_is_forgotten(catalogue):
    prompt = Prompt("en", "Hello", "greeting")
    catalogue.make([prompt])
    made = catalogue.sound(prompt)
    assert catalogue.upload("en", "greeting", tone()) == pytest.approx(1.0, abs=0.01)
    recorded = catalogue.sound(prompt)
    assert recorded != made
    assert rms(recorded, ".sln16")[1] == pytest.approx(1.0, abs=0.01)
    assert list(catalogue.recorded()) == [("en", "greeting")]
    assert catalogue.sound(Prompt("fa", "سلام", "greeting")) is None  # of one language only
    catalogue.sweep([])
    assert catalogue.sound(prompt) == recorded
    for bad in (b"", b"MZ", b"RIFF" + b"\0" * 40, b"fLaC" + b"\0" * 100, tone(0.01)):
        with pytest.raises(PasokhError) as refused:
            catalogue.upload("en", "greeting", bad)
        assert refused.value.code == "prompts.bad_recording"
    assert catalogue.sound(prompt) == recorded  # a bad one changes nothing
    catalogue.forget("en", "greeting")
    catalogue.make([prompt])
    assert catalogue.sound(prompt) == made


@PROGRAMS
@pytest.mark.parametrize(
    ("language", "key"), [("en", "../x"), ("en", ""), ("en", "a b"), ("de", "x"), ("../x", "x"), ("en", "\ud800")]
)
def test_a_recording_needs_a_plain_key_and_a_language(catalogue, language, key):
    with pytest.raises(PasokhError) as refused:
        catalogue.upload(language, key, tone())
    assert refused.value.code == "prompts.bad_key"


def test_a_recording_of_any_size_is_refused_before_it_is_read(catalogue):
    with pytest.raises(PasokhError) as refused:
        catalogue.upload("en", "x", b"RIFF" + b"\0" * (20 * 1024 * 1024))
    assert refused.value.code == "prompts.too_large"


@PROGRAMS
def test_what_cannot_be_said_is_reported_and_stops_no_other(catalogue):
    made = catalogue.make(
        [HELLO[0], Prompt("de", "Hallo"), Prompt("en", "word " * 400), Prompt("en", "--help"), Prompt("en", "…")]
    )
    assert {(p.text[:5], e.code) for p, e in made.failed} == {
        ("Hallo", "prompts.no_voice"), ("word ", "prompts.too_long"), ("…", "prompts.silent"),
    }  # fmt: skip
    assert made.made == 2


def test_without_the_programs_it_says_what_to_install(catalogue, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PasokhError) as refused:
        catalogue.make(HELLO)
    assert refused.value.code == "prompts.no_program"
    assert refused.value.params == {"program": "espeak-ng", "packages": "espeak-ng sox"}
    assert not catalogue.folder.exists()
    assert catalogue.make([]).made == 0


@PROGRAMS
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    made = PromptCatalogue(tmp_path / "file" / "prompts").make(HELLO[:1])
    assert [e.code for _, e in made.failed] == ["prompts.cannot_write"]


@pytest.mark.parametrize("folder", ["relative", "/with blank", "/a&b", "/a,b", "/a;b", "/"])
def test_a_folder_a_switch_could_misread_is_refused(folder):
    with pytest.raises(PasokhError) as refused:
        PromptCatalogue(Path(folder))
    assert refused.value.code == "prompts.bad_folder"


@PROGRAMS
def test_every_piece_a_flow_says_has_its_sound(catalogue):
    pieces = (*own("place", "uk", {"place": "3"}), Piece("uk", "Вітаємо"))
    sounds, missing = catalogue.sounds(pieces)
    assert sounds == []
    assert [p.text for p in missing] == ["Ваше місце в черзі —", "третє", "Вітаємо"]
    catalogue.make(missing)
    sounds, missing = catalogue.sounds(pieces)
    assert len(sounds) == 3
    assert missing == []


def test_set_up_makes_all_that_is_said_without_a_name_or_a_big_number():
    standard = {(p.language, p.text) for p in standard_prompts()}
    for language in ("fa", "uk", "en"):
        for key in ("offer_callback", "callback_confirm", "place", "wait", "confirm", "message"):
            values = {
                "key": "1",
                "number": "+380501234567",
                "place": "42",
                "wait": "120000-240000",
                "value": "0123456789",
            }
            for piece in own(key, language, values):
                assert (language, piece.text) in standard, piece
        for word in speech.day(date(2026, 11, 22), language, weekday=True).words:
            assert (language, word.text) in standard
    assert {p.language for p in prompts_of(example("shop"))} == {"fa", "uk", "en"}
    assert all(p.text for p in prompts_of(example("shop")))


@PROGRAMS
def test_the_ukrainian_apostrophe_is_spoken_not_spelt(catalogue):
    """espeak-ng reads U+02BC out by its English name, which makes the word several times as long."""
    catalogue.make([Prompt("uk", "пʼять"), Prompt("uk", "п'ять")])
    assert (
        rms(catalogue.sound(Prompt("uk", "пʼять")), ".wav")[1] == rms(catalogue.sound(Prompt("uk", "п'ять")), ".wav")[1]
    )

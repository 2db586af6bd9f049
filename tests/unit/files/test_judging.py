"""What a file is, is decided by its content; lies, scripts, bombs and wreckage are told apart and told."""

from pathlib import Path

import pytest
from tests import samples

from pasokh.channels.files.kinds import judge
from pasokh.channels.files.names import clean_name
from pasokh.channels.files.previews import draw_preview
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, MINUTE
from pasokh.office.files.rules import VISITOR_BYTES, check_quota

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 100


@pytest.fixture
def judged(tmp_path: Path):
    def judge_bytes(content: bytes, name: str) -> str:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return judge(path, name).media_type

    return judge_bytes


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.picture("PNG"), "a.png", "image/png"),
        (samples.picture("JPEG"), "a.JPEG", "image/jpeg"),
        (samples.picture("JPEG"), "a.png", "image/jpeg"),
        (samples.picture("GIF"), "a.gif", "image/gif"),
        (samples.picture("WEBP"), "photo", "image/webp"),
        (samples.PDF, "رسید.pdf", "application/pdf"),
        (samples.SVG, "logo.svg", "image/svg+xml"),
        (samples.DOCX, "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (samples.ODT, "a.odt", "application/vnd.oasis.opendocument.text"),
        (samples.archive({"a/b.txt": b"x" * 9_000}), "a.zip", "application/zip"),
        ("سلام، دنیا".encode(), "a.txt", "text/plain"),
        ("a;b\n1;2".encode("utf-16"), "a.csv", "text/csv"),
        (WAV, "a.wav", "audio/wav"),
        (b"OggS" + b"\x00" * 60, "voice.ogg", "audio/ogg"),
        (MP4, "a.mp4", "video/mp4"),
        (b"ID3\x04" + b"\x00" * 60, "a.mp3", "audio/mpeg"),
    ],
)
def test_honest_files_are_known(judged, content: bytes, name: str, kind: str) -> None:
    assert judged(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00" + b"\x00" * 100, "photo.png", "file.kind"),
        (b"\x7fELF" + b"\x00" * 100, "a.txt", "file.kind"),
        (b"#!/bin/sh\nrm -rf /", "run.sh", "file.kind"),
        (samples.PDF, "photo.png", "file.lies"),
        (samples.picture("PNG"), "report.pdf", "file.lies"),
        (samples.archive({"x": b"y"}), "photo.jpg", "file.lies"),
        (samples.archive({"x": b"y"}), "letter.docx", "file.lies"),
        (samples.picture("PNG"), "photo.exe", "file.lies"),
        (b"<html><script>alert(1)</script>", "a.txt", "file.active"),
        (b"<!DOCTYPE html>", "a.html", "file.kind"),
        (samples.picture("GIF") + b"<script>alert(1)</script>", "a.gif", "file.active"),
        (samples.picture("JPEG") + samples.archive({"a.class": b"x"}), "a.jpg", "file.active"),
        (samples.picture("PNG") + b"<?php system($_GET[0]);", "a.png", "file.active"),
        (samples.XLSM, "a.xlsx", "file.active"),
        (samples.bomb(), "a.zip", "file.bomb"),
        (samples.archive({"x": b"y" * 500})[:-30], "a.zip", "file.broken"),
        (samples.SVG.replace(b"<circle", b"<script>1</script><circle"), "a.svg", "file.active"),
        (samples.SVG.replace(b"<circle", b"<circle OnLoad = 'x()' "), "a.svg", "file.active"),
        (samples.SVG.replace(b"<circle", b"<a href='javascript:x()'/><circle"), "a.svg", "file.active"),
        (samples.SVG.replace(b"<circle", b"<foreignObject/><circle"), "a.svg", "file.active"),
        (samples.SVG.replace(b"<svg ", b"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg "), "a.svg", "file.active"),
        (samples.SVG.replace(b"<circle", b"<image href='https://evil.example/x'/><circle"), "a.svg", "file.active"),
        (samples.SVG.decode().encode("utf-16"), "a.svg", "file.active"),
        (b"plain \x01 bytes", "a.txt", "file.kind"),
        (b"caf\xe9", "a.txt", "file.kind"),
    ],
)
def test_dishonest_and_dangerous_ones_are_refused_at_the_field(judged, content: bytes, name: str, code: str) -> None:
    with pytest.raises(PasokhError) as refused:
        judged(content, name)
    assert (refused.value.code, refused.value.params["field"]) == (code, "file")
    for language in ("fa", "uk", "en"):
        assert "{" not in message(code, language, **refused.value.params)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\x\\photo.png", "photo.png"),
        ("harmless\u202egpj.exe", "harmlessgpj.png"),
        ("a\x00b\r\n.png", "ab.png"),
        ('a<b>:"|?*.png', "a_b______.png"),
        (".htaccess", "htaccess.png"),
        ("  . .", "file.png"),
        ("", "file.png"),
        ("CON.png", "_CON.png"),
        ("عكس ي.png", "عکس ی.png"),
        ("می\u200cشود.png", "می\u200cشود.png"),
        ("photo.jpeg", "photo.png"),
        ("👨‍👩‍👧.png", "👨👩👧.png"),
    ],
)
def test_names_are_cleaned(given: str, clean: str) -> None:
    assert clean_name(given, "png") == clean


@pytest.mark.parametrize("letter", ["a", "ط", "😀"])
def test_a_name_has_at_most_255_bytes_and_is_whole(letter: str) -> None:
    name = clean_name(letter * 400 + ".png", "png")
    assert 250 < len(name.encode()) <= 255
    assert name.endswith(f"{letter}.png")


def test_a_preview_is_small_upright_and_tells_no_place(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(samples.photo_with_place())
    assert b"SECRET-PLACE" in (tmp_path / "photo").read_bytes()
    size = draw_preview(tmp_path / "photo", tmp_path / "preview")
    assert (size.width, size.height) == (320, 640)
    drawn = (tmp_path / "preview").read_bytes()
    assert drawn[8:12] == b"WEBP"
    assert b"SECRET-PLACE" not in drawn
    assert b"EXIF" not in drawn


@pytest.mark.parametrize("content", [samples.huge_png(), samples.picture("PNG")[:200], b"\x89PNG\r\n\x1a\n", b""])
def test_a_picture_that_is_a_bomb_or_a_wreck_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "photo").write_bytes(content)
    with pytest.raises(PasokhError, match=r"file\.broken"):
        draw_preview(tmp_path / "photo", tmp_path / "preview")
    assert not (tmp_path / "preview").exists()


def test_a_visitor_has_a_pace_and_a_quota() -> None:
    check_quota([(100, 1)] * 11, 1, 200)
    with pytest.raises(PasokhError) as fast:
        check_quota([(100, 1)] * 12, 1, 200)
    assert fast.value.params["seconds"] == 60
    check_quota([(100, 1)] * 12, 1, 101 + MINUTE)
    for kept, size in (([(100, 1)] * 50, 1), ([(100, VISITOR_BYTES)], 1)):
        with pytest.raises(PasokhError) as much:
            check_quota(kept, size, 101 + MINUTE)
        assert much.value.params["seconds"] == (DAY - MINUTE) // 1_000

"""`pasokh import`: every kind of file, what was imported, and taking it back."""

from pathlib import Path

import pytest
from tests.import_samples import GENERIC, SAMPLES

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.sources import SOURCES
from pasokh.ops import kpi
from pasokh.ops.imports import KINDS


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PASOKH_HOME", str(tmp_path / "home"))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert kpi.main(["import", *words]) == 0
    return capsys.readouterr().out


def test_every_source_has_a_command() -> None:
    assert set(KINDS) == {*SOURCES, "queue-log", "csv"}


def test_import_list_and_undo(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zone = ("--zone", "Asia/Tehran")
    for kind in ("vicidial", "amazon-connect"):
        (home / f"{kind}.txt").write_text(SAMPLES[kind], "utf-8")
        assert "3 events" in run(capsys, kind, str(home / f"{kind}.txt"), *zone)
    assert "before" in run(capsys, "vicidial", str(home / "vicidial.txt"), *zone)
    listed = run(capsys, "list")
    assert [line.split()[0] for line in listed.splitlines()] == ["amazon-connect", "vicidial"]
    assert "taken back" in run(capsys, "undo", "vicidial.txt")
    assert [line.split()[0] for line in run(capsys, "list").splitlines()] == ["amazon-connect"]
    with pytest.raises(PasokhError) as refused:
        run(capsys, "undo", "vicidial.txt")
    assert refused.value.code == "import.not_known"


def test_a_source_keeps_its_kind_and_its_zone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "v").write_text(SAMPLES["vicidial"], "utf-8")
    (home / "c").write_text(SAMPLES["asterisk-cdr"], "utf-8")
    run(capsys, "vicidial", str(home / "v"), "--zone", "Asia/Tehran", "--source", "old")
    for words, code in (
        (("asterisk-cdr", str(home / "c"), "--zone", "Asia/Tehran"), "import.other_kind"),
        (("vicidial", str(home / "v"), "--zone", "Europe/Kyiv"), "import.other_zone"),
    ):
        with pytest.raises(PasokhError) as refused:
            run(capsys, *words, "--source", "old")
        assert refused.value.code == code


def test_a_table_by_a_guess_that_is_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "t.csv").write_text(GENERIC, "utf-8")
    words = ("csv", str(home / "t.csv"), "--zone", "Asia/Tehran")
    assert '"missed": "abandoned"' in run(capsys, *words, "--show-map", "--save-map", "crm")
    assert run(capsys, "list") == ""
    assert "2 events" in run(capsys, *words, "--map", "crm")
    assert "csv" in run(capsys, "list")
    run(capsys, "undo", "t.csv")
    assert run(capsys, "list") == ""

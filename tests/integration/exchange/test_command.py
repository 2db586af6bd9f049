"""`pasokh config` as people run it: out of one centre, checked, into an empty one, with every section there is."""

import os
import subprocess
import sys
from pathlib import Path

import yaml
from django.db import transaction
from tests.office_stage import Office
from tests.office_stage import _own as own_office

from pasokh.office.demo import do_create_demo
from pasokh.office.exchange.sections import sections
from pasokh.office.tenancy.actions import do_create_organisation
from pasokh.store.embedded import EmbeddedPostgres


def config(office: Office, home: Path, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command against the test's database."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PASOKH_", "DJANGO_"))}
    env |= {"PASOKH_HOME": str(home), "PASOKH_DATABASE_URL": office.server.dsn(database=office.name)}
    program = Path(sys.executable).with_name("pasokh")
    return subprocess.run(
        [program, "config", *words], env=env, input=text, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_whole_centre_goes_out_and_into_an_empty_one(
    office: Office, postgres: EmbeddedPostgres, office_template: str, tmp_path: Path
) -> None:
    with transaction.atomic():
        do_create_demo()
    office.work("demo")
    taken, again = tmp_path / "centre.yaml", tmp_path / "again.yaml"
    out = config(office, tmp_path, "export", str(taken), "--org", "demo")
    assert (out.returncode, out.stderr) == (0, "")
    whole = taken.read_text("utf-8")
    assert {section.name for section in sections()} <= set(yaml.safe_load(whole))

    with own_office(postgres, office_template) as other:
        with transaction.atomic():
            do_create_organisation("empty", {"en": "Empty"}, zone="UTC", language="en")
        other.work("empty")
        checked = config(other, tmp_path, "check", str(taken), "--org", "empty")
        assert (checked.returncode, checked.stderr) == (0, "")
        assert "new      queues support" in checked.stdout
        assert "support" not in config(other, tmp_path, "export", "-", "--org", "empty").stdout

        applied = config(other, tmp_path, "apply", "-", "--org", "empty", text=whole)
        assert (applied.returncode, applied.stderr) == (0, "")
        assert all(answer.ok for answer in other.work("empty"))
        assert config(other, tmp_path, "export", str(again), "--org", "empty").returncode == 0
        assert again.read_text("utf-8") == whole
        assert config(other, tmp_path, "check", str(taken), "--org", "empty").stdout == ""


def test_mistakes_are_told_with_file_and_line_and_nothing_is_applied(office: Office, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("skills:\n  more: {name: {en: More}}\n  Bad Key!: {name: {en: x}}\n", "utf-8")
    for action in ("check", "apply"):
        done = config(office, tmp_path, action, str(wrong), "--org", "alpha")
        assert done.returncode == 1
        assert f"{wrong}:3: skills" in done.stderr
    assert "more:" not in config(office, tmp_path, "export", "-", "--org", "alpha").stdout


def test_the_organisation_must_be_named_where_there_are_several(office: Office, tmp_path: Path) -> None:
    several = config(office, tmp_path, "export", "-")
    assert several.returncode != 0
    assert "alpha, beta" in several.stderr
    assert "nowhere" in config(office, tmp_path, "export", "-", "--org", "nowhere").stderr

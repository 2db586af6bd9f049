"""Sealed files lie under their names, whole or not at all."""

import io
import os
import time

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.recording.sealed import Opened, fresh_key
from pasokh.telephony.recording.vault import Vault

NAME = "r-" + "b" * 32


def later() -> int:
    return time.time_ns() // 1_000_000 + 10_000


def test_a_recording_is_kept_read_replaced_and_forgotten(tmp_path):
    vault = Vault(tmp_path / "vault")
    first, second = fresh_key(), fresh_key()
    vault.put("acme", NAME, io.BytesIO(b"first"), first)
    size, digest = vault.put("acme", NAME, io.BytesIO(b"second"), second)
    with vault.open("acme", NAME) as file:
        assert b"".join(Opened(file, second, NAME).read(0, 99)) == b"second"
    assert vault.digest("acme", NAME) == digest
    assert list(vault.kept("acme", later())) == [NAME]
    assert list(vault.kept("acme", 0)) == [], "a young one may still get its row"
    assert list(vault.kept("other", later())) == []
    assert size == next((tmp_path / "vault").rglob(NAME)).stat().st_size
    for _ in range(2):
        vault.remove("acme", NAME)
    with pytest.raises(PasokhError) as refused:
        vault.open("acme", NAME)
    assert refused.value.code == "recording.gone"


@pytest.mark.parametrize("name", ["../../etc/passwd", "r-", "r-" + "g" * 32, "", "r-" + "a" * 33, "/etc/passwd", "\0"])
@pytest.mark.parametrize("org", ["acme", "../x", ""])
def test_no_name_leads_out_of_the_vault(tmp_path, org, name):
    with pytest.raises(PasokhError):
        Vault(tmp_path).open(org, name)


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path):
    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, os.strerror(28))

    with pytest.raises(PasokhError) as refused:
        Vault(tmp_path).put("acme", NAME, Full(), fresh_key())
    assert refused.value.code == "recording.not_kept"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_writing_left_behind_is_swept(tmp_path):
    folder = tmp_path / "acme" / NAME[2:4]
    folder.mkdir(parents=True)
    (folder / f".{NAME}.12.ab").write_bytes(b"half")
    assert list(Vault(tmp_path).kept("acme", later())) == []
    assert list(folder.iterdir()) == []


def test_a_scratch_file_has_no_name(tmp_path):
    with Vault(tmp_path).scratch() as file:
        file.write(b"plain")
        assert list(tmp_path.iterdir()) == []

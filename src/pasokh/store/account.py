"""Which unprivileged account runs PostgreSQL, which refuses to run as root, and what that account can reach."""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pasokh.kernel.errors import PasokhError

PREFERRED = ("pasokh", "postgres")
SHARED_HOME = Path("/var/lib/pasokh")
"""Where root keeps what the account could not reach elsewhere."""


class Account(msgspec.Struct, frozen=True):
    """An account and how to run programs as it."""

    name: str
    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], home: Path, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run a program in `home` with the account's rights only; its output is captured, its failure returned."""
        foreign = self.uid != os.geteuid()
        return subprocess.run(
            list(command),
            cwd=home,
            user=self.uid if foreign else None,
            group=self.gid if foreign else None,
            extra_groups=[] if foreign else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
        )

    def reaches(self, path: Path) -> bool:
        """Whether the account can enter a folder or run a file."""
        return self.run(["test", "-x", path], Path("/"), 10).returncode == 0

    def own(self, folder: Path) -> None:
        """Make a private folder of the account's; ``database.foreign_folder`` if it is somebody else's."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = folder.lstat()
        if held.st_uid not in {self.uid, os.geteuid()} or folder.is_symlink():
            raise PasokhError("database.foreign_folder", folder=str(folder))
        os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def choose(folder: Path) -> Account:
    """Whoever runs this; for root the owner of existing data, else a preferred account, made if none exists."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if folder.is_dir() and folder.stat().st_uid != 0:
        return _account(pwd.getpwuid(folder.stat().st_uid))
    for attempt in (False, True):
        for name in PREFERRED:
            try:
                return _account(pwd.getpwnam(name))
            except KeyError:
                continue
        if not attempt and shutil.which("useradd"):
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", PREFERRED[0]]
            subprocess.run(command, check=False, capture_output=True, timeout=60)
    return _account(pwd.getpwnam("nobody"))


def reachable_folder(account: Account, wanted: Path) -> Path:
    """`wanted` as a private folder of the account; where root's own folders bar the way, one of the shared home.

    A link then stands at `wanted`, so that one finds the data from there.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.is_symlink() or account.reaches(wanted.parent):
        folder = wanted.resolve()
    else:
        folder = SHARED_HOME / f"{wanted.name}-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]}"
        if wanted.exists():
            raise PasokhError("database.unreachable_folder", folder=str(wanted), account=account.name)
        wanted.symlink_to(folder)
    account.own(folder)
    return folder


def reachable_programs(account: Account, binaries: Path) -> Path:
    """The programs, copied once to the shared home if the account cannot run them where they are.

    A wheel's programs look for their libraries beside the package (``PACKAGE.libs``), so those come along in place.
    """
    if account.reaches(binaries / "postgres"):
        return binaries
    root, package = binaries.parent, binaries.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    modified_ns = (binaries / "postgres").stat().st_mtime_ns
    mark = hashlib.sha256(f"{root} {modified_ns} {libraries.name}".encode()).hexdigest()[:12]
    copy = SHARED_HOME / f"postgresql-{mark}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(root, unfinished / package.name / root.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(copy)
    return copy / package.name / root.name / binaries.name


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)

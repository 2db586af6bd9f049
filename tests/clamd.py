"""ClamAV's own daemon with a signature list of one line, where it is installed."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.polling import until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PROGRAM = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")


@contextlib.contextmanager
def clamd() -> Iterator[str]:
    """Run it on a socket of its own; yields its address."""
    assert PROGRAM is not None
    folder = Path(tempfile.mkdtemp(prefix="pasokh-clamd-"))
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder}/s\nDatabaseDirectory {folder}/db\nForeground yes\nStreamMaxLength 30M\nBytecode no\n"
    )
    process = subprocess.Popen(
        [PROGRAM, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: _listens(folder / "s") or process.poll() is not None, 30)
        assert process.poll() is None, "clamd ended"
        yield f"clamd://{folder}/s"
    finally:
        process.kill()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _listens(path: Path) -> bool:
    """The socket is there before anybody listens at it."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True

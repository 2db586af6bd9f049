"""Every code the source raises has a sentence in three languages and stands in docs/errors.md."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_error_code_is_documented_and_translated():
    code = "import error_codes; print('\\n'.join(error_codes.problems()))"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / ".ci", capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.strip() == ""

"""The command line as an operator types it, in a fork of a process that has imported it."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryFile

from bot.settings import clean_environment
from harness.waiting import LIMIT
from ops.forked import fork


def perpdesk(*arguments: str, folder: Path, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """`perpdesk ARGUMENTS…` in that folder, to its end, with what was typed. `variables`: of the environment."""
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(typed.encode())
        stdin.seek(0)
        files = [each.fileno() for each in (stdin, stdout, stderr)]
        process = fork("ops", *arguments, cwd=folder, env=clean_environment() | variables, files=files)
        try:
            code = process.wait(LIMIT)
        finally:
            process.kill()
        said = [os.pread(each, os.fstat(each).st_size, 0).decode() for each in files[1:]]
        return subprocess.CompletedProcess(arguments, code, *said)

"""Ctrl-C for this process alone: a make above us would die of it and report an error where all went well."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def own_foreground() -> Iterator[None]:
    """Be the terminal's foreground group where we are part of another's, such as a make's.

    A command typed into a shell is a group of its own already, and without a terminal there is no Ctrl-C.

    Ctrl-Z is off meanwhile: it would stop us and leave the shell behind the make waiting.
    """
    if not sys.stdin.isatty() or os.getpgrp() == os.getpid():
        yield
        return
    terminal, former = sys.stdin.fileno(), os.getpgrp()
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # giving the terminal away from the background would stop us
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, former)

"""`python -m bot`: the bot alone, without the operators' command line."""

import gc
import sys
from collections.abc import Coroutine
from typing import Any

if __name__ == "__main__":
    gc.disable()  # what a start makes stays: looking for garbage in it costs a tenth of it; `bot.app.run` goes on

from bot.app import run
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.logs import configure
from bot.loops import run_loop
from bot.settings import Settings, SettingsError, load


def start_logging(settings: Settings) -> None:
    """Log as the settings say; their secrets are known to the redactor."""
    configure(
        level=settings.log_level,
        style=settings.log_format,
        secrets=settings.secrets,
    )


def finish(work: Coroutine[Any, Any, None]) -> int:
    """Run to the end; the exit code. A fatal fault is one line on standard error."""
    try:
        run_loop(work)
    except Fatal as fault:
        print(f"perpdesk: {fault}", file=sys.stderr)  # noqa: T201  the last word of a process
        return fault.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def run_bot(settings: Settings) -> int:
    """The bot until a signal ends it; the exit code."""
    start_logging(settings)
    return finish(run(settings))


def main() -> int:
    """Settings from the environment and perpdesk.toml; 78 for a wrong one."""
    try:
        settings = load()
    except SettingsError as error:
        print(f"perpdesk: {error}", file=sys.stderr)  # noqa: T201  the last word of a process
        return EXIT_CONFIG
    return run_bot(settings)


if __name__ == "__main__":
    sys.exit(main())

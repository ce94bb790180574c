"""The command line. Each command imports what it needs when it runs, so that --help and config stay quick."""

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.domain.secrets import Secret
from bot.settings import STATE, Settings, config_path, describe, revealed
from ops.moving import moving
from ops.options import Config, fail, read_settings
from ops.safekeeping import safekeeping

_INTERRUPTED: Final = 130  # by Ctrl-C before everything was up
_LONGEST_OFFSET: Final = 3_650 * 86_400  # seconds; what the stand-ins take

app = typer.Typer(
    name="perpdesk",
    help="A multi-user Telegram trading bot for Bybit with a stats sidecar.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables: secrets among them
    add_completion=False,
)
sim = typer.Typer(help="Run a stand-in of Telegram or Bybit by itself.", no_args_is_help=True)
config = typer.Typer(help="The settings in force.", no_args_is_help=True)
app.add_typer(sim, name="sim")
app.add_typer(config, name="config")
webhook = typer.Typer(help="Set or remove this bot's webhook at Telegram.", no_args_is_help=True)
app.add_typer(webhook, name="webhook")
bench = typer.Typer(help="Measure speed beside named baselines, or the bot under load.", invoke_without_command=True)
app.add_typer(bench, name="bench")
app.add_typer(moving)
app.add_typer(safekeeping)


class Limits(StrEnum):
    """Whether a stand-in keeps the rate limits of what it stands for."""

    REAL = "real"
    OFF = "off"


LimitsOption = Annotated[Limits, typer.Option("--limits", help="Whether the stand-ins keep the real rate limits.")]
SeedOption = Annotated[int, typer.Option("--seed", help="The seed of prices, ids and faults.")]
StateOption = Annotated[
    Path | None, typer.Option("--state", help="The folder for its state; without one nothing is kept.")
]
ChildOption = Annotated[bool, typer.Option("--end-with-stdin", hidden=True)]


@app.command()
def run(
    path: Config = None,
    without_vault: Annotated[
        bool,
        typer.Option(
            "--without-vault", help="The key file is lost: drop what it encrypts, ask people to connect anew."
        ),
    ] = False,
) -> None:
    """Run the bot with real Telegram and Bybit (or whatever the settings' addresses name)."""
    settings = read_settings(path)
    if settings.telegram_token is None:
        fail("PERPDESK_TELEGRAM_TOKEN is not set: run `perpdesk init`, or try `perpdesk demo`")
    if without_vault:
        from ops.key_files import drop_lost  # noqa: PLC0415  quick --help

        drop_lost(settings)
    with _until_stopped("Starting the bot …"):
        from bot.__main__ import run_bot  # noqa: PLC0415  quick --help

        raise typer.Exit(run_bot(settings))


@app.command()
def demo(  # one option a port
    state: Annotated[Path, typer.Option("--state", help="The folder for everything that the demo writes.")] = STATE,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete what an earlier demo has left there.")] = False,
    limits: LimitsOption = Limits.REAL,
    seed: SeedOption = 1,
    telegram_port: Annotated[int, typer.Option(help="The chat page's port.")] = 8766,
    bybit_port: Annotated[int, typer.Option(help="The Bybit stand-in's port.")] = 8767,
    clock_offset: Annotated[
        str, typer.Option(help="Move the clocks of the bot and both stand-ins: seconds, or 30m, 12h, 8d; also -1d.")
    ] = "0",
) -> None:
    """Run the bot with both stand-ins: chat with it in the browser, nothing leaves this machine."""
    with _until_stopped("Starting the demo …"):
        from ops.demo import Demo, run_demo  # noqa: PLC0415  quick --help

        plan = Demo(
            state=state,
            is_fresh=fresh,
            limits=limits.value,
            seed=seed,
            telegram_port=telegram_port,
            bybit_port=bybit_port,
            clock_offset=_seconds(clock_offset),
        )
        settings = read_settings(overrides=plan.overrides())
        raise typer.Exit(run_demo(plan, settings))


def _seconds(text: str) -> int:
    match = re.fullmatch(r"([+-]?\d{1,9})([smhd]?)", text.strip())
    seconds = int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}[match[2]] if match else None
    if seconds is None or abs(seconds) > _LONGEST_OFFSET:
        fail(f"--clock-offset {text!r} is no number of seconds, minutes, hours or days within ten years: try 8d")
    return seconds


@app.command(hidden=True)
def start() -> None:
    """What `make run` does: `run` when a Telegram token is set, `demo` otherwise."""
    if read_settings().telegram_token is not None:
        run()
    else:
        demo()


@app.command()
def init(
    path: Annotated[Path | None, typer.Option("--config", help="The settings file to make.")] = None,
) -> None:
    """Ask for the bot's token and its address, make settings and key files, print the link that makes you the owner."""
    from ops.addresses import find_address  # noqa: PLC0415  quick --help
    from ops.setup import SetupError, Terminal, set_up  # noqa: PLC0415  quick --help

    try:
        asyncio.run(set_up(path or config_path(), terminal=Terminal(ask=_ask, tell=typer.echo), find=find_address))
    except SetupError as error:
        fail(str(error))


@contextmanager
def _until_stopped(first_line: str) -> Iterator[None]:
    """What runs until Ctrl-C: says at once that it begins, and in the end that it stopped, which is no error."""
    from ops.foreground import own_foreground  # noqa: PLC0415  quick --help

    with own_foreground():
        code = 0
        typer.echo(first_line)
        try:
            yield
        except KeyboardInterrupt:
            pass
        except typer.Exit as end:
            code = 0 if end.exit_code == _INTERRUPTED else end.exit_code
    if not code:
        typer.echo("Stopped.")
    raise typer.Exit(code)


def _ask(question: str, is_secret: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    answer: str = typer.prompt(question, hide_input=is_secret, default="", show_default=False)
    return answer.strip()


@app.command("new-key")
def new_key(path: Annotated[Path, typer.Argument(help="The key file to make; it must not exist.")]) -> None:
    """Make a key file, by which every user's Bybit keys are encrypted."""
    from storage.sqlite.vault import new_key_file  # noqa: PLC0415  quick --help

    try:
        new_key_file(path)
    except FileExistsError:
        fail(f"{path} exists: a key file is never overwritten", code=1)
    except OSError as error:
        fail(f"{path}: {error.strerror}", code=1)
    typer.echo(f"{path}: a new key, readable by you alone. Keep a copy away from the database and its backups.")


@app.command("rotate-keys")
def rotate_keys(path: Config = None) -> None:
    """Encrypt everything by a new key and retire the old one; if killed, run it again. Refuses while the bot runs."""
    from ops.key_files import rotate  # noqa: PLC0415  quick --help

    rotate(read_settings(path))


@app.command()
def migrate(path: Config = None) -> None:
    """Bring the database to this version's schema; refuses while the bot runs."""
    from ops.database import migrate_database  # noqa: PLC0415  quick --help

    migrate_database(read_settings(path))


@app.command("optimize-db")
def optimize_db(
    path: Config = None,
    vacuum: Annotated[bool, typer.Option("--vacuum", help="Also rewrite the file, with 8 KB pages.")] = False,
) -> None:
    """Create missing indexes, analyze, and time the six queries before and after; refuses while the bot runs."""
    from ops.database import optimize_database  # noqa: PLC0415  quick --help

    optimize_database(read_settings(path).database, vacuum=vacuum)


@app.command()
def doctor(path: Config = None) -> None:
    """Check settings, files, disk, database, keys and the way out, beside a running bot too. Exit code 0 or 1."""
    from ops.doctor import report  # noqa: PLC0415  quick --help

    raise typer.Exit(0 if report(path) else 1)


@webhook.command("remove")
def remove_webhook(path: Config = None) -> None:
    """Take the webhook down, so that the bot can ask for updates itself; those that wait are kept."""
    from ops.telegram import remove_webhook as remove  # noqa: PLC0415  quick --help

    settings = read_settings(path)
    remove(settings, _token(settings))


@webhook.command("take")
def take_webhook(path: Config = None) -> None:
    """Have Telegram send updates to PERPDESK_WEBHOOK_URL, whatever it was told before; those that wait are kept."""
    from ops.telegram import take_webhook as take  # noqa: PLC0415  quick --help

    settings = read_settings(path)
    token = _token(settings)
    if settings.webhook_url is None:
        fail("PERPDESK_WEBHOOK_URL is not set: there is no webhook of ours")
    take(settings, token)


def _token(settings: Settings) -> Secret:
    return revealed(settings.telegram_token) or fail("PERPDESK_TELEGRAM_TOKEN is not set")


@app.command("adopt-bot")
def adopt_bot(path: Config = None) -> None:
    """Hand the database over to the bot whose token is set; without that, another bot's token is refused."""
    from ops.telegram import adopt_bot as adopt  # noqa: PLC0415  quick --help

    adopt(read_settings(path))


@bench.callback()
def all_rows(
    context: typer.Context,
    rows: Annotated[str, typer.Option("--rows", help="Only these sections, such as cache,storage.")] = "",
    json: Annotated[Path, typer.Option("--json", help="Where to write the table as JSON.")] = Path("bench.json"),
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 if a target was missed or a section failed.")
    ] = False,
) -> None:
    """Measure speed beside named baselines, in one run. If a section fails, the others go on."""
    from ops.bench.main import run_bench  # noqa: PLC0415  quick --help

    if context.invoked_subcommand is None:
        raise typer.Exit(run_bench(rows, json, is_strict=strict))


@bench.command("load")
def bench_load(
    users: Annotated[int, typer.Option("--users", min=1, help="How many people write.")] = 1_000,
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="For how many minutes.")] = 5,
    per_second: Annotated[
        float, typer.Option("--per-second", min=0.1, help="Messages a second, of all people together.")
    ] = 200,
    json: Annotated[Path, typer.Option("--json", help="Where to write the table as JSON.")] = Path("load.json"),
) -> None:
    """Have people write to the bot over both stand-ins: waits, hit rates, processor, memory and calls over time."""
    from ops.bench.main import run_load  # noqa: PLC0415  quick --help

    raise typer.Exit(run_load(users, minutes, per_second, json))


@app.command()
def health(
    path: Config = None,
    ready: Annotated[bool, typer.Option("--ready", help="Ask whether it serves people, and if not, why.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Keep asking for so many seconds until all is well.")
    ] = 0.0,
) -> None:
    """Ask the running bot whether it is stuck; for containers and operators. Exit code 0 or 1."""
    from ops.health import ask  # noqa: PLC0415  quick --help

    said = asyncio.run(ask(read_settings(path), "/readyz" if ready else "/healthz", wait=wait))
    typer.echo(said.words)
    raise typer.Exit(0 if said.is_well else 1)


@app.command()
def restart(path: Config = None) -> None:
    """Let the bot finish what it does, start it again, wait until it serves, and show the end of its log."""
    from ops.restart import restart as begin_anew  # noqa: PLC0415  quick --help

    raise typer.Exit(begin_anew(lambda: read_settings(path), typer.echo))


@config.command("show")
def show_config(path: Config = None) -> None:
    """Print every setting in force, secrets as ***."""
    for name, value in describe(read_settings(path)):
        typer.echo(f"{name} = {value}")


@sim.command("telegram")
def sim_telegram(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8766,
    limits: LimitsOption = Limits.REAL,
    seed: SeedOption = 1,
    state: StateOption = None,
    bybit: Annotated[
        str, typer.Option(help="The Bybit stand-in that the chat page's buttons use.")
    ] = "http://127.0.0.1:8767",
    latency: Annotated[float, typer.Option(min=0, help="Seconds added to each answer.")] = 0.0,
    end_with_stdin: ChildOption = False,
) -> None:
    """Telegram's stand-in: the Bot API, the control calls, and a chat page at /."""
    from ops.serve import run_sim_telegram  # noqa: PLC0415  quick --help

    run_sim_telegram(
        port=port,
        limits=limits is Limits.REAL,
        seed=seed,
        state=state,
        bybit_url=bybit,
        latency=latency,
        end_with_stdin=end_with_stdin,
    )


@sim.command("bybit")
def sim_bybit(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8767,
    limits: LimitsOption = Limits.REAL,
    seed: SeedOption = 1,
    state: StateOption = None,
    latency: Annotated[float, typer.Option(min=0, help="Seconds added to each answer.")] = 0.0,
    end_with_stdin: ChildOption = False,
) -> None:
    """Bybit's stand-in: v5 REST, live at the root and demo below /demo, and the control calls."""
    from ops.serve import run_sim_bybit  # noqa: PLC0415  quick --help

    run_sim_bybit(
        port=port, limits=limits is Limits.REAL, seed=seed, state=state, latency=latency, end_with_stdin=end_with_stdin
    )


def _version(wanted: bool) -> None:
    if wanted:
        from bot.version import VERSION  # noqa: PLC0415  quick --help

        typer.echo(f"perpdesk {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A multi-user Telegram trading bot for Bybit with a stats sidecar."""


def main() -> None:
    """The console script. What the system refuses, such as a folder that can't be looked into, is one line."""
    try:
        app()
    except OSError as trouble:
        typer.echo(f"perpdesk: {trouble}", err=True)
        sys.exit(1)

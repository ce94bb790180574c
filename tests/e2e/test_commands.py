"""The command line as an operator types it."""

import contextlib
import os
import pty
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from harness.command import perpdesk
from harness.waiting import LIMIT, until_now

from bot.settings import clean_environment
from ops.forked import ChildProcess, begin
from ops.stack import ROOT, free_port

TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"


def says(process: ChildProcess, log: Path, words: str) -> bool:
    """Whether a process has written these words; it must not have ended."""
    assert process.poll() is None, log.read_text()
    return words in log.read_text()


@pytest.fixture
def telegram(tmp_path: Path) -> Iterator[str]:
    """A stand-in of Telegram as a process; its address."""
    port = free_port()
    arguments = ("sim", "telegram", "--port", str(port))
    with (tmp_path / "telegram.log").open("wb") as log:
        process = begin("ops", *arguments, env=clean_environment(), files=(0, log.fileno(), log.fileno()))
        until_now(lambda: says(process, tmp_path / "telegram.log", "http://"), what="the stand-in's address")
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_private_files_and_a_link_and_leaves_them_the_second_time(tmp_path: Path, telegram: str) -> None:
    asked = {"folder": tmp_path, "PERPDESK_TELEGRAM_API_URL": telegram}
    typed = f"hello\n{TOKEN}\nsomewhere\n192.0.2.7\n"
    made = perpdesk("init", typed=typed, **asked)  # type: ignore[arg-type]  # a folder and variables
    assert made.returncode == 0, made.stderr
    assert "That is no bot token" in made.stdout, "a wrong one is asked for again"
    assert "somewhere is no address" in made.stdout
    assert "https://t.me/perpdesk_123456_bot?start=own_" in made.stdout
    settings, key = tmp_path / "perpdesk.toml", tmp_path / ".perpdesk" / "perpdesk.key"
    assert {mode(settings), mode(key), mode(key.with_name("owner-link"))} == {0o600}
    kept = settings.read_text(), key.read_text()
    again = perpdesk("init", **asked)  # type: ignore[arg-type]  # as above
    assert again.returncode == 0, again.stderr
    assert (settings.read_text(), key.read_text()) == kept
    assert again.stdout.split("own_")[1] != made.stdout.split("own_")[1]
    shown = perpdesk("config", "show", folder=tmp_path)
    assert "telegram_token = ***" in shown.stdout
    assert "egress_ip = 192.0.2.7" in shown.stdout
    assert TOKEN not in shown.stdout + made.stdout + again.stdout


def test_init_refuses_what_is_no_token(tmp_path: Path) -> None:
    refused = perpdesk("init", folder=tmp_path, typed="hello\n")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (78, 1)
    assert "@BotFather" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_clock_is_moved_by_days_and_by_nothing_else(tmp_path: Path) -> None:
    refused = perpdesk("demo", "--clock-offset", "soon", folder=tmp_path)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (78, 1)
    assert "try 8d" in refused.stderr


def test_a_webhook_is_removed_on_demand_alone_and_the_start_says_how(tmp_path: Path, telegram: str) -> None:
    key = tmp_path / "my.key"
    assert perpdesk("new-key", str(key), folder=tmp_path).returncode == 0
    at = {
        "PERPDESK_TELEGRAM_API_URL": telegram,
        "PERPDESK_TELEGRAM_TOKEN": TOKEN,
        "PERPDESK_DATABASE": str(tmp_path / "x.sqlite3"),
        "PERPDESK_KEY_FILE": str(key),
        "PERPDESK_STATS_PORT": str(free_port()),
        "PERPDESK_LOG_LEVEL": "ERROR",
    }

    def ask(method: str, body: str = "{}") -> str:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{telegram}/bot{TOKEN}/{method}", body.encode(), headers)  # noqa: S310  loopback
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310  loopback
            return str(answer.read().decode())

    ask("setWebhook", '{"url": "http://127.0.0.1:9/hook"}')
    refused = perpdesk("run", folder=tmp_path, **at)  # type: ignore[arg-type]  # as above
    assert (refused.returncode, len(refused.stderr.splitlines())) == (78, 1), refused.stderr
    assert "perpdesk webhook remove" in refused.stderr
    assert "127.0.0.1:9/hook" in ask("getWebhookInfo"), "nobody has deleted it"
    removed = perpdesk("webhook", "remove", folder=tmp_path, **at)  # type: ignore[arg-type]  # as above
    assert (removed.returncode, "http://127.0.0.1:9/hook is removed" in removed.stdout) == (0, True), removed.stderr
    assert "nothing to do" in perpdesk("webhook", "remove", folder=tmp_path, **at).stdout  # type: ignore[arg-type]  # as above
    another = at | {"PERPDESK_TELEGRAM_TOKEN": "777000111:another-bots-secret-of-some-length"}
    refused = perpdesk("run", folder=tmp_path, **another)  # type: ignore[arg-type]  # as above
    assert (refused.returncode, len(refused.stderr.splitlines())) == (78, 1), refused.stderr
    assert "this database is that of bot 123456 and the token is of bot 777000111" in refused.stderr
    adopted = perpdesk("adopt-bot", folder=tmp_path, **another)  # type: ignore[arg-type]  # as above
    assert (adopted.returncode, "it was that of bot 123456" in adopted.stdout) == (0, True), adopted.stderr


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    assert perpdesk("new-key", str(path), folder=tmp_path).returncode == 0
    content = path.read_bytes()
    refused = perpdesk("new-key", str(path), folder=tmp_path)
    assert refused.returncode == 1
    assert path.read_bytes() == content
    assert mode(path) == 0o600


def test_version_help_and_usage(tmp_path: Path) -> None:
    """In an interpreter of its own, as an operator has it."""
    path = os.pathsep.join((str(ROOT), os.environ["PYTHONPATH"]))

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ops", *words]
        environment = clean_environment() | {"PYTHONPATH": path}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert typed("--version").stdout.startswith("perpdesk 0.")
    assert "optimize-db" in typed("--help").stdout
    assert typed("dance").returncode == 2


def test_optimize_db_shows_six_queries_beside_the_old_claims(tmp_path: Path) -> None:
    database = {"PERPDESK_DATABASE": str(tmp_path / "x.sqlite3"), "COLUMNS": "120"}
    missing = perpdesk("optimize-db", folder=tmp_path, **database)
    assert missing.returncode == 78
    assert perpdesk("migrate", folder=tmp_path, **database).returncode == 0
    done = perpdesk("optimize-db", "--vacuum", folder=tmp_path, **database)
    assert done.returncode == 0, done.stderr
    for word in ("user config", "active positions", "trade logs", "license check", "pending orders", "0.27", "8192"):
        assert word in done.stdout


def test_the_doctor_says_a_line_a_check_and_ends_with_0_or_1(tmp_path: Path) -> None:
    database = {
        "PERPDESK_DATABASE": str(tmp_path / "x.sqlite3"),
        "PERPDESK_KEY_FILE": str(tmp_path / "x.key"),
        "PERPDESK_BYBIT_API_URL": "http://127.0.0.1:9",  # a stand-in: nobody outside is asked for our address
        "PERPDESK_EGRESS_IP": "192.0.2.1",
        "PYTHONDONTWRITEBYTECODE": "",  # whoever runs the tests may keep none
        "PATH": str(tmp_path),  # without what knows whether this machine's clock is kept
    }
    missing = perpdesk("doctor", folder=tmp_path, **database)
    assert (missing.returncode, missing.stdout.split()[:2]) == (1, ["ok", "settings"])
    assert "FAIL  database" in missing.stdout
    assert perpdesk("new-key", str(tmp_path / "x.key"), folder=tmp_path, **database).returncode == 0
    assert perpdesk("migrate", folder=tmp_path, **database).returncode == 0
    well = perpdesk("doctor", folder=tmp_path, **database)
    assert well.returncode == 0, well.stdout
    assert {line.split()[0] for line in well.stdout.splitlines()} == {"ok"}
    (tmp_path / "x.sqlite3").chmod(0o644)
    assert perpdesk("doctor", folder=tmp_path, **database).returncode == 1


def test_the_demo_goes_on_where_it_stopped_and_ends_on_one_ctrl_c(tmp_path: Path) -> None:
    ports = {name: str(free_port()) for name in ("telegram", "bybit", "stats")}
    arguments = ["demo", "--state", str(tmp_path / "state"), "--telegram-port", ports["telegram"]]
    arguments += ["--bybit-port", ports["bybit"]]
    lines = []
    for moved in ((), ("--clock-offset", "8d")):
        output = tmp_path / "demo.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "ops", *arguments, *moved],
                cwd=ROOT,
                env=clean_environment() | {"PERPDESK_STATS_PORT": ports["stats"], "COLUMNS": "160"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            until_now(partial(says, process, output, "/keys add demo"), what="the demo's screen", limit=2 * LIMIT)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(LIMIT) == 0, output.read_text()
        said = output.read_text().splitlines()
        assert said[0] == "Starting the demo …"
        assert said[1].startswith("Starting Bybit's stand-in")
        assert said[-1] == "Stopped."
        assert not [line for line in said if len(line) > 70 and str(tmp_path) not in line]
        assert "not published" not in output.read_text(), "the owner has not come yet"
        lines.append(next(line for line in output.read_text().splitlines() if "/keys add demo" in line))
        assert "Traceback" not in output.read_text()
        assert ("it is" in output.read_text()) == bool(moved)
    assert lines[0] == lines[1], "the demo key of the first run is the second run's"


def test_ctrl_c_below_make_is_no_error(tmp_path: Path) -> None:
    """As in a terminal: make and the bot are in the foreground, the keyboard's signal goes to the foreground group."""
    arguments = f"demo --state {tmp_path / 'state'} --telegram-port {free_port()} --bybit-port {free_port()}"
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} -m ops {arguments}\n")
    environment = clean_environment() | {"PERPDESK_STATS_PORT": str(free_port())}
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        os.execvpe("make", ["make", "-f", str(tmp_path / "Makefile"), "run"], environment)  # noqa: S606, S607  the machine's make, without a shell
    said = b""

    def has_said(words: bytes) -> bool:
        nonlocal said
        with contextlib.suppress(OSError):
            said += os.read(terminal, 65_536)
        return words in said

    until_now(lambda: has_said(b"Ctrl-C ends it"), what="the demo's screen", limit=2 * LIMIT)
    os.write(terminal, b"\x03")
    until_now(lambda: has_said(b"Stopped."), what="the last word")
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, said.decode()
    assert b"***" not in said, said.decode()


def test_a_child_that_ends_before_its_parent_ends_in_order() -> None:
    """So that its last words are its own, such as that a port is taken."""
    code = "from ops.children import end_with_parent; end_with_parent(print)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=-1, stderr=-1) as child:
        assert child.stderr is not None
        assert (child.wait(LIMIT), child.stderr.read()) == (0, b"")

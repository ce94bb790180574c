"""The doctor: one line a check, right about what is wrong, harmless beside a running bot."""

import asyncio
import compileall
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from harness.storage import (
    ANNA,
    BORIS,
    NOW,
    StorageHarness,
    key_check,
    open_storage,
    put_back,
    sealed_credentials,
    snapshot,
)
from pydantic import SecretStr

from bot.domain.audit import AuditEntry
from bot.domain.ids import DAY
from bot.domain.licensing import EntryKind, LicenseType, NewLedgerEntry
from bot.settings import Settings
from ops.bytecode import PACKAGES, ROOT
from ops.cli import main
from ops.doctor import CURES, check_bytecode, examine, line_of
from ops.host_checks import check_settings
from storage.checkup import Check, check_plans
from storage.sqlite.durable import write_new
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file


async def fill(storage: StorageHarness) -> None:
    """A user with a license, two audit rows, a canary."""
    await storage.user()
    for number in range(2):
        async with storage.store.begin() as unit:
            entry = NewLedgerEntry(
                kind=EntryKind.GRANT,
                license_type=LicenseType.BASIC,
                millis=30 * DAY,
                takes=None,
                idempotency_key=f"desk:{number}",
                actor=None,
                note="",
            )
            await unit.ledger.append(ANNA, entry, NOW)
            await unit.audit(AuditEntry(actor=ANNA, action="license.grant", subject=ANNA), NOW)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "perpdesk.key"
    new_key_file(path)
    return path


@pytest.fixture
async def settings(tmp_path: Path, key_file: Path) -> Settings:
    vault = await asyncio.to_thread(lambda: AesCredentialVault(KeyFile.load(key_file)))
    async with open_storage(tmp_path) as storage:
        await fill(storage)
        await vault.prove(storage.database)
    return Settings(database=tmp_path / "perpdesk.sqlite3", key_file=key_file)


async def faults(settings: Settings) -> dict[str, str]:
    return {check.name: check.detail for check in await examine(settings) if not check.is_ok}


def behind_its_back(settings: Settings, *statements: str) -> None:
    connection = sqlite3.connect(settings.database, isolation_level=None)
    for statement in ("PRAGMA foreign_keys = OFF", *statements):
        connection.execute(statement)
    connection.close()


async def test_all_is_well(settings: Settings) -> None:
    checks = {check.name: check for check in await examine(settings)}
    assert list(checks) == [
        "files",
        "disk",
        "log",
        "sqlite",
        "database",
        "schema",
        "integrity",
        "foreign keys",
        "chain audit",
        "chain license_events",
        "licenses",
        "promo codes",
        "payments",
        "practice",
        "key",
        "key rights",
        "plans",
    ]
    assert CURES.keys() >= checks.keys()
    assert all(check.is_ok for check in checks.values())
    assert checks["chain audit"].detail.startswith("2 rows, the last hash ")
    assert checks["licenses"].detail == "1 users as the ledger says"
    assert "opens the canary" in checks["key"].detail


async def test_beside_a_running_bot_it_only_reads(settings: Settings, tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        before = await storage.database.fetch("SELECT count(*) FROM audit")
        checks = {check.name: check for check in await examine(settings)}
        assert all(check.is_ok for check in checks.values()), checks
        assert "the bot is running on it" in checks["database"].detail
        async with storage.store.begin() as unit:  # the bot goes on
            await unit.audit(AuditEntry(actor=ANNA, action="license.grant", subject=ANNA), NOW)
        assert await storage.database.fetch("SELECT count(*) FROM audit") == [(before[0][0] + 1,)]
        again = {check.name: check for check in await examine(settings)}
        assert again["chain audit"].detail.startswith("3 rows")
    assert await faults(settings) == {}


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        (
            ["DROP TRIGGER audit_is_not_changed", "UPDATE audit SET details = 'x' WHERE id = 2"],
            {"schema": "not as it should be: trigger audit_is_not_changed", "content": "not checked"},
        ),
        (
            ["UPDATE schema_compat SET min_version = 999", "PRAGMA user_version = 999"],
            {"schema": "version 999; this program's is", "content": "not checked"},
        ),
        (["DROP INDEX idx_licenses_expires"], {"schema": "idx_licenses_expires", "content": "not checked"}),
        (["UPDATE user_licenses SET end_date = end_date + 1"], {"licenses": "not what the ledger says: user 1001"}),
        (["DELETE FROM user_licenses"], {"licenses": "user 1001"}),
        (["DELETE FROM users"], {"foreign keys": "user_licenses row 1 without its users"}),
    ],
)
async def test_what_is_wrong_is_named(settings: Settings, statements: list[str], wanted: dict[str, str]) -> None:
    behind_its_back(settings, *statements)
    found = await faults(settings)
    assert found.keys() == wanted.keys()
    for name, words in wanted.items():
        assert words in found[name]


@pytest.mark.parametrize("table", ["audit", "license_events"])
async def test_a_changed_ledger_is_named(settings: Settings, table: str) -> None:
    column, trigger = ("details", "audit_is_not_changed") if table == "audit" else ("note", f"{table}_are_not_changed")
    connection = sqlite3.connect(settings.database, isolation_level=None)
    ((sql,),) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (trigger,)).fetchall()
    connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(f"UPDATE {table} SET {column} = 'x' WHERE rowid = 2")  # noqa: S608  a table of ours
    connection.execute(sql)
    connection.close()
    assert await faults(settings) == {f"chain {table}": "1 good rows, then row 2 breaks it"}


async def test_another_key_file_is_noticed_and_so_is_none(settings: Settings) -> None:
    settings.key_file.unlink()
    assert await faults(settings) == {"key": f"there is no key file {settings.key_file}: no bot starts"}
    await asyncio.to_thread(new_key_file, settings.key_file)
    assert "does not open the canary" in (await faults(settings))["key"]


async def test_files_that_others_may_read_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.database.chmod(0o644)
    settings.key_file.chmod(0o640)
    config = settings.database.with_name("perpdesk.toml")
    config.write_text('telegram_token = "123456:a-token-of-the-tests"')
    config.chmod(0o644)
    monkeypatch.setenv("PERPDESK_CONFIG", str(config))
    found = await faults(settings.model_copy(update={"telegram_token": SecretStr("123456:a-token-of-the-tests")}))
    assert "perpdesk.toml has a secret and everybody may read it" in found["files"]
    assert "perpdesk.sqlite3 has mode 0644" in found["files"]
    assert "perpdesk.key has mode 0640" in found["files"]
    assert "open to others" in found["key"]


async def test_an_offline_key_that_was_left_here_is_told(settings: Settings) -> None:
    settings.recipient_file.with_suffix(".offline-key").touch()
    (files,) = [check for check in await examine(settings) if check.name == "files"]
    assert files.is_ok
    assert "perpdesk.offline-key is still on this machine" in files.detail


async def test_no_database_is_one_line(tmp_path: Path) -> None:
    assert await faults(Settings(database=tmp_path / "none")) == {"database": f"there is none at {tmp_path / 'none'}"}
    assert not (tmp_path / "none").exists()


async def test_what_the_system_does_not_let_look_at_is_one_line(tmp_path: Path, settings: Settings) -> None:
    unseen = tmp_path / ("x" * 300)
    assert await faults(Settings(database=unseen)) == {"database": f"{unseen}: File name too long"}
    found = await faults(settings.model_copy(update={"key_file": unseen}))
    assert ("File name too long" in found["files"], "File name too long" in found["key"]) == (True, True)


async def test_a_journal_that_can_t_be_written_is_named(settings: Settings) -> None:
    settings.journal_folder.touch()
    assert await faults(settings) == {"files": f"{settings.journal_folder} is no folder that can be written in"}


def test_what_the_system_refuses_a_command_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen = tmp_path / ("x" * 300)
    monkeypatch.setenv("PERPDESK_KEY_FILE", str(unseen))
    monkeypatch.setattr(sys, "argv", ["perpdesk", "backup"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), "File name too long" in said) == (1, 1, True)


async def test_what_is_no_database_is_one_line(settings: Settings) -> None:
    settings.database.write_bytes(b"hello")
    assert "is not a SQLite database" in (await faults(settings))["database"]


def test_each_check_that_failed_is_a_line_with_its_cure_and_the_runbook_has_the_same() -> None:
    fault = Check(name="plans", is_ok=False, detail="users: SCAN users")
    assert line_of(fault, 8) == "FAIL  plans     users: SCAN users -> `perpdesk optimize-db`"
    text = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_ ]+)` \| .+ \| (.+) \|$", text.split("## Doctor")[1].split("\n## ")[0], re.MULTILINE)
    assert dict(rows) == CURES


def test_settings_that_contradict_each_other_are_named(tmp_path: Path, key_file: Path) -> None:
    assert check_settings(Settings(key_file=tmp_path / "none")).is_ok
    found = check_settings(Settings(trade_live=True, key=SecretStr("k"), key_file=key_file))
    assert not found.is_ok
    assert "can't bind keys with real money" in found.detail
    assert "the file is not read" in found.detail


async def test_a_log_that_was_merged_is_told_from_one_that_was_lost(settings: Settings, tmp_path: Path) -> None:
    """After a kill: as it was left, after a look with the shell, and after a hand that deletes files."""
    async with open_storage(tmp_path) as storage:
        await storage.user(BORIS)
        killed = snapshot(tmp_path)

    async def told() -> Check:
        return next(check for check in await examine(settings) if check.name == "log")

    assert (await told()).detail == "the database was closed in order"
    put_back(tmp_path, killed)
    assert (await told()).detail == "the database was left open; its log is there: a start takes it in"
    put_back(tmp_path, killed)
    behind_its_back(settings, "SELECT count(*) FROM users")
    assert not (tmp_path / "perpdesk.sqlite3-wal").exists()
    merged = await told()
    assert (merged.is_ok, "nothing is lost" in merged.detail) == (True, True)
    assert await faults(settings) == {}
    put_back(tmp_path, killed)
    (tmp_path / "perpdesk.sqlite3-wal").unlink()
    assert (await faults(settings)).keys() == {"log", "database"}


OTHER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], uri=True)
connection.execute("SELECT 1 FROM users")
print("open", flush=True)
input()
"""


@pytest.mark.parametrize(("mode", "is_ok", "words"), [("rw", False, "to write"), ("ro", True, "reads it")])
async def test_a_second_writer_is_a_fault_and_a_reader_is_none(
    settings: Settings, tmp_path: Path, mode: str, is_ok: bool, words: str
) -> None:
    async with open_storage(tmp_path):
        command = [sys.executable, "-c", OTHER, f"file:{settings.database}?mode={mode}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # noqa: ASYNC220  short
            assert other.stdout is not None
            await asyncio.to_thread(other.stdout.readline)
            found = next(check for check in await examine(settings) if check.name == "sqlite")
            other.communicate(b"\n")
        assert found.is_ok is is_ok
        assert f"process {other.pid} (" in found.detail
        assert words in found.detail
        after = next(check for check in await examine(settings) if check.name == "sqlite")
    assert after.detail == f"{sqlite3.sqlite_version}: contained by one writer"


async def test_a_rotation_that_was_cut_short_is_named(settings: Settings, key_file: Path) -> None:
    keys = await asyncio.to_thread(KeyFile.load, key_file)
    await asyncio.to_thread(key_file.unlink)
    await asyncio.to_thread(write_new, key_file, KeyFile.fresh(keys.keys).text)
    assert "a rotation was cut short" in (await faults(settings))["key"]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [({"permissions": ("Wallet:Withdraw",)}, "key-withdraw"), ({"expires_at": 1}, "key-expired"), ({}, None)],
)
async def test_keys_that_may_move_money_are_named(
    settings: Settings, tmp_path: Path, changes: dict[str, object], finding: str | None
) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        async with storage.store.begin() as unit:
            await unit.accounts.put_credentials(sealed_credentials(account, check=key_check(**changes)))
    found = next(check for check in await examine(settings) if check.name == "key rights")
    if finding is None:
        assert (found.is_ok, found.detail.split(",")[0]) == (True, "1 keys trade and move no money")
    else:
        assert (found.is_ok, found.detail) == (False, f"account {account.account_id}: {finding}")


async def test_a_statement_that_walks_a_table_is_named(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage, storage.database.alone() as connection:
        await connection.execute_fetchall("DROP INDEX idx_outbox_due")
    async with open_storage(tmp_path) as storage:  # a connection that knows the schema
        found = await check_plans(storage.database.fetch)
    assert (found.is_ok, found.detail.startswith("outbox: SCAN")) == (False, True), found


def test_modules_that_every_start_would_compile_anew_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "module.py").write_text("ONE = 1\n")
    compileall.compile_dir(tmp_path, quiet=2)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert check_bytecode(tmp_path).is_ok
    os.utime(tmp_path / "bot" / "module.py", (1_700_000_000, 1_700_000_000))
    found = check_bytecode(tmp_path)
    assert not found.is_ok
    assert found.detail.startswith("bot/module.py is not compiled, and nothing can be kept")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert check_bytecode(tmp_path).is_ok

"""The key file's key is replaced: everything is sealed by the new one, and a kill on the way costs nothing."""

import asyncio
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from harness.storage import StorageHarness, open_storage
from harness.waiting import CAMPAIGN_LIMIT
from typer.testing import CliRunner

from bot.domain.accounts import KeyType, SealedCredentials
from bot.domain.errors import StorageTrouble, WrongKeyFile
from bot.domain.secrets import Secret
from bot.settings import Settings
from ops.campaigns import rotation
from ops.cli import app
from ops.doctor import examine
from storage.key_rotation import rotate_keys
from storage.promo.cipher import AesPromoCodeCipher
from storage.sqlite.secrets import open_secret
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file


def vault_of(path: Path) -> AesCredentialVault:
    return AesCredentialVault(KeyFile.load(path))


def contents(path: Path) -> bytes:
    return path.read_bytes()


async def seal_some(storage: StorageHarness, key_file: Path) -> SealedCredentials:
    """A key of an account, and both kinds of secrets of the database's own."""
    vault = await asyncio.to_thread(vault_of, key_file)
    await vault.prove(storage.database)
    account = await storage.account()
    sealed = vault.seal(
        user_id=account.user_id,
        account_id=account.account_id,
        account_type=account.account_type,
        host=account.host,
        key_type=KeyType.HMAC,
        api_key=Secret("api-key"),
        api_secret=Secret("api-secret"),
        check=None,
    )
    async with storage.store.begin() as unit:
        await unit.accounts.put_credentials(sealed)
    return sealed


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "perpdesk.key"
    new_key_file(path)
    return path


async def test_everything_opens_by_the_new_key_alone_and_the_old_one_is_kept_beside(
    tmp_path: Path, key_file: Path
) -> None:
    old = await asyncio.to_thread(KeyFile.load, key_file)
    async with open_storage(tmp_path) as storage:
        sealed = await seal_some(storage, key_file)
        vault = AesCredentialVault(old)
        secret = await open_secret(storage.database, vault, "marks")
        lookup = (await AesPromoCodeCipher.open(storage.database, vault)).lookup("CODE")
        done = await rotate_keys(storage.database, key_file, lambda _done, _all: None)
        new = await asyncio.to_thread(KeyFile.load, key_file)
        assert (list(new.keys), done.retired, done.rewrapped, done.is_resumed) == (
            [done.active],
            (old.active,),
            1,
            False,
        )
        vault = AesCredentialVault(new)
        await vault.prove(storage.database)
        found = await storage.queries.credentials(sealed.account_id)
        assert found is not None
        assert (found.key_id, vault.open(found).api_secret.reveal()) == (done.active, "api-secret")
        assert await open_secret(storage.database, vault, "marks") == secret
        assert (await AesPromoCodeCipher.open(storage.database, vault)).lookup("CODE") == lookup
        with pytest.raises(WrongKeyFile, match="which the key file has not"):
            AesCredentialVault(old).open(found)
        assert AesCredentialVault(old).open(sealed).api_key.reveal() == "api-key", "a copy from before"
        await rotate_keys(storage.database, key_file, lambda _done, _all: None)
    retired = key_file.with_name("perpdesk.key.retired")
    kept = await asyncio.to_thread(KeyFile.load, retired)
    assert kept.keys == {done.active: new.keys[done.active], **old.keys}
    assert {stat.S_IMODE(each.stat().st_mode) for each in (key_file, retired)} == {0o600}


async def test_a_row_that_opens_by_no_key_is_named_and_holds_nothing_up(tmp_path: Path, key_file: Path) -> None:
    async with open_storage(tmp_path) as storage:
        sealed = await seal_some(storage, key_file)
        async with storage.store.begin() as unit:
            await unit.accounts.put_credentials(replace(sealed, data_key=bytes(61)))
        done = await rotate_keys(storage.database, key_file, lambda _done, _all: None)
    assert (done.rewrapped, done.unreadable) == (0, (sealed.account_id,))


async def test_a_key_file_of_another_database_rotates_nothing(tmp_path: Path, key_file: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await seal_some(storage, key_file)
        other = tmp_path / "other.key"
        await asyncio.to_thread(new_key_file, other)
        before = other.read_bytes()
        with pytest.raises(WrongKeyFile, match="does not open"):
            await rotate_keys(storage.database, other, lambda _done, _all: None)
        assert other.read_bytes() == before


async def test_a_folder_that_takes_no_new_key_file_changes_nothing(tmp_path: Path, key_file: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await seal_some(storage, key_file)
        before = contents(key_file)
        key_file.with_name("perpdesk.key.new").mkdir()
        with pytest.raises(StorageTrouble, match="can't be written"):
            await rotate_keys(storage.database, key_file, lambda _done, _all: None)
        assert contents(key_file) == before


async def test_a_backup_from_before_and_one_from_after_are_restored_on_trial(
    tmp_path: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERPDESK_DATABASE", str(tmp_path / "perpdesk.sqlite3"))
    monkeypatch.setenv("PERPDESK_KEY_FILE", str(key_file))
    async with open_storage(tmp_path) as storage:
        await seal_some(storage, key_file)
    for command in (["backup"], ["rotate-keys"], ["restore", "--drill"], ["backup"], ["restore", "--drill"]):
        done = await asyncio.to_thread(CliRunner().invoke, app, command)
        assert done.exit_code == 0, done.output


async def test_the_command_waits_for_a_stopped_bot_and_tells_what_it_did(
    tmp_path: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERPDESK_DATABASE", str(tmp_path / "perpdesk.sqlite3"))
    monkeypatch.setenv("PERPDESK_KEY_FILE", str(key_file))
    runner = CliRunner()
    async with open_storage(tmp_path) as storage:
        await seal_some(storage, key_file)
        refused = await asyncio.to_thread(runner.invoke, app, ["rotate-keys"])
    assert refused.exit_code == 1
    assert f"process {os.getpid()} is using" in refused.output
    done = await asyncio.to_thread(runner.invoke, app, ["rotate-keys"])
    assert done.exit_code == 0, done.output
    assert "1 accounts sealed anew" in done.output
    assert "perpdesk.key.retired: copies of the database from before need it" in done.output
    settings = Settings(database=tmp_path / "perpdesk.sqlite3", key_file=key_file)
    checks = {check.name: check for check in await examine(settings)}
    assert checks["key"].is_ok


@pytest.mark.timeout(CAMPAIGN_LIMIT)
@pytest.mark.campaign
async def test_a_rotation_that_is_killed_leaves_everything_readable_and_goes_on(tmp_path: Path) -> None:
    report = await rotation.run(1, tmp_path, kills=15, accounts=300, swaps=2_000, rows=0)
    assert report.is_good, str(report)

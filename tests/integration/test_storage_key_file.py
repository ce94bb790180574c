"""The key file on disk and the canary that proves it."""

import base64
import os
import stat
from pathlib import Path

import pytest
from harness.storage import key_check, open_storage, sealed_credentials

from bot.domain.accounts import KeyType
from bot.domain.errors import WrongKeyFile
from bot.domain.secrets import Secret
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file


def test_a_new_key_file_is_for_its_owner_alone_and_loads(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        new_key_file(tmp_path / "key")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    keys = KeyFile.load(tmp_path / "key")
    assert list(keys.keys) == [keys.active]
    assert len(keys.keys[keys.active]) == 32
    new_key_file(tmp_path / "other")
    assert KeyFile.load(tmp_path / "other").keys != keys.keys


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    new_key_file(tmp_path / "key")
    content = (tmp_path / "key").read_bytes()
    with pytest.raises(FileExistsError):
        new_key_file(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    new_key_file(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(WrongKeyFile, match=f"is open to others .mode {mode:04o}.: chmod 600"):
        KeyFile.load(tmp_path / "key")


def test_a_key_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongKeyFile, match="No such file"):
        KeyFile.load(tmp_path / "key")
    (tmp_path / "key").touch(mode=0o600)
    (tmp_path / "key").write_bytes(bytes(range(256)))
    with pytest.raises(WrongKeyFile, match="not a key file"):
        KeyFile.load(tmp_path / "key")


KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
MINE = AesCredentialVault(KeyFile.parse(f"mine:{KEY}"))
OTHER = AesCredentialVault(KeyFile.parse(f"other:{OTHER_KEY}"))
ROTATED = AesCredentialVault(KeyFile.parse(f"other:{OTHER_KEY}\nmine:{KEY}"))
SAME_ID = AesCredentialVault(KeyFile.parse(f"mine:{OTHER_KEY}"))


async def test_the_canary_proves_the_key_file(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        for good in (MINE, MINE, ROTATED):
            await good.prove(storage.database)
        for wrong in (OTHER, SAME_ID):
            with pytest.raises(
                WrongKeyFile, match=r"does not open .*perpdesk\.sqlite3: bring the one that has key mine"
            ):
                await wrong.prove(storage.database)
    async with open_storage(tmp_path) as storage:
        await MINE.prove(storage.database)


async def test_keys_without_a_canary_are_not_given_a_new_one(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        async with storage.store.begin() as unit:
            await unit.accounts.put_credentials(sealed_credentials(account, check=key_check()))
        with pytest.raises(WrongKeyFile, match="holds keys but no canary"):
            await MINE.prove(storage.database)


def contents(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


async def test_a_sealed_key_is_in_no_file_in_clear(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        sealed = MINE.seal(
            user_id=account.user_id,
            account_id=account.account_id,
            account_type=account.account_type,
            host=account.host,
            key_type=KeyType.HMAC,
            api_key=Secret("canary-api-key-0001"),
            api_secret=Secret("canary-api-secret-0001"),
            check=key_check(),
        )
        async with storage.store.begin() as unit:
            await unit.accounts.put_credentials(sealed)
        found = await storage.queries.credentials(account.account_id)
        assert found is not None
        assert MINE.open(found).api_secret.reveal() == "canary-api-secret-0001"
        files = contents(tmp_path)
    assert len(files) == 4
    assert not any(b"canary-api" in content for content in files)

"""Where the keys come from: what can't be looked at is named, and taken for nothing else."""

from pathlib import Path

import pytest

from bot.domain.errors import WrongKeyFile
from bot.lifecycle import Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys, recipients_of
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file

UNTOLD = "k" * 300  # the disk says no more of it than of what is in a folder that is closed to us


def test_a_file_of_which_the_disk_says_nothing_is_named(tmp_path: Path) -> None:
    settings = Settings(key_file=tmp_path / UNTOLD, backup_recipient=tmp_path / UNTOLD)
    with pytest.raises(WrongKeyFile, match="File name too long"):
        load_keys(settings)
    with pytest.raises(WrongKeyFile, match="File name too long"):
        recipients_of(settings, AesCredentialVault(KeyFile.fresh()))


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    settings = Settings(key_file=tmp_path / "key")
    with pytest.raises(Fatal, match="there is no key file"):
        load_keys(settings)
    new_key_file(settings.key_file)
    assert recipients_of(settings, AesCredentialVault(load_keys(settings))).offline is None

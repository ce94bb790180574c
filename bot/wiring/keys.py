"""The key-encryption keys, wherever the settings say that they are."""

from pathlib import Path

from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from storage.sqlite.recipients import OfflineRecipient, Recipients
from storage.sqlite.vault import AesCredentialVault, KeyFile


def load_keys(settings: Settings) -> KeyFile:
    """The key-encryption keys; blocks. Raises Fatal for a missing file, WrongKeyFile for one that is no key file."""
    if settings.key is not None:
        return KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY")
    if _is_missing(settings.key_file):
        raise Fatal(
            f"there is no key file {settings.key_file}: bring it back; for a new bot, or where it is lost for good "
            f"(docs/operator.md): `perpdesk new-key {settings.key_file}`",
            EXIT_CONFIG,
        )
    return KeyFile.load(settings.key_file)


def recipients_of(settings: Settings, vault: AesCredentialVault) -> Recipients:
    """Who backups and journal are sealed to; blocks. Raises WrongKeyFile for a recipient that can't be read."""
    file = settings.recipient_file
    return Recipients(vault=vault, offline=None if _is_missing(file) else OfflineRecipient.load(file))


def _is_missing(file: Path) -> bool:
    """False where the disk does not say, a folder that is closed to us for example: reading it says why."""
    try:
        file.stat()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False

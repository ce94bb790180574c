"""The key-encryption keys, wherever the settings say that they are."""

from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from storage.sqlite.recipients import OfflineRecipient, Recipients
from storage.sqlite.vault import AesCredentialVault, KeyFile


def load_keys(settings: Settings) -> KeyFile:
    """The key-encryption keys; blocks. Raises Fatal for a missing file, WrongKeyFile for one that is no key file."""
    if settings.key is not None:
        return KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY")
    if not settings.key_file.exists():
        raise Fatal(
            f"there is no key file {settings.key_file}: bring it back; for a new bot, or where it is lost for good "
            f"(docs/operator.md): `perpdesk new-key {settings.key_file}`",
            EXIT_CONFIG,
        )
    return KeyFile.load(settings.key_file)


def recipients_of(settings: Settings, vault: AesCredentialVault) -> Recipients:
    """Who backups and journal are sealed to; blocks. Raises WrongKeyFile for a recipient that can't be read."""
    file = settings.recipient_file
    return Recipients(vault=vault, offline=OfflineRecipient.load(file) if file.exists() else None)

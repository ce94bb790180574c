"""The key-encryption keys, wherever the settings say that they are."""

from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from storage.sqlite.vault import KeyFile


def load_keys(settings: Settings) -> KeyFile:
    """The key-encryption keys; blocks. Raises Fatal for a missing file, WrongKeyFile for one that is no key file."""
    if settings.key is not None:
        return KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY")
    if not settings.key_file.exists():
        raise Fatal(f"there is no key file {settings.key_file}: `perpdesk new-key {settings.key_file}`", EXIT_CONFIG)
    return KeyFile.load(settings.key_file)

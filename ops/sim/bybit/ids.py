"""Ids, keys and secrets of the stand-in's own making: the same seed gives the same ones in the same order."""

from string import ascii_letters, digits
from typing import Final
from uuid import UUID

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.noise import Noise

_ALPHABET: Final = ascii_letters + digits
_KEY_LENGTH: Final = 18
_SECRET_LENGTH: Final = 36
_FIRST_UID: Final = 100_000_000
_UIDS: Final = 800_000_000
_STRIDE: Final = 514_229
"""No common factor with _UIDS: numbers that are given out stay apart."""
_FIRST_SEQ: Final = 140_000_000_000


class Ids:
    """Where ids come from."""

    def __init__(self, seed: int) -> None:
        self._keys = Noise(seed, "keys")
        self._secrets = Noise(seed, "secrets")
        self._made = Noise(seed, "ids")
        self._start = self._keys.words(-1, 0)[0]

    def uid(self, number: int) -> int:
        """Of the account number `number`: nine digits."""
        return _FIRST_UID + (self._start + number * _STRIDE) % _UIDS

    def key(self, number: int) -> str:
        """18 letters and digits."""
        return self._keys.text(number, _ALPHABET, _KEY_LENGTH)

    def secret(self, number: int) -> str:
        """36 letters and digits."""
        return self._secrets.text(number, _ALPHABET, _SECRET_LENGTH)

    def uuid(self, account: Account) -> str:
        """The next order or execution id of an account."""
        account.made += 1
        return self.uuid_of(account, account.made)

    def uuid_of(self, account: Account, number: int) -> str:
        """The id that this number of `Account.made` stands for."""
        low, high, third, fourth, *_ = self._made.words(account.uid, number)
        return str(UUID(int=low | high << 32 | third << 64 | fourth << 96, version=4))

    def seq(self, account: Account) -> int:
        """The next cross sequence of an account."""
        account.made += 1
        return self.seq_of(account.made)

    def seq_of(self, number: int) -> int:
        """The cross sequence that this number of `Account.made` stands for."""
        return _FIRST_SEQ + number

"""Seeded noise at random access: the same key gives the same numbers, in any order, with nothing kept."""

from functools import cache
from hashlib import blake2b
from struct import Struct
from typing import Final

_KEY: Final = Struct("<qq")
_WORDS: Final = Struct("<16I")
WORD: Final = 2**32


@cache
def noise_of(seed: int, name: str) -> "Noise":
    """The stream of that name, made once: worlds of one seed share it."""
    return Noise(seed, name)


class Noise:
    """A stream of numbers of its own for each (seed, name)."""

    __slots__ = ("_key",)

    def __init__(self, seed: int, name: str) -> None:
        self._key = blake2b(f"{seed}/{name}".encode(), digest_size=32).digest()

    def words(self, kind: int, index: int) -> tuple[int, ...]:
        """Sixteen evenly spread numbers below WORD."""
        return _WORDS.unpack(blake2b(_KEY.pack(kind, index), key=self._key).digest())

    def unit(self, kind: int, index: int) -> float:
        """One number in [0, 1)."""
        return self.words(kind, index)[0] / WORD

    def smooth(self, kind: int, at: float) -> float:
        """Noise in [-1, 1) that runs straight from each whole number to the next."""
        index = int(at // 1)
        start, end = self.unit(kind, index), self.unit(kind, index + 1)
        return (start + (end - start) * (at - index)) * 2 - 1

    def text(self, index: int, alphabet: str, length: int) -> str:
        """`length` characters of that alphabet, for ids and keys of the stand-in's own making."""
        picked: list[str] = []
        block = 0
        while len(picked) < length:
            words = self.words(index, block)
            picked += [alphabet[word % len(alphabet)] for word in words[: length - len(picked)]]
            block += 1
        return "".join(picked)

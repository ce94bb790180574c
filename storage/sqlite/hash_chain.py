"""Append-only tables as chains: each row holds the SHA-256 of itself and of the row before.

The hash is over a canonical form, a JSON array in ASCII without blanks: `[columns …,"previous hash in hex"]`. Whoever
changes, removes or slips in a row must make every later hash anew; whoever cuts off the end is found out by a copy of
the last hash kept elsewhere.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from storage.sqlite.codecs import Row

NO_HASH: Final = bytes(32)  # before the first row

Fetch = Callable[[str, tuple[Any, ...]], Awaitable[list[Row]]]  # `Database.fetch`, or the like


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """`page` answers up to 1,000 rows above an id in their order: the id, the other columns, previous_hash, hash."""

    name: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """How far the chain holds: so many good rows, the first bad one's id or None, the last good hash."""

    rows: int
    broken_at: int | None
    head: bytes


def hash_of(row: tuple[object, ...], previous: bytes) -> bytes:
    """The hash of a row that follows the one whose hash is `previous`."""
    return sha256(json.dumps([*row, previous.hex()], separators=(",", ":")).encode("ascii")).digest()


async def verify_chain(fetch: Fetch, chain: Chain) -> ChainReport:
    """Walk a whole chain and recompute every hash, 1,000 rows a read. Raises StorageTrouble as `fetch` does."""
    count, head = 0, NO_HASH
    while page := await fetch(chain.page, (count,)):
        for *row, previous, found in page:
            if row[0] != count + 1 or previous != head or found != hash_of(tuple(row), head):
                return ChainReport(rows=count, broken_at=row[0], head=head)
            count, head = count + 1, found
    return ChainReport(rows=count, broken_at=None, head=head)

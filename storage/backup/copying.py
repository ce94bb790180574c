"""A copy of the database as it is at one moment, made beside the bot that runs on it, and proved sound.

The source is opened read-only and never checkpoints: a second connection that resets the write-ahead log can lose
commits before SQLite 3.51.3 (https://www.sqlite.org/wal.html, section 11). All pages are copied in one step, so that a
commit meanwhile does not begin it anew.
"""

import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from bot.domain.errors import UnfitBackup
from storage.admin.audit import AUDIT_CHAIN
from storage.licensing.ledger import LICENSE_CHAIN
from storage.sqlite.codecs import Row
from storage.sqlite.connection import BUSY_TIMEOUT_S
from storage.sqlite.database import APPLICATION_ID
from storage.sqlite.hash_chain import Chain, Fetch, verify_chain
from storage.sqlite.migrate import SELECT_MIN_VERSION, SELECT_VERSION
from storage.sqlite.vault import SELECT_CANARY, AesCredentialVault

T = TypeVar("T")

_APPLICATION_ID: Final = "PRAGMA application_id"
SELECT_TABLE: Final = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
_CHAINS: Final = {"audit": AUDIT_CHAIN, "license_events": LICENSE_CHAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """What a sound copy says of itself: its schema, and the rows of its chains by name."""

    schema: int
    min_version: int  # of the schema that a program must know to use it
    chains: dict[str, int]


def copy(source: Path, target: Path) -> None:
    """Blocks. Raises sqlite3.Error, OSError."""
    with closing(_read_only(source)) as database, closing(sqlite3.connect(target)) as made:
        target.chmod(0o600)
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode = DELETE")


def prove(path: Path, *, vault: AesCredentialVault | None, is_full: bool) -> Proved:
    """Look at a database that nobody has open: pages, chains, and whether these keys are its own; blocks.

    `is_full`: every row beside every page (seconds instead of tenths). `vault` None: keys are not looked at.
    Raises UnfitBackup.
    """
    with _looked_at(path) as connection:
        ((application,),) = connection.execute(_APPLICATION_ID)
        ((schema,),) = connection.execute(SELECT_VERSION)
        if application != APPLICATION_ID:
            raise UnfitBackup(f"{path} is no database of Perpdesk")
        verdicts = [verdict for (verdict,) in connection.execute(_CHECKS[is_full])]
        if verdicts != ["ok"]:
            raise UnfitBackup(f"{path} is damaged: {verdicts[0]}")
        chains = at_once(_prove_chains(connection, path))
        if vault is not None and _has(connection, "vault_canary"):
            ((key_id, envelope, has_credentials),) = connection.execute(SELECT_CANARY)
            if (key_id is None and has_credentials) or (key_id is not None and not vault.knows(key_id, envelope)):
                raise UnfitBackup(f"{path}: the key file does not open it, bring the one that has key {key_id}")
        min_version = _min_version(connection, schema)
    return Proved(schema=schema, min_version=min_version, chains=chains)


_CHECKS: Final = {False: "PRAGMA quick_check(1)", True: "PRAGMA integrity_check(1)"}


async def _prove_chains(connection: sqlite3.Connection, path: Path) -> dict[str, int]:
    found = {}
    for table, chain in _CHAINS.items():
        if _has(connection, table):
            found[table] = await _prove_chain(fetch_of(connection), chain, path)
    return found


async def _prove_chain(fetch: Fetch, chain: Chain, path: Path) -> int:
    report = await verify_chain(fetch, chain)
    if report.broken_at is not None:
        raise UnfitBackup(f"{path}: row {report.broken_at} breaks the chain of {chain.name}")
    return report.rows


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine answers that waits for nothing, as one does that reads by `fetch_of`; needs no loop."""
    try:
        work.send(None)
    except StopIteration as end:
        answer: T = end.value
        return answer
    work.close()
    raise RuntimeError("it waits for something")


def fetch_of(connection: sqlite3.Connection) -> Fetch:
    """Reads by a connection that blocks, as those who check expect it."""

    async def fetch(sql: str, parameters: tuple[Any, ...]) -> list[Row]:
        return connection.execute(sql, parameters).fetchall()

    return fetch


def _min_version(connection: sqlite3.Connection, schema: int) -> int:
    rows = connection.execute(SELECT_MIN_VERSION).fetchall() if _has(connection, "schema_compat") else []
    return rows[0][0] if rows else schema


def _has(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute(SELECT_TABLE, (table,)).fetchone() is not None


@contextmanager
def _looked_at(path: Path) -> Iterator[sqlite3.Connection]:
    """Raises UnfitBackup for what SQLite can't read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except sqlite3.Error as error:
        raise UnfitBackup(f"{path} is damaged: {error}") from error


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S)

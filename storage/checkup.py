"""What `perpdesk doctor` looks at in the database: schema, pages, chains, books, query plans, keys and their canary.

Everything reads through a `Fetch`, so that it works on an open `Database` and beside a bot that runs.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiosqlite

from bot.aio.shielded import shielded
from bot.domain.errors import AlreadyRunning
from bot.domain.ids import HOUR, Millis
from bot.domain.key_rules import judge, refusals
from bot.domain.licensing import LicenseType, Segment, derive
from storage import cross_checks
from storage.accounts.accounts import SELECT_CREDENTIALS, check_of
from storage.accounts.portfolio import SELECT_PENDING_ORDERS
from storage.admin.audit import AUDIT_CHAIN
from storage.chat.outbox import SELECT_DUE
from storage.key_rotation import COUNT_DATA_KEYS
from storage.licensing.ledger import LICENSE_CHAIN, SELECT_EVENTS, entry_of
from storage.licensing.licenses import SELECT_LICENSE
from storage.sqlite.codecs import Row
from storage.sqlite.connection import BUSY_TIMEOUT_S
from storage.sqlite.database import CONNECTION_PRAGMAS, READER_PRAGMAS, Database, PageCheck
from storage.sqlite.errors import translated
from storage.sqlite.files import exclusive
from storage.sqlite.hash_chain import Chain, Fetch, verify_chain
from storage.sqlite.migrate import (
    SELECT_MIN_VERSION,
    SELECT_OBJECTS,
    SELECT_VERSION,
    expected_objects,
    has_columns,
    load_migrations,
)
from storage.sqlite.vault import SELECT_CANARY, AesCredentialVault
from storage.users.users import SELECT_CONFIG

SELECT_HOLDERS: Final = "SELECT user_id, pseudonym FROM users WHERE user_id > ? ORDER BY user_id LIMIT 1000"
SELECT_SEGMENTS: Final = """
    SELECT license_type, start_date, end_date FROM user_licenses WHERE user_id = ? ORDER BY end_date
"""
SELECT_CHECKED: Final = """
    SELECT account_id, bybit_uid, read_only, permissions, ips, expires_at, checked_at,
           is_unified, is_master, key_kind, is_complete
      FROM credentials WHERE checked_at > 0
"""
_HOT: Final = (  # what an update or a second of the bot asks: a name, the statement, its parameters
    ("user config", SELECT_CONFIG, 1),
    ("license", SELECT_LICENSE, 2),
    ("credentials", SELECT_CREDENTIALS, 1),
    ("pending orders", SELECT_PENDING_ORDERS, 2),
    ("outbox", SELECT_DUE, 2),
)
_CHAINS: Final = (AUDIT_CHAIN, LICENSE_CHAIN)
_NAMED: Final = 5  # faults told by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The outcome of one of the doctor's checks, as a line tells it."""

    name: str
    is_ok: bool
    detail: str


@asynccontextmanager
async def looking_at(path: Path) -> AsyncIterator[tuple[Fetch, bool]]:
    """How to read the database at `path`, and whether a bot is running on it meanwhile.

    Beside a bot the file is opened read-only: such a connection neither writes nor checkpoints, and it sees one moment.
    Raises UnfitDatabase or StorageTrouble.
    """
    try:
        async with exclusive(path) as lock, Database.open_locked(lock, check=PageCheck.NEVER) as database:
            yield database.fetch, False
    except AlreadyRunning:
        async with _read_only(path) as fetch:
            yield fetch, True


@asynccontextmanager
async def _read_only(path: Path) -> AsyncIterator[Fetch]:
    with translated():
        connection = await aiosqlite.connect(
            f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S
        )
    try:

        async def fetch(sql: str, parameters: tuple[Any, ...]) -> list[Row]:
            with translated():
                return list(await connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type]  # tuples

        for pragma in (*CONNECTION_PRAGMAS, *READER_PRAGMAS):
            await fetch(pragma, ())
        await fetch("BEGIN", ())
        yield fetch
    finally:
        await shielded(connection.close())


async def check_schema(fetch: Fetch) -> Check:
    """The newest version, and nothing missing of what its migrations make, indexes included."""
    migrations = await asyncio.to_thread(load_migrations)
    ((version,),) = await fetch(SELECT_VERSION, ())
    newest = migrations[-1].number
    least = await fetch(SELECT_MIN_VERSION, ()) if version > newest else []
    if version < newest or (version > newest and not (least and least[0][0] <= newest)):
        return Check(name="schema", is_ok=False, detail=f"version {version}; this program's is {newest}")
    present = {name: columns for _, name, columns, _ in await fetch(SELECT_OBJECTS, ())}
    wanted = await asyncio.to_thread(expected_objects, migrations)
    wrong = [
        f"{each.kind} {name}" for name, each in wanted.items() if not has_columns(present.get(name, "-"), each.columns)
    ]
    detail = f"not as it should be: {_some(wrong)}" if wrong else f"version {version}"
    return Check(name="schema", is_ok=not wrong, detail=detail)


async def check_pages(fetch: Fetch) -> Check:
    """SQLite's own integrity_check, every page and every row."""
    verdicts = [verdict for (verdict,) in await fetch("PRAGMA integrity_check(20)", ())]
    is_ok = verdicts == ["ok"]
    return Check(name="integrity", is_ok=is_ok, detail="every page and row" if is_ok else _some(verdicts))


async def check_foreign_keys(fetch: Fetch) -> Check:
    """Whether any row refers to one that is not there."""
    orphans = [f"{table} row {rowid} without its {parent}" for table, rowid, parent, _ in await fetch(_ORPHANS, ())]
    return Check(name="foreign keys", is_ok=not orphans, detail=_some(orphans) if orphans else "nothing hangs loose")


_ORPHANS: Final = "PRAGMA foreign_key_check"


async def check_chains(fetch: Fetch) -> list[Check]:
    """Both append-only tables, every hash anew; the last one is told, for whoever keeps copies."""
    return [await _check_chain(fetch, chain) for chain in _CHAINS]


async def _check_chain(fetch: Fetch, chain: Chain) -> Check:
    report = await verify_chain(fetch, chain)
    name = f"chain {chain.name}"
    if report.broken_at is not None:
        return Check(name=name, is_ok=False, detail=f"{report.rows} good rows, then row {report.broken_at} breaks it")
    return Check(name=name, is_ok=True, detail=f"{report.rows} rows, the last hash {report.head.hex()}")


async def check_licenses(fetch: Fetch) -> Check:
    """user_licenses is what the ledger says, for every user."""
    last, count, wrong = 0, 0, []
    while page := await fetch(SELECT_HOLDERS, (last,)):
        for user_id, pseudonym in page:
            if await _projected(fetch, user_id) != await _derived(fetch, pseudonym):
                wrong.append(f"user {user_id}")
        count, last = count + len(page), page[-1][0]
    detail = f"not what the ledger says: {_some(wrong)}" if wrong else f"{count} users as the ledger says"
    return Check(name="licenses", is_ok=not wrong, detail=detail)


async def _derived(fetch: Fetch, pseudonym: str) -> tuple[Segment, ...]:
    """As of the last row, when the projection was written."""
    entries = [entry_of(row) for row in await fetch(SELECT_EVENTS, (pseudonym,))]
    return derive(entries, entries[-1].at).segments if entries else ()


async def _projected(fetch: Fetch, user_id: int) -> tuple[Segment, ...]:
    return tuple(
        [
            Segment(license_type=LicenseType(license_type), start=Millis(start), end=Millis(end))
            for license_type, start, end in await fetch(SELECT_SEGMENTS, (user_id,))
        ]
    )


async def check_promo_uses(fetch: Fetch) -> Check:
    """What codes and campaigns count is what was redeemed, and what was redeemed is what the ledger gave."""
    what = "redemptions as the ledger says"
    return await _cross_check(fetch, "promo codes", cross_checks.PROMO, cross_checks.COUNT_USES, what)


async def check_payments(fetch: Fetch) -> Check:
    """Each credited payment has its days in the ledger and its Stars in the audit; each of those has its payment."""
    what = "credits as the ledger says"
    return await _cross_check(fetch, "payments", cross_checks.PAYMENTS, cross_checks.COUNT_PAYMENTS, what)


async def check_practice(fetch: Fetch) -> Check:
    """Practice rows belong to practice accounts that were traded with, and nobody owes practice money."""
    what = "accounts were traded with, none is in debt"
    return await _cross_check(fetch, "practice", cross_checks.PRACTICE, cross_checks.COUNT_PRACTICE, what)


async def _cross_check(fetch: Fetch, name: str, statements: Sequence[str], count: str, what: str) -> Check:
    breaches = [words for statement in statements for (words,) in await fetch(statement, ())]
    ((rows,),) = await fetch(count, ())
    return Check(name=name, is_ok=not breaches, detail=_some(breaches) if breaches else f"{rows} {what}")


async def check_keys(fetch: Fetch, now: Millis, *, require_bound_ip: bool) -> Check:
    """What stored keys may do, as their last checks found: none may move money. `now` in ms."""
    bad: list[str] = []
    soon, newest, count = 0, 0, 0
    for row in await fetch(SELECT_CHECKED, ()):
        check, count = check_of(row[1:]), count + 1
        findings = judge(check, now=now, require_bound_ip=require_bound_ip)
        bad += [f"account {row[0]}: {finding.key}" for finding in refusals(findings)[:1]]
        soon += any(finding.key == "key-expires-soon" for finding in findings)
        newest = max(newest, check.checked_at)
    if bad or not count:
        return Check(name="key rights", is_ok=not bad, detail=_some(bad) if bad else "no key is connected")
    hours = (now - newest) // HOUR
    detail = f"{count} keys trade and move no money, {soon} run out soon; the last look was {hours} h ago"
    return Check(name="key rights", is_ok=True, detail=detail)


async def check_plans(fetch: Fetch) -> Check:
    """Whether SQLite asks what each update asks by an index, with the statistics that it has."""
    scans = []
    for name, statement, parameters in _HOT:
        steps = [row[3] for row in await fetch(f"EXPLAIN QUERY PLAN {statement}", (None,) * parameters)]
        scans += [f"{name}: {step}" for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]
    detail = f"the {len(_HOT)} statements of each update take their indexes"
    return Check(name="plans", is_ok=not scans, detail=_some(scans) if scans else detail)


async def check_canary(fetch: Fetch, vault: AesCredentialVault) -> Check:
    """Whether these keys are the database's."""
    ((key_id, envelope, has_credentials),) = await fetch(SELECT_CANARY, ())
    if key_id is None:
        detail = "keys are stored without a canary" if has_credentials else "nothing is sealed yet"
        return Check(name="key", is_ok=not has_credentials, detail=detail)
    if not vault.knows(key_id, envelope):
        return Check(name="key", is_ok=False, detail=f"key {key_id} does not open the canary")
    ((others,),) = await fetch(COUNT_DATA_KEYS, (vault.active,))
    if vault.has_older:
        detail = f"{others} accounts are sealed by an older key than {vault.active}: a rotation was cut short"
        return Check(name="key", is_ok=False, detail=detail)
    if others:
        return Check(name="key", is_ok=False, detail=f"{others} accounts are sealed by a key that the file has not")
    return Check(name="key", is_ok=True, detail=f"key {key_id} opens the canary and seals every account")


def _some(faults: list[str]) -> str:
    more = f" and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
    return "; ".join(faults[:_NAMED]) + more

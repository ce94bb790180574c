"""The repositories record what they wrote; tests/harness/write_watch.py finds each event that is left out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.practice import held_rows
from harness.storage import (
    ANNA,
    BORIS,
    NOW,
    StorageHarness,
    add_account,
    execution,
    key_check,
    new_user,
    open_storage,
    order,
    position,
    sealed_credentials,
)

from bot.domain.accounts import Account, AccountType
from bot.domain.events import (
    CredentialsChanged,
    Event,
    LicenseChanged,
    OrderFilled,
    OrderPlaced,
    PositionClosed,
    PositionOpened,
    RoleChanged,
    StopChanged,
    UserBanned,
    UserConfigChanged,
    WalletChanged,
)
from bot.domain.ids import DAY, UserId
from bot.domain.licensing import EntryKind, LicenseType, NewLedgerEntry
from bot.domain.paper import PaperChanges
from bot.domain.portfolio import Orders, Positions
from bot.domain.users import Language, Role, TradeSettings, UserSettings
from storage.store import SqliteUnitOfWork

NEW = UserId(1003)


@dataclass(frozen=True)
class Anna:
    """Accounts of somebody with a license, a key and a practice wallet."""

    paper: Account
    demo: Account
    pending: Account


Write = Callable[[SqliteUnitOfWork, Anna], Awaitable[object]]

WRITES: dict[str, tuple[Write, set[type]]] = {
    "ensure": (lambda unit, _: unit.users.ensure(new_user(NEW), NOW), {UserConfigChanged}),
    "rename": (lambda unit, _: unit.users.rename(ANNA, "other", "Other"), {UserConfigChanged}),
    "language": (lambda unit, _: unit.users.set_language(ANNA, Language.RUSSIAN), {UserConfigChanged}),
    "settings": (
        lambda unit, _: unit.users.set_settings(ANNA, UserSettings(time_zone="Asia/Tokyo")),
        {UserConfigChanged},
    ),
    "trade settings": (
        lambda unit, _: unit.users.set_trade_settings(ANNA, TradeSettings(leverage=7)),
        {UserConfigChanged},
    ),
    "default": (
        lambda unit, storage: unit.users.set_default_account(ANNA, storage.paper.account_id),
        {UserConfigChanged},
    ),
    "terms": (lambda unit, _: unit.users.accept_terms(ANNA, 1, NOW), {UserConfigChanged}),
    "ban": (lambda unit, _: unit.users.set_banned(ANNA, banned=True), {UserBanned}),
    "role": (lambda unit, _: unit.users.set_role(ANNA, Role.ADMIN), {RoleChanged}),
    "account": (lambda unit, _: add_account(unit, ANNA, AccountType.LIVE), {UserConfigChanged}),
    "activate": (
        lambda unit, storage: unit.accounts.activate(storage.pending.account_id, "900"),  # its predecessor is removed
        {UserConfigChanged, CredentialsChanged},
    ),
    "remove": (
        lambda unit, storage: unit.accounts.remove(storage.demo.account_id),  # it is the default
        {UserConfigChanged, CredentialsChanged},
    ),
    "key": (
        lambda unit, storage: unit.accounts.put_credentials(sealed_credentials(storage.pending)),
        {CredentialsChanged},
    ),
    "check": (
        lambda unit, storage: unit.accounts.set_check(sealed_credentials(storage.demo), key_check(checked_at=NOW + 1)),
        {CredentialsChanged},
    ),
    "wallet": (
        lambda unit, storage: unit.accounts.open_paper_wallet(storage.paper.account_id, "USDC", "5"),
        {WalletChanged},
    ),
    "fill": (lambda unit, storage: unit.legs.add_fill(storage.paper, execution("e-2")), {OrderFilled}),
    "practice order": (
        lambda unit, storage: unit.paper.save(practiced(storage, orders=(order("o-2"),))),
        {OrderPlaced},
    ),
    "practice entry": (
        lambda unit, storage: unit.paper.save(practiced(storage, positions=(position(),), fills=(execution("e-3"),))),
        {OrderFilled, PositionOpened},
    ),
    "practice stop": (lambda unit, storage: unit.paper.save(stopped(storage)), {StopChanged}),
    "practice leverage": (lambda unit, storage: unit.paper.save(practiced(storage)), {StopChanged, WalletChanged}),
    "practice money": (
        lambda unit, storage: unit.paper.save(replace(practiced(storage), wallet={"USDT": Decimal(3)})),
        {StopChanged, WalletChanged},
    ),
    "practice reset": (
        lambda unit, storage: unit.paper.save(replace(practiced(storage), begins_run=True)),
        {PositionClosed, StopChanged, WalletChanged},
    ),
    "license": (lambda unit, _: unit.ledger.append(ANNA, granted("again"), NOW), {LicenseChanged}),
    "erase": (lambda unit, _: unit.privacy.erase(ANNA), {UserConfigChanged, LicenseChanged, CredentialsChanged}),
}

OVERLAP = {"practice entry", "practice leverage", "practice money", "practice reset"}  # one event drops all there is
MISSING = [
    (name, each)
    for name in sorted(WRITES.keys() - OVERLAP)
    for each in sorted(WRITES[name][1], key=lambda event: event.__name__)
]

REPLAYS: dict[str, Write] = {
    "ensure": lambda unit, _: unit.users.ensure(new_user(ANNA, first_name="Other"), NOW),
    "wallet": lambda unit, storage: unit.accounts.open_paper_wallet(storage.paper.account_id, "USDT", "7"),
    "fill": lambda unit, storage: unit.legs.add_fill(storage.paper, execution()),
    "license": lambda unit, _: unit.ledger.append(ANNA, granted("once"), NOW),
    "check of a key that was replaced": lambda unit, storage: unit.accounts.set_check(
        replace(sealed_credentials(storage.demo), api_key=b"former"), key_check()
    ),
    "check of a key that is gone": lambda unit, storage: unit.accounts.set_check(
        sealed_credentials(storage.pending), key_check()
    ),
    "a load written back": lambda unit, storage: unit.portfolio.replace_positions(
        storage.demo, Positions(account_id=storage.demo.account_id, items=(position("ETHUSDT"),), as_of=NOW)
    ),
}


def practiced(storage: Anna, **changed: Any) -> PaperChanges:
    """What the practice exchange stores of a command."""
    nothing: dict[str, Any] = {"positions": (), "orders": (), "fills": ()}
    return held_rows(storage.paper.account_id, now=NOW, **(nothing | changed))


def stopped(storage: Anna) -> PaperChanges:
    """A leg that was held before, with another stop."""
    changes = practiced(storage, positions=(position(stop_loss=Decimal(1)),))
    return replace(changes, positions=tuple(replace(each, was_held=True) for each in changes.positions))


def granted(key: str) -> NewLedgerEntry:
    return NewLedgerEntry(
        kind=EntryKind.GRANT,
        license_type=LicenseType.BASIC,
        millis=DAY,
        takes=None,
        idempotency_key=f"test:{key}",
        actor=None,
        note="",
    )


async def anna(storage: StorageHarness) -> Anna:
    demo, paper = await storage.account(), await storage.account(kind=AccountType.PAPER)
    async with storage.store.begin() as unit:
        await unit.accounts.put_credentials(sealed_credentials(demo, check=key_check()))
        await unit.accounts.open_paper_wallet(paper.account_id, "USDT", "10")
        await unit.users.set_default_account(ANNA, demo.account_id)
        await unit.ledger.append(ANNA, granted("once"), NOW)
        await unit.legs.add_fill(paper, execution())
        pending = await add_account(unit, ANNA, AccountType.DEMO)
        held = Positions(account_id=demo.account_id, items=(position(),), as_of=NOW)
        await unit.portfolio.replace_positions(demo, held)
        await unit.portfolio.replace_orders(demo, Orders(account_id=demo.account_id, items=(order(),), as_of=NOW))
    return Anna(paper=paper, demo=demo, pending=pending)


async def told_of(folder: Path, write: Write) -> tuple[Event, ...]:
    """What one unit of work told. Raises AssertionError if a cached read would show more than that."""
    async with open_storage(folder) as storage:
        person = await anna(storage)
        storage.committed.clear()
        async with storage.store.begin() as unit:
            await write(unit, person)
        return storage.committed[0] if storage.committed else ()


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_records_its_events(tmp_path: Path, name: str) -> None:
    write, expected = WRITES[name]
    assert {type(event) for event in await told_of(tmp_path, write)} == expected


@pytest.mark.parametrize("name", REPLAYS)
async def test_what_changed_nothing_records_nothing(tmp_path: Path, name: str) -> None:
    assert await told_of(tmp_path, REPLAYS[name]) == ()


@pytest.mark.parametrize(("name", "missing"), MISSING)
async def test_the_watch_finds_any_one_event_that_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, missing: type
) -> None:
    record = SqliteUnitOfWork._record

    def all_but_one(unit: SqliteUnitOfWork, event: Event) -> None:
        if not (is_judged and type(event) is missing):
            record(unit, event)

    is_judged = False

    async def write(unit: SqliteUnitOfWork, person: Anna) -> None:
        nonlocal is_judged
        is_judged = True
        await WRITES[name][0](unit, person)

    monkeypatch.setattr(SqliteUnitOfWork, "_record", all_but_one)
    with pytest.raises(AssertionError, match="is read by the region"):
        await told_of(tmp_path, write)


async def test_an_event_about_somebody_else_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def write(unit: SqliteUnitOfWork, _: Anna) -> None:
        monkeypatch.setattr(SqliteUnitOfWork, "_record", lambda *_: unit._events.update({of_boris: None}))
        await unit.users.rename(ANNA, "other", "Other")

    of_boris = UserConfigChanged(user_id=BORIS)
    with pytest.raises(AssertionError, match="user 1001"):
        await told_of(tmp_path, write)

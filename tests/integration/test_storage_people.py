"""Users, accounts, keys and licenses on a real file."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.storage import (
    ANNA,
    BORIS,
    NOW,
    StorageHarness,
    add_account,
    key_check,
    new_user,
    open_storage,
    sealed_credentials,
)

from bot.domain.accounts import Account, AccountType, TradeSettings
from bot.domain.errors import AlreadyAttached
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.portfolio import OrderType
from bot.domain.users import Language, Notifications, Role, UserSettings
from storage.paper.queries import SqlitePaperQueries

DAY = 24 * 60 * 60 * 1000


async def accounts_of(storage: StorageHarness, user_id: UserId) -> tuple[Account, ...]:
    config = await storage.queries.user_config(user_id)
    assert config is not None
    return config.accounts


async def test_a_new_user_has_the_default_settings(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        assert await storage.queries.user_config(ANNA) is None
        async with storage.store.begin() as unit:
            assert await unit.users.ensure(new_user(start_payload="p_SPRING"), NOW)
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert (config.settings, config.trade_settings) == (UserSettings(), TradeSettings())
        assert (config.role, config.language, config.is_banned) == (Role.USER, Language.ENGLISH, False)
        assert (config.terms_version, config.default_account_id, config.accounts) == (0, None, ())
        assert (config.username, config.first_name, config.first_seen_ts) == ("user_1001", "Anna", NOW)
        assert await storage.database.fetch("SELECT start_payload FROM users") == [("p_SPRING",)]


async def test_a_known_user_stays_as_they_are(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        async with storage.store.begin() as unit:
            assert not await unit.users.ensure(new_user(first_name="Eve", language=Language.RUSSIAN), Millis(NOW + 1))
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert (config.first_name, config.language, config.first_seen_ts) == ("Anna", Language.ENGLISH, NOW)


async def test_every_field_of_a_user_can_be_changed(tmp_path: Path) -> None:
    settings = UserSettings(notifications=Notifications.SILENT, time_zone="Europe/Kyiv")
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        async with storage.store.begin() as unit:
            await unit.users.rename(ANNA, None, "Ганна")
            await unit.users.set_language(ANNA, Language.UKRAINIAN)
            await unit.users.set_settings(ANNA, settings)
            await unit.users.set_default_account(ANNA, account.account_id)
            await unit.users.accept_terms(ANNA, 2, NOW)
            assert await unit.users.set_banned(ANNA, banned=True)
            assert await unit.users.set_role(ANNA, Role.ADMIN)
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert (config.username, config.first_name, config.language) == (None, "Ганна", Language.UKRAINIAN)
        assert (config.settings, config.terms_version) == (settings, 2)
        assert (config.is_banned, config.role, config.default_account) == (True, Role.ADMIN, account)


ODD = TradeSettings(
    risk_percent=Decimal("0.50"),
    stop_loss_percent=Decimal("12.5"),
    take_profit_percent=Decimal("1E+2"),
    leverage=100,
    order_type=OrderType.LIMIT,
)


async def test_trade_settings_are_of_every_account_that_is_and_will_be(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.account(BORIS, AccountType.PAPER)
        assert (await storage.account(kind=AccountType.PAPER)).settings == TradeSettings()
        await storage.account(uid="1")
        async with storage.store.begin() as unit:
            await unit.users.set_trade_settings(ANNA, ODD)
        assert (await storage.account(uid="2")).settings == ODD, "a new account takes over what its user has now"
        assert [each.settings for each in await accounts_of(storage, ANNA)] == [ODD, ODD, ODD]
        assert [each.settings for each in await accounts_of(storage, BORIS)] == [TradeSettings()]
        columns = "risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type"
        rows = await storage.database.fetch(f"SELECT DISTINCT {columns} FROM accounts WHERE user_id = ?", (ANNA,))  # noqa: S608  our own names
        assert rows == [("0.5", "12.5", "100", 100, "Limit")]


async def test_the_settings_that_are_shown_are_those_of_the_default_account(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.account(kind=AccountType.PAPER)
        demo = await storage.account()
        await storage.write("UPDATE accounts SET leverage = 7 WHERE account_id = ?", demo.account_id)
        for account_id, leverage in ((None, 3), (demo.account_id, 7)):
            async with storage.store.begin() as unit:
                await unit.users.set_default_account(ANNA, account_id)
            config = await storage.queries.user_config(ANNA)
            assert config is not None
            assert config.trade_settings.leverage == leverage


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("risk_percent", ("0", "01", "1.50", "1.", "-1", "1e2", "1.2.3", "")),
        ("stop_loss_percent", ("0", "01", "1.50", "1.", "-1", "1e2", "1.2.3", "")),
        ("take_profit_percent", ("0", "01", "1.50", "1.", "-1", "1e2", "1.2.3", "")),
        ("leverage", (0, 101, None)),
        ("order_type", ("market", "Stop", "")),
    ],
)
async def test_the_database_itself_refuses_odd_settings(
    tmp_path: Path, column: str, values: tuple[object, ...]
) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.account()
        for value in values:
            with pytest.raises(Exception, match="constraint failed"):
                await storage.write(f"UPDATE accounts SET {column} = ?", value)  # noqa: S608  a column of the schema


async def test_nobody_who_is_unknown_gets_an_account(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        with pytest.raises(LookupError, match="there is no user 1001"):
            async with storage.store.begin() as unit:
                await add_account(unit, ANNA, AccountType.DEMO)


async def test_nobody_is_banned_or_promoted_who_is_not_there(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage, storage.store.begin() as unit:
        assert not await unit.users.set_banned(ANNA, banned=True)
        assert not await unit.users.set_role(ANNA, Role.ADMIN)


@pytest.mark.parametrize("name", ["", "\0", "\ud800 alone", "🙂" * 300, "'; DROP TABLE users", "a\nb", "\u202eevil"])
async def test_names_of_all_kinds_are_kept_as_far_as_they_can_be(tmp_path: Path, name: str) -> None:
    async with open_storage(tmp_path) as storage:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(first_name=name, username=name, start_payload=name), NOW)
            await unit.users.rename(ANNA, name, name)
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert config.first_name == name.replace("\0", "\ufffd").replace("\ud800", "?")[:256]


@pytest.mark.parametrize(
    ("field", "value"),
    [("risk_percent", Decimal("NaN")), ("stop_loss_percent", Decimal("Infinity")), ("risk_percent", Decimal("1E+99"))],
)
async def test_settings_that_are_no_amounts_are_not_stored(tmp_path: Path, field: str, value: Decimal) -> None:
    changes: dict[str, Any] = {field: value}
    async with open_storage(tmp_path) as storage:
        await storage.user()
        with pytest.raises(ValueError, match="no amount that can be stored"):
            async with storage.store.begin() as unit:
                await unit.users.set_trade_settings(ANNA, replace(TradeSettings(), **changes))


async def test_accounts_come_paper_first(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        live = await storage.account(kind=AccountType.LIVE, uid="1")
        demo = await storage.account(kind=AccountType.DEMO, uid="2")
        paper = await storage.account(kind=AccountType.PAPER)
        second = await storage.account(kind=AccountType.DEMO, uid="3")
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert config.accounts == (paper, demo, second, live)
        assert config.default_account == paper


async def test_an_account_is_hidden_until_it_is_active(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        async with storage.store.begin() as unit:
            account = await add_account(unit, ANNA, AccountType.DEMO)
        assert await accounts_of(storage, ANNA) == ()
        async with storage.store.begin() as unit:
            active = await unit.accounts.activate(account.account_id, "900")
        assert active == replace(account, bybit_uid="900")
        assert await accounts_of(storage, ANNA) == (active,)


async def test_a_bybit_account_belongs_to_one_user_of_a_type(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.account(ANNA, AccountType.DEMO, "900")
        with pytest.raises(AlreadyAttached):
            await storage.account(BORIS, AccountType.DEMO, "900")
        assert await storage.queries.user_config(BORIS) is None
        await storage.account(BORIS, AccountType.LIVE, "900")


async def test_the_database_itself_refuses_a_second_holder(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.account(ANNA, AccountType.DEMO, "900")
        other = await storage.account(BORIS, AccountType.DEMO, "901")
        with pytest.raises(Exception, match="UNIQUE constraint failed"):
            await storage.write("UPDATE accounts SET bybit_uid = '900' WHERE account_id = ?", other.account_id)


async def test_ones_own_older_account_gives_way(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        older = await storage.account(ANNA, AccountType.DEMO, "900")
        newer = await storage.account(ANNA, AccountType.DEMO, "900")
        assert newer.account_id != older.account_id
        assert await accounts_of(storage, ANNA) == (newer,)


async def test_a_removed_account_frees_its_uid_and_leaves_nothing_but_its_row(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        async with storage.store.begin() as unit:
            await unit.accounts.put_credentials(sealed_credentials(account, check=key_check()))
            await unit.users.set_default_account(ANNA, account.account_id)
        async with storage.store.begin() as unit:
            await unit.accounts.remove(account.account_id)
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert (config.accounts, config.default_account_id) == ((), None)
        assert await storage.queries.credentials(account.account_id) is None
        assert await storage.database.fetch("SELECT state FROM accounts") == [("removed",)]
        await storage.account(BORIS, AccountType.DEMO, "900")


async def test_an_account_id_is_never_used_again(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        first = await storage.account()
        await storage.write("DELETE FROM users")
        second = await storage.account()
        assert second.account_id > first.account_id


async def test_a_default_account_is_ones_own_and_usable(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        theirs = await storage.account(BORIS)
        removed = await storage.account(ANNA, uid="901")
        async with storage.store.begin() as unit:
            await unit.accounts.remove(removed.account_id)
            pending = await add_account(unit, ANNA, AccountType.DEMO)
        for account_id in (theirs.account_id, removed.account_id, pending.account_id, AccountId(99)):
            with pytest.raises(LookupError):
                async with storage.store.begin() as unit:
                    await unit.users.set_default_account(ANNA, account_id)
        async with storage.store.begin() as unit:
            await unit.users.set_default_account(BORIS, theirs.account_id)
            await unit.users.set_default_account(BORIS, None)
        config = await storage.queries.user_config(BORIS)
        assert config is not None
        assert config.default_account_id is None


async def test_credentials_come_back_as_they_went(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        for check in (None, key_check(expires_at=Millis(NOW + DAY)), key_check(read_only=True, ips=(), permissions=())):
            sealed = sealed_credentials(account, check=check)
            async with storage.store.begin() as unit:
                await unit.accounts.put_credentials(sealed)
            assert await storage.queries.credentials(account.account_id) == sealed


async def test_credentials_are_not_stored_for_another_users_account(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account(ANNA)
        await storage.user(BORIS)
        with pytest.raises(LookupError):
            async with storage.store.begin() as unit:
                await unit.accounts.put_credentials(replace(sealed_credentials(account), user_id=BORIS))
        with pytest.raises(LookupError):
            async with storage.store.begin() as unit:
                await unit.accounts.put_credentials(replace(sealed_credentials(account), account_id=AccountId(77)))


async def test_a_pending_pair_is_found_by_user_and_type_until_it_is_taken_up(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        async with storage.store.begin() as unit:
            assert await unit.accounts.pending(ANNA, AccountType.DEMO) is None
            account = await add_account(unit, ANNA, AccountType.DEMO)
            sealed = sealed_credentials(account)
            await unit.accounts.put_credentials(sealed)
            assert await unit.accounts.pending(ANNA, AccountType.DEMO) == sealed
            assert await unit.accounts.pending(ANNA, AccountType.LIVE) is None
            assert await unit.accounts.pending(BORIS, AccountType.DEMO) is None
            await unit.accounts.activate(account.account_id, "900")
            assert await unit.accounts.pending(ANNA, AccountType.DEMO) is None


async def test_the_keys_checked_longest_ago_are_checked_again(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        accounts = [await storage.account(ANNA, AccountType.DEMO, str(uid)) for uid in range(4)]
        async with storage.store.begin() as unit:
            for account, age in zip(accounts, (1, 3, 2, 0), strict=True):
                check = key_check(checked_at=NOW - age * DAY, bybit_uid=account.bybit_uid)
                await unit.accounts.put_credentials(sealed_credentials(account))
                assert await unit.accounts.set_check(sealed_credentials(account), check)
            await unit.accounts.remove(accounts[2].account_id)
            waiting = await add_account(unit, ANNA, AccountType.DEMO)
            await unit.accounts.put_credentials(sealed_credentials(waiting))
        assert await storage.queries.accounts_to_check(NOW, 10) == (accounts[0], accounts[1])
        assert await storage.queries.accounts_to_check(NOW, 1) == (accounts[1],)


async def test_a_check_of_a_key_that_is_gone_changes_nothing(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        async with storage.store.begin() as unit:
            assert not await unit.accounts.set_check(sealed_credentials(account), key_check())
        assert await storage.queries.credentials(account.account_id) is None


async def test_a_practice_wallet_is_opened_once(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        paper = await storage.account(kind=AccountType.PAPER)
        for balance in ("10000.00", "5"):
            async with storage.store.begin() as unit:
                await unit.accounts.open_paper_wallet(paper.account_id, "USDT", balance)
        state = await SqlitePaperQueries(storage.database).state(paper.account_id)
        assert state.wallet == {"USDT": Decimal(10_000)}


async def test_the_latest_users_are_found(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        for user_id, seen in ((ANNA, 5), (BORIS, 9), (UserId(1003), 7), (UserId(1004), 8)):
            async with storage.store.begin() as unit:
                await unit.users.ensure(new_user(user_id), Millis(seen))
        async with storage.store.begin() as unit:
            await unit.users.set_banned(UserId(1004), banned=True)
        assert await storage.queries.active_users(Millis(6), 10) == (BORIS, UserId(1003))
        assert await storage.queries.active_users(Millis(6), 1) == (BORIS,)


async def grant(storage: StorageHarness, kind: str, start: int, end: int) -> None:
    await storage.write(
        "INSERT INTO user_licenses (user_id, license_type, start_date, end_date) VALUES (?, ?, ?, ?)",
        *(ANNA, kind, NOW + start * DAY, NOW + end * DAY),
    )


@pytest.mark.parametrize(
    ("spans", "running", "banked"),
    [
        ([], None, []),
        ([("basic", -10, 20)], ("basic", 20), []),
        ([("premium", -9, 1), ("basic", 1, 20)], ("premium", 1), [("basic", 20)]),
        ([("premium", -9, -1), ("basic", -1, 20)], ("basic", 20), []),
        ([("premium", -9, -3), ("trial", -3, -1)], None, []),
        ([("premium", -1, 5), ("basic", 5, 35), ("trial", 35, 42)], ("premium", 5), [("basic", 35), ("trial", 42)]),
        ([("basic", -5, 0), ("trial", 0, 3)], ("trial", 3), []),
        ([("premium", 3, 9), ("basic", 9, 12)], ("premium", 9), [("basic", 12)]),  # the clock was set back
    ],
)
async def test_the_license_that_counts(
    tmp_path: Path,
    spans: list[tuple[str, int, int]],
    running: tuple[str, int] | None,
    banked: list[tuple[str, int]],
) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        for kind, start, end in reversed(spans):  # rows in no order
            await grant(storage, kind, start, end)
        found = await storage.queries.license(ANNA, NOW)
        segment = found.segment_at(NOW)
        assert (segment and (segment.license_type.value, (segment.end - NOW) // DAY)) == running
        assert [(each.license_type.value, (each.end - NOW) // DAY) for each in found.banked_at(NOW)] == banked
        assert found.type_at(NOW) == (LicenseType(running[0]) if running else None)
        assert found.is_active(NOW) is (running is not None)
        assert found.until(NOW) == (NOW + [running, *banked][-1][1] * DAY if running else None)
        assert (await storage.queries.license(BORIS, NOW)).segments == ()


async def test_a_license_that_is_over_still_says_when_it_ended(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        await grant(storage, "premium", -9, -3)
        await grant(storage, "trial", -3, -1)
        (last,) = (await storage.queries.license(ANNA, NOW)).segments
        assert (last.license_type, last.end) == (LicenseType.TRIAL, NOW - DAY)


async def test_a_license_ends_at_its_end(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        await grant(storage, "basic", -1, 1)
        for moment, is_active in ((NOW + DAY - 1, True), (NOW + DAY, False), (NOW - DAY, True), (NOW - DAY - 1, True)):
            assert (await storage.queries.license(ANNA, Millis(moment))).is_active(Millis(moment)) is is_active

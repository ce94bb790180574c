"""Limits of an account: tightened at once, taken back, loosened after a day; and every entry held against them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import ANNA, Harness
from harness.app import harness as open_harness
from harness.fakes import START_MS
from harness.waiting import until

from bot.domain.accounts import Account
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import DAY, HOUR, MINUTE, Millis, Symbol
from bot.domain.order_card import ConfirmedCard, EntryRefused, OrderCard
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.portfolio import Side
from bot.domain.risk import PRACTICE_DEFAULTS, RiskLimits
from bot.domain.risk_rules import ValueMark
from bot.domain.trade_plans import CardPlace
from bot.services.trading.limit_watch import LimitWatch
from bot.services.trading.risk_limits import LimitService

BTC = Symbol("BTCUSDT")
ETH = Symbol("ETHUSDT")


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    async with open_harness(tmp_path) as running:
        await running.person().say("/start")
        yield running


async def account_of(harness: Harness) -> Account:
    return (await harness.config()).default_account


def service(harness: Harness) -> LimitService:
    return harness.services.trading.limits


async def tighten(harness: Harness, **changes: object) -> int:
    account = await account_of(harness)
    limits = replace(await service(harness).limits(account), **changes)  # type: ignore[arg-type]  # fields by name
    change = await service(harness).change(await harness.config(), account, limits)
    return change.change_id


async def quoted(harness: Harness, symbol: Symbol = BTC, **changes: object) -> OrderCard:
    account = await account_of(harness)
    draft = OrderDraft(
        account_id=account.account_id, symbol=symbol, side=Side.BUY, size=OrderSize(SizeKind.VALUE, Decimal(500))
    )
    draft = replace(draft, **changes)  # type: ignore[arg-type]  # fields by name
    return await harness.services.trading.quotes.card(await harness.config(), draft)


async def check(harness: Harness, card: ConfirmedCard) -> None:
    async with harness.store.begin_aside() as unit:
        await service(harness).check(unit, await account_of(harness), card, harness.clock.now())


async def test_practice_begins_with_its_own_limits(harness: Harness) -> None:
    assert await service(harness).limits(await account_of(harness)) == PRACTICE_DEFAULTS


async def test_a_tightening_stands_at_once_and_is_audited(harness: Harness) -> None:
    account = await account_of(harness)
    wanted = replace(PRACTICE_DEFAULTS, most_leverage=Decimal(2))
    change = await service(harness).change(await harness.config(), account, wanted)
    assert change.takes_effect is None
    assert change.undo_until == START_MS + MINUTE
    assert (await service(harness).limits(account)).most_leverage == 2
    assert await service(harness).waiting(account) is None
    assert [row for row in await harness.rows("audit") if "limits.tighten" in row]


async def test_a_tightening_is_taken_back_within_a_minute_and_not_later(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    change_id = await tighten(harness, most_positions=3)
    assert await service(harness).take_back(config, account, change_id) == PRACTICE_DEFAULTS
    with pytest.raises(ButtonExpired):
        await service(harness).take_back(config, account, change_id)
    late = await tighten(harness, most_positions=3)
    harness.clock.advance(60)
    with pytest.raises(ButtonExpired):
        await service(harness).take_back(config, account, late)
    assert (await service(harness).limits(account)).most_positions == 3


async def test_taking_back_leaves_what_was_changed_since(harness: Harness) -> None:
    account = await account_of(harness)
    first = await tighten(harness, most_positions=3)
    await tighten(harness, most_leverage=Decimal(2))
    left = await service(harness).take_back(await harness.config(), account, first)
    assert (left.most_positions, left.most_leverage) == (20, 2)


async def test_a_loosening_waits_a_day_and_then_stands_by_itself(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    await tighten(harness, most_positions=3)
    change = await service(harness).change(config, account, PRACTICE_DEFAULTS)
    assert change.takes_effect == START_MS + DAY
    assert (await service(harness).limits(account)).most_positions == 3
    assert await service(harness).waiting(account) == change
    harness.clock.advance(24 * 3600 - 1)
    assert (await service(harness).limits(account)).most_positions == 3
    harness.clock.advance(1)
    assert (await service(harness).limits(account)).most_positions == 20
    assert await service(harness).waiting(account) is None


async def test_a_waiting_loosening_is_taken_back_until_it_stands(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    await tighten(harness, most_positions=3)
    change = await service(harness).change(config, account, PRACTICE_DEFAULTS)
    harness.clock.advance(23 * 3600)
    await service(harness).take_back(config, account, change.change_id)
    harness.clock.advance(3600)
    assert (await service(harness).limits(account)).most_positions == 3


async def test_a_loosening_of_one_limit_survives_the_tightening_of_another(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    await tighten(harness, most_positions=3)
    await service(harness).change(config, account, PRACTICE_DEFAULTS)
    await tighten(harness, most_leverage=Decimal(2))
    harness.clock.advance(24 * 3600)
    found = await service(harness).limits(account)
    assert (found.most_positions, found.most_leverage) == (20, 2)


async def test_a_tightening_of_what_waits_to_be_loosened_replaces_it(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    await tighten(harness, most_positions=5)
    await service(harness).change(config, account, PRACTICE_DEFAULTS)
    await tighten(harness, most_positions=3)
    harness.clock.advance(24 * 3600)
    assert (await service(harness).limits(account)).most_positions == 3


async def test_both_ways_at_once_are_two_changes(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    await tighten(harness, most_positions=3)
    wanted = replace(PRACTICE_DEFAULTS, most_leverage=Decimal(2))
    change = await service(harness).change(config, account, wanted)
    assert change.takes_effect is not None
    found = await service(harness).limits(account)
    assert (found.most_positions, found.most_leverage) == (3, 2)
    harness.clock.advance(24 * 3600)
    assert await service(harness).limits(account) == wanted


async def test_limits_that_can_be_none_are_refused(harness: Harness) -> None:
    account, config = await account_of(harness), await harness.config()
    for wrong in (replace(PRACTICE_DEFAULTS, most_positions=0), replace(PRACTICE_DEFAULTS, most_leverage=Decimal(-1))):
        with pytest.raises(BadInput, match="limits-range"):
            await service(harness).change(config, account, wrong)
    with pytest.raises(BadInput, match="limits-same"):
        await service(harness).change(config, account, PRACTICE_DEFAULTS)


async def test_nobody_takes_back_what_is_another_s(harness: Harness) -> None:
    change_id = await tighten(harness, most_positions=3)
    boris = harness.person(1002, name="Boris")
    await boris.say("/start")
    config = await harness.config(1002)
    with pytest.raises(ButtonExpired):
        await service(harness).take_back(config, config.default_account, change_id)


# --- entries held against them ---------------------------------------------------------------------------------------


async def test_a_card_within_the_limits_passes(harness: Harness) -> None:
    card = await quoted(harness)
    assert not card.refusals
    await check(harness, card.confirmed())


async def test_what_was_confirmed_is_checked_by_the_limits_of_that_moment(harness: Harness) -> None:
    card = await quoted(harness)
    await tighten(harness, most_leverage=Decimal(2))
    with pytest.raises(EntryRefused) as refusal:
        await check(harness, card.confirmed())
    assert (refusal.value.key, refusal.value.cure) == ("risk-leverage", "leverage:2")


async def test_an_account_value_of_more_than_half_a_minute_allows_nothing(harness: Harness) -> None:
    card = await quoted(harness)
    harness.clock.advance(31)
    with pytest.raises(EntryRefused, match="risk-value-old"):
        await check(harness, card.confirmed())


async def test_entries_on_their_way_are_counted(harness: Harness) -> None:
    """Two cards that fit alone, and not together: the second one is refused, card and check alike."""
    await tighten(harness, most_positions=1)
    config = await harness.config()
    first = await quoted(harness, limits=(Decimal(60_000),))
    second = await quoted(harness, ETH)
    assert not first.refusals
    assert not second.refusals

    place = CardPlace(chat_id=config.user_id, message_id=1)
    await harness.services.trading.entries.confirm(config, first.confirmed(), place=place, idempotency_key="one")
    with pytest.raises(EntryRefused, match="risk-positions"):
        await check(harness, second.confirmed())
    again = await quoted(harness, ETH)
    assert [each.key for each in again.refusals] == ["risk-positions"]


async def test_the_confirm_itself_asks_the_limits(harness: Harness) -> None:

    card, config = await quoted(harness), await harness.config()
    await tighten(harness, most_symbol_value=Decimal(100))
    place = CardPlace(chat_id=config.user_id, message_id=1)
    with pytest.raises(EntryRefused, match="risk-symbol-value"):
        await harness.services.trading.entries.confirm(config, card.confirmed(), place=place, idempotency_key="one")
    assert not await harness.rows("order_intents")


async def test_the_day_is_marked_with_the_first_value_and_rolls_at_its_end(harness: Harness) -> None:
    account = await account_of(harness)
    first = await service(harness).marked(account, Decimal(10_000))
    assert first.day_starts <= START_MS < first.day_ends
    again = await service(harness).marked(account, Decimal(9_000))
    assert again == first
    harness.clock.advance((first.day_ends - START_MS) / 1000)
    tomorrow = await service(harness).marked(account, Decimal(9_500))
    assert (tomorrow.day_value, tomorrow.peak_value) == (9_500, 10_000)


async def test_another_time_zone_does_not_begin_another_day(harness: Harness) -> None:
    account = await account_of(harness)
    first = await service(harness).marked(account, Decimal(10_000))
    await harness.write("UPDATE users SET time_zone = 'UTC+14' WHERE user_id = ?", ANNA)
    harness.clock.advance(60)
    assert await service(harness).marked(account, Decimal(5_000)) == first


async def test_a_loss_of_the_day_closes_entries_until_the_next(harness: Harness) -> None:
    await tighten(harness, daily_loss_percent=Decimal(5))
    account = await account_of(harness)
    await quoted(harness)
    (mark,) = await harness.rows("value_marks")
    async with harness.store.begin_aside() as unit:
        await unit.risk.set_mark(account, mark_of(mark, Decimal("10526.4")))  # 10,000 is 5.001 % below
    card = await quoted(harness)
    assert [each.key for each in card.refusals] == ["risk-daily-loss"]
    assert card.loss_budget_left == 0
    with pytest.raises(EntryRefused, match="risk-daily-loss"):
        await check(harness, card.confirmed())
    harness.clock.advance(24 * 3600)
    assert not (await quoted(harness)).refusals


def mark_of(row: tuple[object, ...], value: Decimal) -> ValueMark:
    account_id, _, starts, ends, *_ = row
    return ValueMark(
        account_id=account_id,  # type: ignore[arg-type]  # as the row has it
        day_starts=Millis(int(str(starts))),
        day_ends=Millis(int(str(ends))),
        day_value=value,
        peak_value=value,
    )


async def test_a_drawdown_counts_from_the_highest_value_since_its_limit_was_set(harness: Harness) -> None:
    account = await account_of(harness)
    await service(harness).marked(account, Decimal(20_000))
    await tighten(harness, drawdown_percent=Decimal(10))
    assert not (await quoted(harness)).refusals
    await service(harness).marked(account, Decimal(11_200))
    assert [each.key for each in (await quoted(harness)).refusals] == ["risk-drawdown"]


async def test_a_stop_is_what_a_trade_may_lose(harness: Harness) -> None:
    await tighten(harness, most_trade_risk_percent=Decimal("0.1"))
    card = await quoted(harness, stop=PriceLevel(percent=Decimal(3)))
    (refusal,) = card.refusals
    assert refusal.key == "risk-trade"
    size = OrderSize(SizeKind.QTY, Decimal(refusal.cure.removeprefix("size:")))
    assert not (await quoted(harness, size=size, stop=PriceLevel(percent=Decimal(3)))).refusals


def test_default_limits_of_none_are_none() -> None:
    assert RiskLimits() == RiskLimits(symbols=())
    assert HOUR == 60 * MINUTE


# --- while nobody looks ----------------------------------------------------------------------------------------------


async def resting(harness: Harness) -> None:
    """A limit entry far below the market, on its way into the book and settled there."""
    config = await harness.config()
    card = await quoted(harness, limits=(Decimal(60_000),))
    place = CardPlace(chat_id=config.user_id, message_id=1)
    await harness.services.trading.entries.confirm(config, card.confirmed(), place=place, idempotency_key="rests")
    await idle(harness)


async def idle(harness: Harness) -> None:
    await until(lambda: not len(harness.services.trading.runner.tasks), what="the end of what is under way")


async def lost(harness: Harness, day_value: str) -> None:
    """As if the account had been worth that much at the user's 00:00."""
    (mark,) = await harness.rows("value_marks")
    async with harness.store.begin_aside() as unit:
        await unit.risk.set_mark(await account_of(harness), mark_of(mark, Decimal(day_value)))


async def told(harness: Harness) -> list[tuple[str, str]]:
    messages = [each.message for each in await harness.queued()]
    return [(each.kind, each.values["limit"]) for each in messages if each.kind.startswith("limit-")]


async def test_a_loss_near_its_limit_is_told_once_a_day(harness: Harness) -> None:
    await tighten(harness, daily_loss_percent=Decimal(5))
    await resting(harness)
    watch = harness.job(LimitWatch)
    assert await watch.look() == 1
    assert await told(harness) == []
    await lost(harness, "10416")  # 416 of 520.80 are lost: 79.9 %
    await watch.look()
    assert await told(harness) == []
    await lost(harness, "10418")  # 418 of 520.90: 80.2 %
    await watch.look()
    await watch.look()
    assert await told(harness) == [("limit-near", "daily")]


async def test_a_limit_that_is_reached_takes_resting_entries_back(harness: Harness) -> None:
    await tighten(harness, daily_loss_percent=Decimal(5))
    await resting(harness)
    account = await account_of(harness)
    assert len((await harness.services.reads.orders(account)).items) == 1
    await lost(harness, "10600")
    await harness.job(LimitWatch).look()
    await idle(harness)
    assert not (await harness.services.reads.orders(account)).items
    await harness.job(LimitWatch).look()
    assert await told(harness) == [("limit-reached", "daily")]


async def test_losing_closes_in_a_row_lock_entries_until_the_next_day(harness: Harness) -> None:
    await tighten(harness, tilt_losses=2)
    await resting(harness)
    account = await account_of(harness)
    for number, (entry, end) in enumerate([("100", "90"), ("100", "95")], 1):
        await harness.write(
            "INSERT INTO closed_trades (account_id, order_id, position_idx, user_id, order_link_id, category, symbol,"
            " side, qty, entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, opened_ts, closed_ts)"
            " VALUES (?, ?, 0, ?, '', 'linear', 'BTCUSDT', 'Buy', '1', ?, ?, '0', '0', 'USDT', 'stop', ?, ?)",
            account.account_id,
            f"order-{number}",
            ANNA,
            entry,
            end,
            START_MS,
            START_MS + number,
        )
    assert [each.key for each in (await quoted(harness)).refusals] == ["risk-tilt"]
    await harness.job(LimitWatch).look()
    await idle(harness)
    assert await told(harness) == [("limit-reached", "tilt")]
    harness.clock.advance(24 * 3600)
    assert not (await quoted(harness)).refusals


async def test_new_practice_money_forgets_what_was_lost(harness: Harness) -> None:
    await tighten(harness, daily_loss_percent=Decimal(5))
    account, config = await account_of(harness), await harness.config()
    await quoted(harness)
    await lost(harness, "20000")
    assert [each.key for each in (await quoted(harness)).refusals] == ["risk-daily-loss"]
    await harness.services.trading.practice.reset(
        config, account, mode=PositionMode.ONE_WAY, margin=MarginMode.ISOLATED, leverage=3
    )
    assert not (await quoted(harness)).refusals

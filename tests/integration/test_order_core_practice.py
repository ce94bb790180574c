"""The order core over the practice exchange, in the bot as it runs."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.app import Harness, harness
from harness.waiting import until

from bot.domain.ids import ChatId, Symbol
from bot.domain.order_card import ConfirmedCard
from bot.domain.orders import TriggerBy
from bot.domain.portfolio import Side
from bot.domain.trade_plans import Breakeven, CardPlace, ExitReason, IntentState, ManagedTrade, PlanState

PLACE = CardPlace(chat_id=ChatId(1001), message_id=7)


async def card_of(bot: Harness, **changes: Any) -> ConfirmedCard:
    account = await bot.practice_account()
    ticker = await bot.services.reads.ticker(Symbol("BTCUSDT"))
    assert ticker.ask_price is not None
    settings = await bot.assembly.practice.orders.leg_settings(account, Symbol("BTCUSDT"))
    values: dict[str, Any] = {
        "account_id": account.account_id,
        "symbol": Symbol("BTCUSDT"),
        "side": Side.BUY,
        "position_idx": 0,
        "qtys": (Decimal("0.01"),),
        "prices": ((ticker.ask_price * Decimal("1.003")).quantize(Decimal("0.1")),),
        "is_market": True,
        "stop": (ticker.last_price * Decimal("0.97")).quantize(Decimal("0.1")),
        "stop_trigger_by": TriggerBy.LAST,
        "target_prices": (
            (ticker.last_price * Decimal("1.05")).quantize(Decimal("0.1")),
            (ticker.last_price * Decimal("1.1")).quantize(Decimal("0.1")),
        ),
        "target_shares": (Decimal("0.5"), Decimal("0.5")),
        "breakeven": True,
        "leverage": settings.buy_leverage,
        "margin_mode": settings.margin_mode,
        "fee_rate": Decimal("0.00055"),
        "quoted_ts": bot.clock.now(),
    }
    return ConfirmedCard(**(values | changes))


async def settled(bot: Harness, plan_id: int) -> ManagedTrade:
    runner = bot.services.trading.runner
    await until(lambda: not len(runner.tasks), what="the end of what is under way")
    trade = await bot.services.trading.watch.trade(plan_id)
    assert trade is not None
    return trade


async def test_a_card_becomes_a_protected_position_with_its_targets(tmp_path: Path) -> None:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        await bot.terms_accepted()
        config = await bot.config()
        card = await card_of(bot)
        trade = await bot.services.trading.entries.confirm(config, card, place=PLACE, idempotency_key="k")
        trade = await settled(bot, trade.plan.plan_id)
        states = [(each.kind.value, each.state.value, each.reason) for each in trade.intents]
        assert trade.position is not None, states
        assert trade.plan.protected_ts is not None, (states, trade.position)
        assert states == [("entry", "filled", ""), ("target", "open", "")]
        assert trade.intents[0].state is IntentState.FILLED
        assert not trade.intents[0].is_counting


async def test_a_first_target_moves_the_stop_and_the_stop_ends_the_plan(tmp_path: Path) -> None:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        await bot.terms_accepted()
        shares = (Decimal("0.1"), Decimal("0.9"))  # a large first gain would put the break-even below the stop
        card = await card_of(bot, qtys=(Decimal("0.1"),), target_shares=shares)
        trade = await bot.services.trading.entries.confirm(await bot.config(), card, place=PLACE, idempotency_key="k")
        trade = await settled(bot, trade.plan.plan_id)
        bot.clock.advance(5)
        await bot.move("BTCUSDT", "67500.00")
        trade = await settled(bot, trade.plan.plan_id)
        assert trade.plan.targets[0].is_done, trade
        assert trade.plan.breakeven is Breakeven.DONE
        assert trade.position is not None
        assert trade.position.size == Decimal("0.09")
        assert trade.plan.stop is not None
        assert Decimal(63500) < trade.plan.stop < Decimal(64210)  # what the target brought is in it
        bot.clock.advance(5)
        await bot.move("BTCUSDT", "63500.00")
        trade = await settled(bot, trade.plan.plan_id)
        assert trade.plan.state is PlanState.ENDED
        assert [each.exit_reason for each in trade.closed] == [ExitReason.TARGET, ExitReason.STOP]
        assert sum(each.qty for each in trade.closed) == Decimal("0.1")
        kinds = [each.message.kind for each in await bot.queued()]
        assert sorted(kinds) == ["trade-breakeven", "trade-closed", "trade-closed"]

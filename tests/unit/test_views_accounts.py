"""Balance, positions, orders, trades: what stands on the card, in each language."""

import asyncio
import re
from decimal import Decimal
from typing import Any

import pytest
from harness.bot_api import visible
from harness.storage import execution, order, position
from harness.viewers import DEMO, NOW, PAPER, account, datas, known, labels, viewer

from bot.domain.accounts import AccountType
from bot.domain.errors import ClockTrouble, ExchangeDown, ExchangeRejected, KeyTrouble, RetryLater
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, CoinBalance, Executions, Orders, Positions, Side
from bot.domain.trade_plans import PlannedTarget
from bot.domain.trades import ClosedPnl, Trades, trades_of
from bot.domain.users import Language, UserSettings
from bot.services.screens import Shown
from handlers.accounts.order_views import orders_card
from handlers.accounts.position_views import Planned, position_details_card, positions_card
from handlers.accounts.trade_views import trades_card
from handlers.accounts.views import balance_card

D = Decimal


def balance(**changes: Any) -> Balance:
    values: dict[str, Any] = {
        "account_id": AccountId(1),
        "total_equity": D("10012.4"),
        "total_wallet_balance": D(10_000),
        "total_available": D(9_800),
        "total_unrealised_pnl": D("-12.4"),
        "total_initial_margin": D(200),
        "coins": (coin("USDT", 10_000), coin("BTC", "0.015", usd="963.15"), coin("ETH", 0)),
        "as_of": NOW,
    }
    return Balance(**(values | changes))


def planned(*prices: int) -> tuple[PlannedTarget, ...]:
    share = D(1) / len(prices)
    return tuple(PlannedTarget(number=at, price=D(each), share=share) for at, each in enumerate(prices, 1))


def coin(name: str, amount: object, usd: object = None) -> CoinBalance:
    held = D(str(amount))
    return CoinBalance(
        coin=name,
        wallet_balance=held,
        equity=held,
        unrealised_pnl=D(0),
        usd_value=held if usd is None else D(str(usd)),
    )


def fresh(value: Any) -> Any:
    return Shown(value)


def positions(*items: Any, as_of: int = NOW) -> Positions:
    return Positions(account_id=AccountId(2), items=items, as_of=Millis(as_of))


def read(card: Any) -> list[str]:
    return visible(card.text).replace("\u00a0", " ").splitlines()


def test_a_balance() -> None:
    card = balance_card(viewer(), PAPER, fresh(balance()))
    assert read(card) == [
        "Balance · Practice",
        "Account value  10,012.40 USDT",
        "Available       9,800.00 USDT",
        "In use            200.00 USDT",
        "Open PnL          −12.40 USDT",
        "Coins",
        "USDT  10,000.00",
        "BTC       0.015  963.15 USD",
        "just now · 12:00:05 UTC",
    ]
    assert labels(card) == [
        ["• Practice", "Bybit Demo"],
        ["Positions", "Orders", "Trades"],
        ["↻ Refresh", "Menu"],
    ]


def test_a_balance_of_isolated_margin_leaves_out_what_bybit_does() -> None:
    card = balance_card(viewer(), DEMO, fresh(balance(total_available=None, total_initial_margin=None)))
    assert read(card)[:3] == ["Balance · Bybit Demo", "Account value  10,012.40 USD", "Open PnL          −12.40 USD"]


def test_as_many_dollars_are_not_said_twice() -> None:
    coins = (coin("BTC", "0.25", usd="16256.04"), coin("USDT", "20009.655"))
    text = visible(balance_card(viewer(), DEMO, fresh(balance(coins=coins))).text)
    assert "USDT 20,009.655\n" in text.replace("\u00a0", " ") + "\n"
    assert "20,009.66" not in text


def test_spot_and_the_contract_of_a_coin_have_two_labels() -> None:
    shown = known(trades(execution("e-2", category=Category.SPOT), execution("e-1")))
    assert ["BTC Spot", "BTCUSDT"] in labels(trades_card(viewer(), DEMO, shown))


def test_many_coins_are_cut_by_value() -> None:
    coins = tuple(coin(f"C{number}", number + 1) for number in range(14))
    text = visible(balance_card(viewer(), DEMO, fresh(balance(coins=coins))).text)
    assert "C13 " in text
    assert "C3 " not in text
    assert "and 4 more coins" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ENGLISH, ["Positions · Bybit Demo", "2 open", "Long", "Short", "No stop", "Target", "since entry"]),
        (Language.RUSSIAN, ["Позиции · Bybit Демо", "2 открыты", "Лонг", "Шорт", "Нет стопа", "Цель"]),
        (Language.UKRAINIAN, ["Позиції · Bybit Демо", "2 відкриті", "Лонг", "Шорт", "Немає стопа", "Ціль"]),
    ],
)
def test_positions_in_each_language(language: Language, words: list[str]) -> None:
    items = (position(), position("ETHUSDT", side=Side.SELL))
    text = visible(positions_card(viewer(language), DEMO, known(positions(*items))).text)
    for word in words:
        assert word in text


def test_a_position_says_its_result_and_how_far_each_price_is_from_the_mark() -> None:
    btc = position(stop_loss=D("63999.5"), liquidation_price=D("43100.2"), trailing_stop=D("150.5"))
    assert read(positions_card(viewer(), DEMO, known(positions(btc)))) == [
        "Positions · Bybit Demo",
        "1 open · ▼ −44.75 USDT",
        "",
        "BTCUSDT · Long · 3x",
        "▼ −44.75 USDT · ROI −0.42%",
        "0.5 BTC, worth 32,150.00 USDT",
        "Mark 64,300.00 · since entry +0.14%",
        "Level         Price  To mark",
        "Entry     64,210.50    −0.1%",
        "Stop      63,999.50    −0.5%",
        "Target    70,000.00    +8.9%",
        "Liq.      43,100.20   −33.0%",
        "Trailing     150.50",
        "",
        "just now · 12:00:05 UTC",
    ]


def test_a_position_without_a_stop_and_without_a_liquidation_price_says_so() -> None:
    items = positions(position("ETHUSDT", side=Side.SELL, position_idx=2, leverage=None, mark_price=D("3120.25")))
    card = positions_card(viewer(), DEMO, known(items))
    lines = read(card)
    assert "ETHUSDT · Short · hedge leg" in lines
    assert "⚠️ No stop" in lines
    assert "No liquidation price: the whole account covers this position." in lines
    assert "ROI –" in lines[4], "the margin is not known where the leverage is not"
    assert labels(card)[1] == ["⚠️ ETH Short"]
    assert datas(card)[2] == "v1:leg:2:ETHUSDT:2"


def test_a_liquidation_price_out_of_sight_has_no_percent() -> None:
    short = position(side=Side.SELL, stop_loss=D(70_000), liquidation_price=D(720_123))
    assert "Liq.    720,123.00      far" in read(positions_card(viewer(), DEMO, known(positions(short))))


def five() -> Positions:
    return positions(
        position(stop_loss=D(63_000), liquidation_price=D("43100.2")),
        position("ETHUSDT", stop_loss=D(3_000), mark_price=D(3_120), liquidation_price=D(3_000), leverage=D(10)),
        position("1000PEPEUSDT", side=Side.SELL, mark_price=D("0.01245"), unrealised_pnl=D("-12345.67")),
        position("SOLUSDT", stop_loss=D(140), mark_price=D(150), unrealised_pnl=D(1200)),
        position("XRPUSDT", stop_loss=D(140), mark_price=D(150), leverage=None),
    )


def test_more_than_three_positions_are_a_line_each_the_riskiest_first() -> None:
    card = positions_card(viewer(), DEMO, known(five()))
    lines = read(card)
    assert lines[1:10] == [
        "5 open · ▼ −11,279.92 USDT",
        "⚠️ No stop: 1000PEPEUSDT",
        "Symbol       PnL Stop% Liq.% T",
        "1000P… S −12,346     –     – 1",
        "ETH L     −44.75  −3.8  −3.8 1",
        "BTC L     −44.75  −2.0 −33.0 1",
        "SOL L     +1,200  −6.7     – 1",
        "XRP L     −44.75  −6.7     – 1",
        "L long, S short · Stop and Liq. from mark, in % · T: targets",
    ]
    assert labels(card) == [
        ["Practice", "• Bybit Demo"],
        ["⚠️ 1000PEPE Short"],
        ["ETH Long"],
        ["BTC Long"],
        ["SOL Long"],
        ["XRP Long"],
        ["Close several …"],
        ["Balance", "Orders", "Trades"],
        ["If I vanish"],
        ["Details", "↻ Refresh", "Menu"],
    ]


def test_the_details_of_many_positions_come_three_a_page() -> None:
    card = position_details_card(viewer(), DEMO, known(five()), 1)
    text = "\n".join(read(card))
    assert "SOLUSDT · Long" in text
    assert "page 2 of 2" in text
    assert ["‹ 1"] in labels(card)
    assert ["List", "↻ Refresh", "Menu"] in labels(card)


def test_nothing_open() -> None:
    assert read(positions_card(viewer(), PAPER, known(positions())))[1] == "No open positions in USDT perpetuals."


def test_pages() -> None:
    items = tuple(position(f"C{number:02}USDT") for number in range(20))
    first = positions_card(viewer(), DEMO, known(positions(*items)))
    middle = positions_card(viewer(), DEMO, known(positions(*items)), 1)
    last = positions_card(viewer(), DEMO, known(positions(*items)), 99)
    assert ["2 ›", "3 »"] in labels(first)
    assert ["‹ 1", "3 ›"] in labels(middle)
    assert ["« 1", "‹ 2"] in labels(last), "a page that is gone shows the last one"
    assert "C19 L" in last.text
    assert "v1:pos:2:2" in datas(last)
    assert "20 open" in first.text
    assert "page 2 of 3" in middle.text


def test_450_positions_are_a_page_of_eight_in_lines_of_thirty_in_each_language() -> None:
    items = tuple(
        position(f"COIN{number:03}USDT", unrealised_pnl=D(number * 1000 - 99_999), stop_loss=D(60_000))
        for number in range(450)
    )
    targets = {each.leg_key(DEMO.account_id): planned(65_000, 66_000, 67_000) for each in items}
    for language in Language:
        for number in (0, 20, 56):
            card = positions_card(viewer(language), DEMO, known(positions(*items)), number, Planned(targets=targets))
            (table,) = re.findall(r"<pre>(.*?)</pre>", card.text, re.DOTALL)
            lines = table.split("\n")
            assert len(lines) == (9 if number < 56 else 3)
            assert max(map(len, lines)) <= 30, lines
            assert all(each.endswith(" 3") for each in lines[1:]), "every target is counted"
            assert len(card.text) < 1_500
            assert len([each for each in datas(card) if ":leg:" in each]) == len(lines) - 1


def test_every_target_that_is_left_stands_among_the_levels_by_its_number() -> None:
    btc = position(stop_loss=D("63999.5"))
    targets = {btc.leg_key(DEMO.account_id): planned(66_000, 68_000, 70_000)[1:]}
    lines = read(positions_card(viewer(), DEMO, known(positions(btc)), 0, Planned(targets=targets)))
    assert [each.split()[:3] for each in lines if each.startswith("Target")] == [
        ["Target", "2", "68,000.00"],
        ["Target", "3", "70,000.00"],
    ]


def test_orders() -> None:
    items = (
        order(),
        order("o2", order_status="PartiallyFilled", cum_exec_qty=D("0.005"), take_profit=D(70_000)),
        order("o3", stop_order_type="StopLoss", price=None, trigger_price=D(61_000), qty=D(0), reduce_only=True,
              order_status="Untriggered"),
    )  # fmt: skip
    shown = known(Orders(account_id=AccountId(2), items=items, as_of=NOW))
    text = "\n".join(read(orders_card(viewer(), DEMO, shown)))
    for words in (
        "3 open orders",
        "BTCUSDT · Buy · Limit",
        "0.005 of 0.01 BTC",
        "70,000.00",
        "600.00 USDT",
        "partly filled",
        "BTCUSDT · Buy · Stop loss · reduce-only",
        "whole position",
        "not triggered",
    ):
        assert words in text


def test_no_orders_and_no_trades() -> None:
    orders = known(Orders(account_id=AccountId(1), items=(), as_of=NOW))
    fills = known(trades())
    assert read(orders_card(viewer(), PAPER, orders))[1] == "No open orders on USDT perpetuals and spot."
    assert read(trades_card(viewer(), PAPER, fills))[1] == "No fills on USDT perpetuals and spot yet."


def trades(*fills: Any, closed: tuple[ClosedPnl, ...] = (), **more: Any) -> Trades:
    return trades_of(Executions(account_id=AccountId(2), items=fills, as_of=NOW, **more), closed)


def test_trades_on_the_own_clock_with_what_each_day_came_to() -> None:
    yesterday = Millis(NOW - 86_400_000)
    fills = (
        execution("e4", order_id="out", side=Side.SELL, exec_ts=NOW, exec_fee=D("0.352"), closed_size=D("0.01")),
        execution("e3", order_id="f", exec_type="Funding", exec_fee=D("0.52163"), exec_ts=NOW),
        execution("e2", order_id="in", exec_ts=yesterday),
        execution("e1", order_id="pepe", symbol="1000PEPEUSDT", exec_price=D("0.01245"), exec_qty=D(123400),
                  exec_fee=D("0.000123456"), fee_currency="MNT", exec_ts=yesterday),
    )  # fmt: skip
    closed = (ClosedPnl(symbol=Symbol("BTCUSDT"), order_id="out", pnl=D("12.4049")),)
    who = viewer(settings=UserSettings(time_zone="Europe/Kyiv"))
    card = trades_card(who, DEMO, known(trades(*fills, closed=closed)))
    assert read(card)[1:17] == [
        "The last 4 fills · times: Kyiv",
        "",
        "2025-10-09",
        "PnL +12.40 USDT after fees · fees paid 0.352 USDT · funding −0.522",
        "15:00 BTC            Sell 0.01",
        "      64,000.50     PnL +12.40",
        "15:00 BTC       funding −0.522",
        "",
        "2025-10-08",
        "fees paid −0.0352 USDT, 0.000123 MNT",
        "15:00 BTC             Buy 0.01",
        "      64,000.50    fee −0.0352",
        "15:00 1000PEPE     Buy 123,400",
        "      0.0124500",
        "              fee 0.000123 MNT",
        "",
    ]
    assert labels(card)[1] == ["BTCUSDT", "1000PEPEUSDT"]


def test_the_sums_of_a_day_that_is_not_all_there_say_since_when() -> None:
    card = trades_card(viewer(), DEMO, known(trades(execution(exec_ts=NOW), is_whole=False)))
    assert "2025-10-09, since 12:00" in read(card)


def test_two_accounts_of_a_type_are_told_apart() -> None:
    twin = account(AccountType.DEMO, 3, label="Demo 2")
    card = balance_card(viewer(accounts=(PAPER, DEMO, twin)), twin, fresh(balance()))
    assert labels(card)[0] == ["Practice", "Bybit Demo", "• Bybit Demo 2"]


def test_one_account_needs_no_tabs() -> None:
    card = balance_card(viewer(accounts=(PAPER,)), PAPER, fresh(balance()))
    assert labels(card)[0] == ["Positions", "Orders", "Trades"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ExchangeDown("x"), "Bybit does not answer"),
        (KeyTrouble("x", code=10003), "/keys shows why"),
        (RetryLater("x", retry_after=3), "again in 3 s"),
        (RetryLater("x", retry_after=0.1), "again in 1 s"),
        (RetryLater("x", retry_after=594.2), "again in 10 min"),
        (ClockTrouble("x"), "clock"),
        (ExchangeRejected("x", code=10001), "code 10001"),
    ],
)
def test_trouble_is_said_with_what_to_do_and_the_last_known_keeps_its_age(trouble: Any, words: str) -> None:
    old = balance(as_of=Millis(NOW - 125_000))
    text = visible(balance_card(viewer(), DEMO, Shown(old, trouble=trouble)).text)
    assert words in text
    assert "Last known, 2 min old · 11:58:00 UTC" in text
    empty = visible(balance_card(viewer(), DEMO, Shown(None, trouble=trouble)).text)
    assert words in empty
    assert "Last known" not in empty


async def test_a_value_on_its_way_is_announced() -> None:
    later: asyncio.Task[Balance] = asyncio.create_task(asyncio.sleep(60, balance()))
    old = Shown(balance(as_of=Millis(NOW - 48_000)), later=later)
    nothing: Shown[Balance] = Shown(None, later=later)
    assert "48 s old" in visible(balance_card(viewer(), DEMO, old).text)
    assert "Asking Bybit" in visible(balance_card(viewer(), DEMO, nothing).text)
    later.cancel()


def test_no_meaning_is_told_by_color_alone() -> None:
    """A loss has its minus, a side its word."""
    text = visible(positions_card(viewer(), DEMO, known(positions(position()))).text)
    assert not {"🟢", "🔴", "🟩", "🟥"} & set(text)
    assert "−" in text

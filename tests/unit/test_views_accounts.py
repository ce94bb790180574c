"""Balance, positions, orders, trades: what stands on the card, in each language."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from harness.bot_api import visible
from harness.storage import execution, order, position
from harness.viewers import DEMO, NOW, PAPER, account, datas, labels, viewer

from bot.domain.accounts import AccountType
from bot.domain.errors import ClockTrouble, ExchangeDown, ExchangeRejected, KeyTrouble, RetryLater
from bot.domain.ids import AccountId, Millis
from bot.domain.portfolio import Balance, CoinBalance, Executions, Orders, Positions, Side
from bot.domain.users import Language, UserSettings
from bot.services.screens import Shown
from handlers.accounts.views import balance_card, orders_card, positions_card, trades_card

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
        "USDT  10,000.00  10,000.00 USD",
        "BTC       0.015     963.15 USD",
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


def test_many_coins_are_cut_by_value() -> None:
    coins = tuple(coin(f"C{number}", number + 1) for number in range(14))
    text = visible(balance_card(viewer(), DEMO, fresh(balance(coins=coins))).text)
    assert "C13 " in text
    assert "C3 " not in text
    assert "and 4 more coins" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ENGLISH, ["Positions · Bybit Demo", "2 open", "Long", "Short", "Stop", "Liquidation", "none"]),
        (Language.RUSSIAN, ["Позиции · Bybit Демо", "2 открыты", "Лонг", "Шорт", "Стоп", "Ликвидация", "нет"]),
        (Language.UKRAINIAN, ["Позиції · Bybit Демо", "2 відкриті", "Лонг", "Шорт", "Стоп", "Ліквідація", "немає"]),
    ],
)
def test_positions_in_each_language(language: Language, words: list[str]) -> None:
    items = (position(), position("ETHUSDT", side=Side.SELL))
    text = visible(positions_card(viewer(language), DEMO, fresh(positions(*items))).text)
    for word in words:
        assert word in text


def test_a_position_shows_how_far_stop_target_and_liquidation_are() -> None:
    items = (
        position(stop_loss=D(62_000), liquidation_price=D("43100.2"), trailing_stop=D("150.5")),
        position("ETHUSDT", side=Side.SELL, position_idx=2, leverage=None, mark_price=D("3120.25")),
    )
    lines = read(positions_card(viewer(), DEMO, fresh(positions(*items))))
    assert lines[1] == "2 open, PnL −89.50 USDT"
    assert lines[3] == "BTCUSDT · Long · 3x"
    rows = [line.split("  ")[0] + " | " + line.split("  ")[-1].strip() for line in lines[4:13]]
    assert rows == [
        "Size | 0.5 BTC",
        "Value | 32,105.25 USDT",
        "Entry | 64,210.50",
        "Mark | 64,300.00",
        "PnL | −44.75 USDT (−0.14%)",
        "Stop | 62,000.00 (−3.6%)",
        "Target | 70,000.00 (+8.9%)",
        "Trailing | 150.50",
        "Liquidation | 43,100.20 (−33.0%)",
    ]
    assert "ETHUSDT · Short · hedge leg" in lines


def test_the_columns_of_a_table_are_aligned() -> None:
    lines = read(positions_card(viewer(), DEMO, fresh(positions(position()))))
    table = [line for line in lines if line.startswith(("Size", "Value", "Entry", "Mark", "PnL", "Stop", "Target"))]
    assert len({len(line) for line in table}) == 1


def test_no_line_is_wider_than_a_phone() -> None:
    big = position("1000000MOGUSDT", size=D("12345678.9"), stop_loss=D("61000.55"), liquidation_price=D("43100.25"))
    for language in Language:
        text = visible(positions_card(viewer(language), DEMO, fresh(positions(big))).text)
        assert max(len(line) for line in text.splitlines()) <= 40


def test_nothing_open() -> None:
    assert read(positions_card(viewer(), PAPER, fresh(positions())))[1] == "No open positions in USDT perpetuals."


def test_pages() -> None:
    items = tuple(position(f"C{number:02}USDT") for number in range(9))
    first = positions_card(viewer(), DEMO, fresh(positions(*items)))
    middle = positions_card(viewer(), DEMO, fresh(positions(*items)), 1)
    last = positions_card(viewer(), DEMO, fresh(positions(*items)), 99)
    assert ["1 / 3", "›"] in labels(first)
    assert ["‹", "2 / 3", "›"] in labels(middle)
    assert ["‹", "3 / 3"] in labels(last), "a page that is gone shows the last one"
    assert "C08USDT" in last.text
    assert "v1:pos:2:2" in datas(last)
    assert "9 open" in first.text


def test_orders() -> None:
    items = (
        order(),
        order("o2", order_status="PartiallyFilled", cum_exec_qty=D("0.005"), take_profit=D(70_000)),
        order("o3", stop_order_type="StopLoss", price=None, trigger_price=D(61_000), qty=D(0), reduce_only=True,
              order_status="Untriggered"),
    )  # fmt: skip
    shown = fresh(Orders(account_id=AccountId(2), items=items, as_of=NOW))
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
    orders = fresh(Orders(account_id=AccountId(1), items=(), as_of=NOW))
    fills = fresh(Executions(account_id=AccountId(1), items=(), as_of=NOW))
    assert read(orders_card(viewer(), PAPER, orders))[1] == "No open orders on USDT perpetuals and spot."
    assert read(trades_card(viewer(), PAPER, fills))[1] == "No trades on USDT perpetuals and spot yet."


def test_trades_on_the_own_clock() -> None:
    items = (execution(exec_ts=NOW), execution("e2", exec_type="Funding", exec_ts=Millis(NOW - 86_400_000)))
    settings = UserSettings(time_zone="Europe/Kyiv")
    shown = fresh(Executions(account_id=AccountId(2), items=items, as_of=NOW))
    lines = read(trades_card(viewer(settings=settings), DEMO, shown))
    assert lines[1] == "The last 2 fills · times: Kyiv"
    assert lines[3:5] == ["15:00:05 BTCUSDT · Buy 0.01 BTC at 64,000.5", "640.00 USDT · fee −0.0352 USDT · maker"]
    assert lines[6].startswith("10-08 15:00 ")
    assert lines[7].endswith("funding")


def test_two_accounts_of_a_type_are_told_apart() -> None:
    twin = account(AccountType.DEMO, 3, label="second")
    card = balance_card(viewer(accounts=(PAPER, DEMO, twin)), twin, fresh(balance()))
    assert labels(card)[0] == ["Practice", "Bybit Demo (label)", "• Bybit Demo (second)"]


def test_one_account_needs_no_tabs() -> None:
    card = balance_card(viewer(accounts=(PAPER,)), PAPER, fresh(balance()))
    assert labels(card)[0] == ["Positions", "Orders", "Trades"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ExchangeDown("x"), "Bybit does not answer"),
        (KeyTrouble("x", code=10003), "/keys shows why"),
        (RetryLater("x", retry_after=3), "again in 3 s"),
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
    text = visible(positions_card(viewer(), DEMO, fresh(positions(position()))).text)
    assert not {"🟢", "🔴", "🟩", "🟥"} & set(text)
    assert "−" in text

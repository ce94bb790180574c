"""Equal short parts of decoded values are one object, and nobody can tell but by `is`."""

from decimal import Decimal

from bot.domain.accounts import AccountType
from bot.domain.interning import KEPT, _number, _text, intern_decimal, intern_text
from bot.domain.market import Category
from bot.domain.portfolio import Position
from bot.exchange.bybit import account_answers
from bot.exchange.bybit.answer import Answer
from ops.bench.values import Values
from storage.accounts.portfolio import order_of, position_of
from storage.accounts.trades import execution_of
from storage.users.users import config_of


def copy(text: str) -> str:
    """An equal object of its own."""
    return "".join(tuple(text))


def test_short_texts_and_numbers_are_one_object() -> None:
    assert intern_text(copy("BTCUSDT")) is intern_text(copy("BTCUSDT"))
    assert intern_decimal(copy("0.5")) is intern_decimal(copy("0.5"))


def test_numbers_stay_as_written() -> None:
    assert [str(intern_decimal(text)) for text in ("1.0", "1.00", "1", "-1")] == ["1.0", "1.00", "1", "-1"]


def test_long_ones_are_not_remembered() -> None:
    assert intern_text(copy("a7f1c9d0-order-id")) is not intern_text(copy("a7f1c9d0-order-id"))
    assert intern_decimal("64123.45") is not intern_decimal("64123.45")
    assert intern_decimal("64123.45") == Decimal("64123.45")


def test_what_is_remembered_is_bounded() -> None:
    for number in range(KEPT + 100):
        intern_text(f"w{number}")
        intern_decimal(str(number))
    assert _text.cache_info().currsize == _number.cache_info().currsize == KEPT


def position_row() -> tuple[object, ...]:
    texts = ("0.5", "64123.4", "64000.1", "32061.7", "10", None, "-61.65", None, "60000", None)
    return ("linear", copy("BTCUSDT"), 0, "Buy", *[None if text is None else copy(text) for text in texts], 1, 2, "[]")


def order_row() -> tuple[object, ...]:
    words = tuple(map(copy, ("Buy", "Limit", "New")))
    return ("id-1", "linear", copy("BTCUSDT"), "", 0, *words, "1.5", copy("0.25"), copy("0"), None, "", copy("GTC"), 0,
            None, None, 1, 2, "[]")  # fmt: skip


def test_decoded_rows_share_their_parts() -> None:
    one, other = position_of(position_row()), position_of(position_row())
    assert one == other
    assert (one.symbol is other.symbol, one.size is other.size, one.leverage is other.leverage) == (True,) * 3
    first, second = order_of(order_row()), order_of(order_row())
    assert (first.symbol is one.symbol, first.qty is second.qty, first.cum_exec_qty is second.cum_exec_qty) == (
        True,
    ) * 3
    assert (first.order_status is second.order_status, first.time_in_force is second.time_in_force) == (True, True)


def test_decoded_fills_and_users_share_their_parts() -> None:
    def fill() -> tuple[object, ...]:
        return ("linear", copy("BTCUSDT"), "e", "o", "", "Buy", copy("Trade"), "64123.45", copy("0.5"), "1",
                copy("0.01"), copy("USDT"), 0, copy("0"), 1)  # fmt: skip

    one, other = execution_of(fill()), execution_of(fill())
    shared = (one.exec_qty is other.exec_qty, one.exec_type is other.exec_type, one.fee_currency is other.fee_currency)
    assert shared == (True,) * 3

    def user(account_id: int) -> list[tuple[object, ...]]:
        settings = (
            "en",
            "user",
            0,
            1,
            "on",
            copy("UTC"),
            account_id,
            0,
            0,
            "light",
            "{}",
            None,
            None,
            0,
            "",
        )
        account = (account_id, 1, "bybit", "demo", copy("com"), copy("Bybit Demo"), "7")
        return [(1, None, "Anna", *settings, *account, copy("1"), copy("3"), copy("8"), None, "Limit")]

    configs = [config_of(user(number)) for number in (1, 2)]
    assert configs[0] is not None
    assert configs[1] is not None
    settings = [each.accounts[0].settings for each in configs if each is not None]
    assert settings[0].risk_percent is settings[1].risk_percent
    assert configs[0].accounts[0].account_type is AccountType.DEMO
    assert configs[0].accounts[0].host is configs[1].accounts[0].host


def bybit_position() -> Position:
    row = {"symbol": copy("BTCUSDT"), "positionIdx": 0, "side": "Buy", "size": copy("0.5"), "avgPrice": "64123.45",
           "markPrice": "64000.15", "positionValue": "32061.725", "leverage": copy("10"), "unrealisedPnl": "-61.65",
           "createdTime": "1", "updatedTime": "2"}  # fmt: skip
    (position,), _ = account_answers.positions(Answer({"list": [row]}), Category.LINEAR)
    return position


def test_answers_of_bybit_share_their_parts() -> None:
    one, other = bybit_position(), bybit_position()
    assert one.symbol is other.symbol
    assert one.size is other.size
    assert one.leverage is other.leverage
    assert one.leverage is position_of(position_row()).leverage  # whichever way it came


def test_values_of_the_benchmark_go_the_same_way() -> None:
    one, other = (Values(seed).positions(1).items[0] for seed in (1, 1))
    assert one.symbol is other.symbol
    assert one.size is other.size
    assert Values().instrument(1).tick_size is intern_decimal("0.01")

"""Equal parts of kept values are one object, and nobody can tell but by `is`."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

import pytest
from harness.cache import Source

from bot.domain.ids import Symbol
from bot.domain.portfolio import FeeRate
from cache.sharing import HELD, Sharing
from ops.bench.values import Values


def word(text: str) -> str:
    """An object of its own."""
    return "".join(tuple(text))


class Color(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    size: Decimal
    price: Decimal | None = None
    color: Color = Color.RED


@dataclass(frozen=True, slots=True)
class Rows:
    items: tuple[Row, ...]
    levels: tuple[tuple[Decimal, Decimal], ...] = ()
    first: Row | None = None


def test_short_numbers_and_words_are_shared_wherever_they_stand() -> None:
    sharing = Sharing()
    values = [
        Rows(items=(Row(word("BTCUSDT"), Decimal("0.5")),), first=Row(word("BTCUSDT"), Decimal("0.5")))
        for _ in range(2)
    ]
    for value in values:
        sharing.intern(value)
    parts = [row for value in values for row in (*value.items, value.first) if row is not None]
    assert len(parts) == 4
    assert {id(part.name) for part in parts} == {id(parts[0].name)}
    assert {id(part.size) for part in parts} == {id(parts[0].size)}


def test_numbers_are_shared_as_written() -> None:
    sharing = Sharing()
    one, other = Row("a", Decimal("1.0")), Row("a", Decimal("1.00"))
    sharing.intern(one)
    sharing.intern(other)
    assert (str(one.size), str(other.size)) == ("1.0", "1.00")


def test_long_ones_are_left_alone() -> None:
    sharing = Sharing()
    values = [Row(word("a7f1c9d0-order-id"), Decimal("64123.45")) for _ in range(2)]
    for value in values:
        sharing.intern(value)
    assert values[0].name is not values[1].name
    assert values[0].size is not values[1].size


@pytest.mark.parametrize(
    "make", ["user_config", "license", "credentials", "balance", "positions", "orders", "executions", "order_book"]
)
def test_a_settled_value_is_the_value_it_was(make: str) -> None:
    sharing = Sharing()
    for number in range(3):
        value = getattr(Values(number), make)(number)
        same = getattr(Values(number), make)(number)
        sharing.intern(value)
        assert value == same
        assert repr(value) == repr(same)
        assert hash(value) == hash(same)


def test_what_is_no_dataclass_is_left_alone() -> None:
    sharing = Sharing()
    for value in (None, 7, "text", (1, "a"), Color.RED, Decimal(1)):
        sharing.intern(value)


def test_what_is_remembered_is_bounded() -> None:
    sharing = Sharing()
    for number in range(3 * HELD):
        sharing.intern(Row(f"w{number}", Decimal(number)))
    assert len(sharing._numbers) <= HELD
    assert len(sharing._words) <= HELD


async def test_values_of_different_regions_share(source_of_fees: Source) -> None:
    reads = source_of_fees.reads()
    account = Values().account(1)
    fee = await reads.fee_rate(account, Symbol("BTCUSDT"))
    config = await reads.user_config(account.user_id)
    assert config is not None
    assert config.trade_settings.stop_loss_percent is fee.taker


@pytest.fixture
def source_of_fees() -> Source:
    config = Values().user_config(1)
    settings = replace(config.trade_settings, stop_loss_percent=Decimal("3.25"))
    accounts = tuple(replace(each, settings=settings) for each in config.accounts)
    fee = FeeRate(symbol=Symbol("BTCUSDT"), taker=Decimal("3.25"), maker=Decimal(0))
    return Source(answers={"fee_rate": fee, "user_config": replace(config, accounts=accounts)})

"""White-box: what a backup did not know of is closed where fills of that leg closed all that they had opened."""

from decimal import Decimal

import pytest
from harness.storage import execution

from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.outcomes import AccountAnswers
from bot.domain.portfolio import LegKey, Orders, Positions, Side
from bot.services.trading.adoption import _is_closed

ACCOUNT = AccountId(1)
BTC = Symbol("BTCUSDT")
LONG = LegKey(account_id=ACCOUNT, category=Category.LINEAR, symbol=BTC, position_idx=1)


@pytest.mark.parametrize(
    ("fills", "is_closed"),
    [
        ("B1+0", False),
        ("B1+0 S1-1", True),
        ("B2+0 S1-1 S1-1", True),
        ("B2+0 S1-1", False),  # a part of it
        ("S1-1 B1+0", False),  # the position before it
        ("S1+0 B1+0 B1-1", False),  # the other leg in hedge mode
        ("B2-1 S1-1", True),  # a turn from short to long
        ("spot", False),
    ],
)
def test_what_closed_it_is_counted_against_what_opened_it(fills: str, is_closed: bool) -> None:
    spot = execution(category=Category.SPOT, symbol=BTC, side=Side.SELL, closed_size=Decimal(1))
    listed = (
        execution(
            symbol=BTC,
            side=Side.BUY if each[0] == "B" else Side.SELL,
            exec_qty=Decimal(each[1]),
            closed_size=Decimal(each[3]),
        )
        for each in fills.split()
        if each != "spot"
    )
    answers = AccountAnswers(
        asked_at=Millis(1),
        moment=Millis(1),
        positions=Positions(account_id=ACCOUNT, items=(), as_of=Millis(1)),
        orders=Orders(account_id=ACCOUNT, items=(), as_of=Millis(1)),
        fills=(spot, *listed),
        found={},
        settings={},
    )
    assert _is_closed(LONG, Side.BUY, answers) is is_closed

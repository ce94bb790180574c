"""Card truth over seeded trades: a few hundred of those that `make campaign` plays ten thousand of."""

from decimal import Decimal

import pytest

from bot.domain import card_formulas as formulas
from ops.campaigns import cards


def test_what_a_card_says_is_what_the_engine_does() -> None:
    report = cards.run(7, 60, 300)
    assert report.is_good, report
    assert report.cases == 300
    assert report.steps > 600  # fills: most trades are entered and left


def test_liquidations_and_stops_are_among_them() -> None:
    outcomes = [cards.trade(f"7:{number}") for number in range(300)]
    assert sum(each.was_liquidated for each in outcomes) > 20
    assert sum(each.steps > 1 for each in outcomes) > 200


@pytest.mark.parametrize("name", ["isolated_liquidation", "fee_price", "result"])
def test_it_finds_a_formula_that_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = getattr(formulas, name)
    factors = {"isolated_liquidation": "1.002", "fee_price": "0.98", "result": "1.01"}

    def wrong(*given: object, **named: object) -> Decimal | None:
        found = right(*given, **named)
        return None if found is None else found * Decimal(factors[name])

    monkeypatch.setattr(formulas, name, wrong)
    assert not cards.run(7, 60, 100).is_good

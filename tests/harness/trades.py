"""Trades over practice by chat, and what is counted of them."""

from fractions import Fraction
from typing import Any

from bot.domain.periods import Period
from bot.services.statistics.statistics import StatisticsPage
from harness.app import Harness, Person, said
from harness.sheets import Sheet, sheets_of
from harness.waiting import until


async def entered(anna: Person, order: str) -> None:
    """Type an order, confirm its card, and wait for the fill."""
    card = await said(anna, order)
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: "Filled" in anna.last.text, what="the fill")


async def closed(anna: Person, line: str) -> None:
    """Type a close, confirm it, and wait for its result."""
    await said(anna, line)
    await anna.press(next(each for each in anna.last.labels if each.startswith("Close ")))
    await until(lambda: "after all fees" in anna.last.text, what="the close")


async def settled(harness: Harness) -> None:
    """Book what the practice exchange did."""
    account = await harness.practice_account()
    await harness.services.trading.settlement.settle(account.account_id)


async def exported(harness: Harness, anna: Person, line: str = "/export all") -> dict[str, Sheet]:
    """The sheets of what that line sends."""
    before = len(anna.bubbles)
    await said(anna, line)
    await harness.settle()
    return sheets_of([each.document for each in anna.bubbles[before:] if each.document is not None])


async def counted(harness: Harness, period: Period = Period.ALL, back: int = 0) -> StatisticsPage:
    """What /stats shows of practice."""
    config, account = await harness.config(), await harness.practice_account()
    return await harness.services.results.statistics.page(config, account, period, back)


def assert_same(page: StatisticsPage, sums: dict[str, Any]) -> None:
    """Counts and sums to the last digit, rates to the twentieth."""
    main = page.main
    counts = {each: getattr(main, each) for each in ("closes", "trades", "wins", "losses")}
    assert counts == {each: sums[each] for each in counts}
    for name in ("pnl", "fees", "funding"):
        assert Fraction(getattr(main, name)) == sums[name], name
    assert Fraction(main.exit_slippage) + Fraction(page.entries.slippage) == sums["slippage"]
    assert Fraction(0 if main.drawdown is None else main.drawdown.amount) == sums["drawdown"]
    factor = main.profit_factor
    assert (factor is None) == (sums["profit_factor"] is None)
    assert factor is None or abs(Fraction(factor) / sums["profit_factor"] - 1) < Fraction(1, 10**20)

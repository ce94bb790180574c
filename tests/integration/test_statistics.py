"""/stats, /trades, /export and /truth over practice: what they say is what the exported files add up to."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from harness.app import Harness, Person, said
from harness.sheets import sheets_of, summed
from harness.waiting import until

from bot.domain.periods import Period
from bot.domain.statistics import Summary

HOUR = 3_600.0


async def entered(anna: Person, order: str) -> None:
    card = await said(anna, order)
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: "Filled" in anna.last.text, what="the fill")


async def closed(anna: Person, line: str) -> None:
    await said(anna, line)
    await anna.press(next(each for each in anna.last.labels if each.startswith("Close ")))
    await until(lambda: "after all fees" in anna.last.text, what="the close")


async def settled(harness: Harness) -> None:
    account = await harness.practice_account()
    await harness.services.trading.settlement.settle(account.account_id)


async def exported(harness: Harness, anna: Person, line: str = "/export all") -> dict[str, Any]:
    """The sheets of what that line sends."""
    before = len(anna.bubbles)
    await said(anna, line)
    await harness.settle()
    return sheets_of([each.document for each in anna.bubbles[before:] if each.document is not None])


async def counted(harness: Harness, anna: Person) -> tuple[Summary, Any]:
    config, account = await harness.config(), await harness.practice_account()
    page = await harness.services.results.statistics.page(config, account, Period.ALL)
    return page.main, page


def assert_same(main: Summary, page: Any, sums: dict[str, Any]) -> None:
    assert (main.closes, main.trades, main.wins, main.losses) == tuple(
        sums[each] for each in ("closes", "trades", "wins", "losses")
    )
    for name in ("pnl", "fees", "funding"):
        assert Fraction(getattr(main, name)) == sums[name], name
    assert Fraction(main.exit_slippage + page.entries.slippage) == sums["slippage"]
    assert Fraction(0 if main.drawdown is None else main.drawdown.amount) == sums["drawdown"]
    factor = main.profit_factor
    assert (factor is None) == (sums["profit_factor"] is None)
    if factor is not None:
        assert abs(Fraction(factor) - sums["profit_factor"]) < Fraction(1, 10**20)


async def test_what_is_shown_is_what_the_files_add_up_to(harness: Harness) -> None:
    anna, draw = harness.person(), Random(12)  # noqa: S311  a test's own dice
    await said(anna, "/start")
    price = 64_000
    for _ in range(5):
        side = draw.choice(("buy", "sell"))
        await entered(anna, f"{side} {draw.choice(('0.01', '0.02', '0.04'))} btc sl 5%")
        price += draw.randint(-900, 900)
        await harness.move("BTCUSDT", f"{price}.00", seconds=draw.choice((60, 5 * HOUR)))
        if draw.random() < 0.5:
            await closed(anna, "/close btc half")
            await harness.move("BTCUSDT", f"{price + draw.randint(-300, 300)}.00", seconds=HOUR)
        await settled(harness)
        if await anna_holds(harness):
            await closed(anna, "/close btc")
        await settled(harness)
    sheets = await exported(harness, anna)
    main, page = await counted(harness, anna)
    assert main.trades == 5
    assert_same(main, page, summed(sheets, run="1"))
    pnl = harness_text(main.pnl)
    assert pnl in (await said(anna, "/stats all")).text
    assert pnl in (await said(anna, "/stats month exits")).text
    assert f"{main.closes} closed" in (await said(anna, "/trades")).text
    assert "Worst price of the card kept: 5 of 5" in (await said(anna, "/truth")).text


def harness_text(amount: Decimal) -> str:
    """As a card writes it, its sign apart."""
    return f"{abs(amount):,.2f}"


async def anna_holds(harness: Harness) -> bool:
    account = await harness.practice_account()
    return bool((await harness.assembly.practice.orders.positions(account)).items)

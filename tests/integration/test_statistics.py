"""/stats over practice: what it says is what the exported files add up to."""

from random import Random

from harness.app import Harness, said
from harness.sheets import summed
from harness.trades import assert_same, closed, counted, entered, exported, settled

HOUR = 3_600.0


async def is_holding(harness: Harness) -> bool:
    account = await harness.practice_account()
    return bool((await harness.assembly.practice.orders.positions(account)).items)


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
        if await is_holding(harness):
            await closed(anna, "/close btc")
        await settled(harness)
    sheets = await exported(harness, anna)
    page = await counted(harness)
    assert page.main.trades == 5
    assert page.main.closes > 5
    assert page.main.funding != 0
    assert_same(page, summed(sheets, run="1"))
    pnl = f"{abs(page.main.pnl):,.2f}"
    assert pnl in (await said(anna, "/stats all")).text
    assert pnl in (await said(anna, "/stats month exits")).text
    assert f"{page.main.closes} closed" in (await said(anna, "/trades")).text
    assert "Worst price of the card kept: 5 of 5" in (await said(anna, "/truth")).text

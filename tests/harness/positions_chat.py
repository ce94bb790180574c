"""A person with a position, and the cards on which it is managed."""

from harness.app import Harness, Person, said
from harness.bot_api import Bubble
from harness.waiting import until

NBSP = "\u00a0"


async def holding(harness: Harness, order: str = "buy 0.01 btc sl 3% tp 6%") -> Person:
    """Anna with a practice position of her own."""
    anna = harness.person()
    await said(anna, "/start")
    await entered(anna, order)
    return anna


async def entered(anna: Person, order: str) -> None:
    card = await said(anna, order)
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: "seen at the exchange" in anna.last.text, what="the fill and its stop")


async def leg_card(anna: Person, symbol: str = "BTCUSDT") -> Bubble:
    account = await anna.harness.practice_account()
    return await anna.tap(f"v1:leg:{account.account_id}:{symbol}:0", bubble=anna.last)


async def words(anna: Person, text: str) -> str:
    """The last card once it says that; with plain blanks."""
    await until(lambda: text in shown(anna.last), what=text)
    return shown(anna.last)


def shown(bubble: Bubble) -> str:
    return bubble.text.replace(NBSP, " ")

"""Somebody with practice positions, as a chat makes them; what cards say, with plain blanks."""

from harness.app import Harness, Person, said
from harness.bot_api import Bubble
from harness.waiting import until


async def holding(harness: Harness, order: str = "buy 0.01 btc sl 3% tp 6%") -> Person:
    """Anna with a practice position of her own, its stop seen at the exchange."""
    anna = harness.person()
    await said(anna, "/start")
    await entered(anna, order)
    await until(lambda: "seen at the exchange" in anna.last.text, what="the fill and its stop")
    return anna


async def entered(person: Person, order: str) -> None:
    """An order that was typed and confirmed."""
    card = await said(person, order)
    await person.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)


async def words(person: Person, text: str) -> str:
    """The last card once it says that."""
    await until(lambda: text in shown(person.last), what=text)
    return shown(person.last)


def shown(bubble: Bubble) -> str:
    """What a card says, with plain blanks."""
    return bubble.text.replace("\u00a0", " ")

"""/redeem and the link of a promo code: a card first, then one tap."""

from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.ids import UserId
from bot.services.chat.buttons import Wish
from bot.services.promo.redemption import Look, Offer, Redemption, Refusal, Suggestion
from handlers.core.context import Turn
from handlers.core.specs import ADMIN, EVERYONE, Access, Entry, command, continues, does
from handlers.promo.redeem_views import (
    ask_card,
    not_valid_card,
    offer_card,
    redeemed_card,
    suggestion_card,
    too_many_card,
    used_card,
)
from handlers.views.cards import Card

USE: Final = "redeem.use"
LOOK: Final = "redeem.look"
USE_FOR: Final = "redeem.use-for"
LOOK_FOR: Final = "redeem.look-for"
ASKS_CODE: Final = "redeem.code"
_STATE: Final = "asked"
_SHOWN: Final = 5  # redemptions of before


async def typed(turn: Turn) -> None:
    """`/redeem CODE`, also in groups of letters; alone, it asks."""
    if turn.arguments:
        await show_code(turn, " ".join(turn.arguments))
        return
    before = await turn.services.redemptions.history(turn.user_id, _SHOWN)
    await turn.services.dialogues.begin(turn.user_id, ASKS_CODE, _STATE, {})
    await turn.show(ask_card(turn.viewer, [each for each in before if not each.is_undone]))


async def take_code(turn: Turn, _: Dialogue) -> None:
    """The code that was asked for; after a wrong one the next message may be another."""
    look = await turn.services.redemptions.look(turn.user_id, turn.text)
    if not isinstance(look, Refusal):
        await turn.services.dialogues.end(turn.user_id)
    await show(turn, look)


async def show_code(turn: Turn, code: str) -> None:
    """A typed code, or a link's."""
    await show(turn, await turn.services.redemptions.look(turn.user_id, code))


async def use_suggestion(turn: Turn, wish: Wish) -> None:
    """[Use it]."""
    redemptions, holder = turn.services.redemptions, _holder(wish)
    await show(turn, await redemptions.look_up(turn.user_id, wish.values.get("lookup", ""), holder))


async def redeem(turn: Turn, wish: Wish) -> None:
    """[Redeem]; a second tap gets the same answer."""
    redemptions, holder = turn.services.redemptions, _holder(wish)
    outcome = await redemptions.redeem(turn.user_id, wish.values.get("lookup", ""), holder)
    if isinstance(outcome, Redemption):
        await turn.show(redeemed_card(turn.viewer, outcome))
    else:
        await turn.show(not_valid_card(turn.viewer))


async def show(turn: Turn, look: Look) -> None:
    """What a look at a code found."""
    viewer, say = turn.viewer, turn.say
    match look:
        case Offer():
            values = {"lookup": look.lookup, "holder": str(look.holder)}
            wish = Wish(action=USE if look.holder == turn.user_id else USE_FOR, values=values)
            (button,) = await turn.buttons([(say.plain("button-redeem"), wish)])
            await turn.show(offer_card(viewer, look, button))
        case Suggestion():
            values = {"lookup": look.lookup, "holder": str(look.holder)}
            wish = Wish(action=LOOK if look.holder == turn.user_id else LOOK_FOR, values=values)
            (button,) = await turn.buttons([(say.plain("button-use-it"), wish)])
            await turn.show(suggestion_card(viewer, look, button))
        case Redemption():
            await turn.show(used_card(viewer, look))
        case Refusal():
            await turn.show(_refusal_card(turn, look))


def _refusal_card(turn: Turn, refusal: Refusal) -> Card:
    if refusal.next_try is None:
        return not_valid_card(turn.viewer)
    commands = turn.data.router.commands(turn.services.access.role(turn.config))
    return too_many_card(turn.viewer, refusal.next_try, has_support="paysupport" in commands)


def _holder(wish: Wish) -> UserId | None:
    holder = wish.values.get("holder")
    return None if holder is None else UserId(int(holder))


def _entries(use: str, look: str, access: Access) -> tuple[Entry, ...]:
    return (does(use, redeem, access=access, repeats=True), does(look, use_suggestion, access=access))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("redeem", typed, access=EVERYONE, description="command-redeem", hidden=True),
    *_entries(USE, LOOK, EVERYONE),
    *_entries(USE_FOR, LOOK_FOR, ADMIN),
    continues(ASKS_CODE, take_code, access=EVERYONE),
)

"""/redeem and the link of a promo code: a card first, then one tap."""

from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.ids import UserId
from bot.services.chat.buttons import ButtonAction
from bot.services.promo.redemption import CodePreview, PreviewOutcome, Redemption, Refusal, Suggestion
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, EVERYONE, AccessRule, HandlerSpec, action, command, dialogue
from handlers.promo.redeem_views import (
    ask_card,
    code_preview_card,
    not_valid_card,
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


async def ask_or_preview_code(ctx: UpdateContext) -> None:
    """`/redeem CODE`, also in groups of letters; alone, it asks."""
    if ctx.arguments:
        await preview_code(ctx, " ".join(ctx.arguments))
        return
    before = await ctx.services.redemptions.history(ctx.user_id, _SHOWN)
    await ctx.services.dialogues.begin(ctx.user_id, ASKS_CODE, _STATE, {})
    await ctx.show(ask_card(ctx.viewer, [each for each in before if not each.is_undone]))


async def preview_typed_code(ctx: UpdateContext, _: Dialogue) -> None:
    """The code that was asked for; after a wrong one the next message may be another."""
    outcome = await ctx.services.redemptions.preview(ctx.user_id, ctx.text)
    if not isinstance(outcome, Refusal):
        await ctx.services.dialogues.end(ctx.user_id)
    await show_outcome(ctx, outcome)


async def preview_code(ctx: UpdateContext, code: str) -> None:
    """A typed code, or a link's."""
    await show_outcome(ctx, await ctx.services.redemptions.preview(ctx.user_id, code))


async def preview_suggested_code(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """[Use it]."""
    redemptions, recipient = ctx.services.redemptions, _holder(button_action)
    await show_outcome(
        ctx, await redemptions.preview_lookup(ctx.user_id, button_action.values.get("lookup", ""), recipient)
    )


async def redeem(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """[Redeem]; a second tap gets the same answer."""
    redemptions, recipient = ctx.services.redemptions, _holder(button_action)
    outcome = await redemptions.redeem(ctx.user_id, button_action.values.get("lookup", ""), recipient)
    if isinstance(outcome, Redemption):
        await ctx.show(redeemed_card(ctx.viewer, outcome))
    else:
        await ctx.show(not_valid_card(ctx.viewer))


async def show_outcome(ctx: UpdateContext, outcome: PreviewOutcome) -> None:
    """What a preview at a code found."""
    viewer, say = ctx.viewer, ctx.say
    match outcome:
        case CodePreview():
            values = {"lookup": outcome.lookup, "holder": str(outcome.recipient)}
            button_action = ButtonAction(action=USE if outcome.recipient == ctx.user_id else USE_FOR, values=values)
            (button,) = await ctx.buttons([(say.plain("button-redeem"), button_action)])
            await ctx.show(code_preview_card(viewer, outcome, button))
        case Suggestion():
            values = {"lookup": outcome.lookup, "holder": str(outcome.recipient)}
            button_action = ButtonAction(action=LOOK if outcome.recipient == ctx.user_id else LOOK_FOR, values=values)
            (button,) = await ctx.buttons([(say.plain("button-use-it"), button_action)])
            await ctx.show(suggestion_card(viewer, outcome, button))
        case Redemption():
            await ctx.show(used_card(viewer, outcome))
        case Refusal():
            await ctx.show(_refusal_card(ctx, outcome))


def _refusal_card(ctx: UpdateContext, refusal: Refusal) -> Card:
    if refusal.next_try is None:
        return not_valid_card(ctx.viewer)
    commands = ctx.data.router.commands(ctx.services.roles.role(ctx.config))
    return too_many_card(ctx.viewer, refusal.next_try, has_support="paysupport" in commands)


def _holder(button_action: ButtonAction) -> UserId | None:
    recipient = button_action.values.get("holder")
    return None if recipient is None else UserId(int(recipient))


def _handlers(use: str, outcome: str, access: AccessRule) -> tuple[HandlerSpec, ...]:
    return (action(use, redeem, access=access, repeats=True), action(outcome, preview_suggested_code, access=access))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("redeem", ask_or_preview_code, access=EVERYONE, description="command-redeem", hidden=True),
    *_handlers(USE, LOOK, EVERYONE),
    *_handlers(USE_FOR, LOOK_FOR, ADMIN),
    dialogue(ASKS_CODE, preview_typed_code, access=EVERYONE),
)

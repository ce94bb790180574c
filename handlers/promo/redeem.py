"""/redeem and the link of a promo code: a card first, then one tap."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ids import UserId
from bot.domain.promo_codes import is_surely_code, looks_like_code, may_be_code
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.promo.redemption import CodePreview, PreviewOutcome, Redemption, Refusal, Suggestion
from handlers.core.context import UpdateContext
from handlers.core.plain_words import command_said
from handlers.core.specs import ADMIN, EVERYONE, HandlerSpec, action, command, dialogue
from handlers.promo.redeem_views import (
    ask_card,
    code_preview_card,
    offer_card,
    redeemed_card,
    refusal_card,
    suggestion_card,
    used_card,
)
from handlers.views.cards import Card

_SHOWN: Final = 5  # redemptions of before


@dataclass(frozen=True, slots=True, kw_only=True)
class _KnownCode(ButtonAction):
    """A code, by its lookup value, and who gets what it gives."""

    lookup: str
    holder: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCode(_KnownCode):
    """[Redeem], for oneself."""

    ACTION = "redeem.use"


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCodeFor(_KnownCode):
    """[Redeem], by an admin for a user."""

    ACTION = "redeem.use-for"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtCode(_KnownCode):
    """[Use it]: the nearest code, for oneself."""

    ACTION = "redeem.look"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtCodeFor(_KnownCode):
    """[Use it]: the nearest code, by an admin for a user."""

    ACTION = "redeem.look-for"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDialogue(DialoguePayload):
    """A promo code."""

    DIALOGUE = "redeem.code"


async def ask_or_preview_code(ctx: UpdateContext) -> None:
    """`/redeem CODE`, also in groups of letters; alone, it asks."""
    if ctx.arguments:
        await preview_code(ctx, " ".join(ctx.arguments))
        return
    before = await ctx.services.redemptions.history(ctx.user_id, _SHOWN)
    await ctx.services.dialogues.begin(ctx.user_id, CodeDialogue())
    await ctx.show(ask_card(ctx.viewer, [each for each in before if not each.is_undone]))


async def preview_typed_code(ctx: UpdateContext, _: CodeDialogue) -> None:
    """The code that was asked for; after a wrong one the next message may be another."""
    outcome = await ctx.services.redemptions.preview(ctx.user_id, ctx.text)
    if not isinstance(outcome, Refusal):
        await ctx.services.dialogues.end(ctx.user_id)
    await show_outcome(ctx, outcome)


async def is_code(ctx: UpdateContext, _: DialoguePayload) -> bool:
    """What may be the code that was asked for; other words are no wrong try."""
    return is_surely_code(ctx.text) or (may_be_code(ctx.text) and command_said(ctx.text) is None)


async def offer_code(ctx: UpdateContext) -> bool:
    """A code that came without a question: previewed if it can be nothing else, offered if it may be one."""
    if is_surely_code(ctx.text):
        await preview_code(ctx, ctx.text)
        return True
    if not looks_like_code(ctx.text):
        return False
    offered = ctx.services.redemptions.offer(ctx.user_id, ctx.text)
    look = LookAtCode(lookup=offered.lookup, holder=ctx.user_id)
    (button,) = await ctx.buttons([(ctx.say.plain("button-use-it"), look)])
    await ctx.show(offer_card(ctx.viewer, offered, button))
    return True


async def preview_code(ctx: UpdateContext, code: str) -> None:
    """A typed code, or a link's."""
    await show_outcome(ctx, await ctx.services.redemptions.preview(ctx.user_id, code))


async def preview_suggested_code(ctx: UpdateContext, payload: LookAtCode | LookAtCodeFor) -> None:
    """[Use it]."""
    found = await ctx.services.redemptions.preview_lookup(ctx.user_id, payload.lookup, payload.holder)
    await show_outcome(ctx, found)


async def redeem(ctx: UpdateContext, payload: UseCode | UseCodeFor) -> None:
    """[Redeem]; a second tap gets the same answer."""
    outcome = await ctx.services.redemptions.redeem(ctx.user_id, payload.lookup, payload.holder)
    if isinstance(outcome, Redemption):
        await ctx.show(redeemed_card(ctx.viewer, outcome))
    else:
        await ctx.show(_refusal_card(ctx, outcome))


async def show_outcome(ctx: UpdateContext, outcome: PreviewOutcome) -> None:
    """What a preview at a code found."""
    viewer, say = ctx.viewer, ctx.say
    match outcome:
        case CodePreview():
            redeems = UseCode if outcome.recipient == ctx.user_id else UseCodeFor
            use = redeems(lookup=outcome.lookup, holder=outcome.recipient)
            (button,) = await ctx.buttons([(say.plain("button-redeem"), use)])
            await ctx.show(code_preview_card(viewer, outcome, button))
        case Suggestion():
            previews = LookAtCode if outcome.recipient == ctx.user_id else LookAtCodeFor
            look = previews(lookup=outcome.lookup, holder=outcome.recipient)
            (button,) = await ctx.buttons([(say.plain("button-use-it"), look)])
            await ctx.show(suggestion_card(viewer, outcome, button))
        case Redemption():
            await ctx.show(used_card(viewer, outcome))
        case Refusal():
            await ctx.show(_refusal_card(ctx, outcome))


def _refusal_card(ctx: UpdateContext, refusal: Refusal) -> Card:
    commands = ctx.data.router.commands(ctx.services.roles.role(ctx.config))
    return refusal_card(ctx.viewer, refusal, has_support="paysupport" in commands)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("redeem", ask_or_preview_code, access=EVERYONE, hidden=True),
    action(UseCode, redeem, access=EVERYONE, repeats=True),
    action(LookAtCode, preview_suggested_code, access=EVERYONE),
    action(UseCodeFor, redeem, access=ADMIN, repeats=True),
    action(LookAtCodeFor, preview_suggested_code, access=ADMIN),
    dialogue(CodeDialogue, preview_typed_code, access=EVERYONE, takes=is_code),
)

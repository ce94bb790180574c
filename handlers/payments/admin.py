"""/payments: what came in, one payment with its story, and giving it back: with a reason, confirmed, after the PIN."""

import re
from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput
from bot.domain.payments import Listed, Payment
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, action, command, dialogue, view
from handlers.payments.callbacks import AskRefund, ShowPayment, ShowPayments
from handlers.payments.views import (
    PAGE,
    REASONS,
    ask_reason_card,
    confirm_refund_card,
    payment_card,
    payments_card,
    refund_asked_card,
    type_reason_card,
)

CHOOSE: Final = "payments.reason"
ASK_TYPED: Final = "payments.ask-reason"
REFUND: Final = "payments.refund"
ASKS_REASON: Final = "payments.reason-typed"
_STATE: Final = "asked"
_NUMBER: Final = re.compile(r"#?([1-9][0-9]{0,17})")


async def show_payments(ctx: UpdateContext) -> None:
    """`/payments`, `/payments 12`, `/payments refund 12 paid twice by mistake`, `/payments unclaimed`."""
    match [word.casefold() for word in ctx.arguments]:
        case []:
            await _show_payments(ctx, Listed.ALL, 0)
        case [word] if word in set(Listed):
            await _show_payments(ctx, Listed(word), 0)
        case [word]:
            await _show_payment_card(ctx, _number(word))
        case ["refund", number]:
            await _ask_reason(ctx, _number(number))
        case ["refund", number, *_]:
            await _confirm(ctx, _number(number), " ".join(ctx.arguments[2:]))
        case _:
            raise BadInput("payments-usage")


async def show_payments_page(ctx: UpdateContext, code: ShowPayments) -> None:
    """A filter, or [Older]."""
    await _show_payments(ctx, code.listed, code.before)


async def show_payment(ctx: UpdateContext, code: ShowPayment) -> None:
    """[#12]."""
    await _show_payment_card(ctx, code.number)


async def ask_refund(ctx: UpdateContext, code: AskRefund) -> None:
    """[Refund] asks why."""
    await _ask_reason(ctx, code.number)


async def confirm_chosen_reason(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """One of the usual reasons."""
    await _confirm(ctx, int(button_action.values["number"]), button_action.values["reason"])


async def ask_typed_reason(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """[Another reason]."""
    await ctx.services.dialogues.begin(ctx.user_id, ASKS_REASON, _STATE, button_action.values)
    await ctx.show(type_reason_card(ctx.viewer, int(button_action.values["number"])))


async def confirm_typed_reason(ctx: UpdateContext, dialogue: Dialogue) -> None:
    """What was typed."""
    await ctx.services.dialogues.end(ctx.user_id)
    await _confirm(ctx, int(dialogue.values["number"]), ctx.text)


async def refund_payment(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """Confirmed."""
    payment = await ctx.services.refunds.ask(
        ctx.user_id, int(button_action.values["number"]), button_action.values["reason"]
    )
    await ctx.show(refund_asked_card(ctx.viewer, payment))


async def _show_payments(ctx: UpdateContext, listed: Listed, before: int) -> None:
    found = await ctx.services.payments.page(listed, before, PAGE + 1)
    await ctx.show(payments_card(ctx.viewer, found, listed))


async def _show_payment_card(ctx: UpdateContext, number: int) -> None:
    payment = await ctx.services.payments.payment(number)
    await ctx.show(payment_card(ctx.viewer, payment, await ctx.services.refunds.unused(payment)))


async def _ask_reason(ctx: UpdateContext, number: int) -> None:
    payment = await _open_payment(ctx, number)
    values = {"number": str(number)}
    reasons = [ctx.say.plain(key) for key in REASONS]
    choices = [(reason, ButtonAction(action=CHOOSE, values={**values, "reason": reason})) for reason in reasons]
    choices.append((ctx.say.plain("button-reason-typed"), ButtonAction(action=ASK_TYPED, values=values)))
    await ctx.show(ask_reason_card(ctx.viewer, payment, await ctx.buttons(choices)))


async def _confirm(ctx: UpdateContext, number: int, reason: str) -> None:
    payment = await _open_payment(ctx, number)
    reason = ctx.services.refunds.reason(reason)
    button_action = ButtonAction(action=REFUND, values={"number": str(number), "reason": reason})
    unused = await ctx.services.refunds.unused(payment)
    (button,) = await ctx.buttons([(ctx.say.plain("button-refund-now"), button_action)])
    await ctx.show(confirm_refund_card(ctx.viewer, payment, unused, reason, button))


async def _open_payment(ctx: UpdateContext, number: int) -> Payment:
    """A payment that can be given back. Raises BadInput for any other."""
    payment = await ctx.services.payments.payment(number)
    ctx.services.refunds.demand_open(payment)
    return payment


def _number(word: str) -> int:
    found = _NUMBER.fullmatch(word)
    if found is None:
        raise BadInput("payments-usage")
    return int(found[1])


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("payments", show_payments, access=ADMIN, description="command-payments"),
    view(ShowPayments, show_payments_page, access=ADMIN),
    view(ShowPayment, show_payment, access=ADMIN),
    view(AskRefund, ask_refund, access=ADMIN),
    action(CHOOSE, confirm_chosen_reason, access=ADMIN),
    action(ASK_TYPED, ask_typed_reason, access=ADMIN),
    action(REFUND, refund_payment, access=ADMIN),
    dialogue(ASKS_REASON, confirm_typed_reason, access=ADMIN),
)

"""/payments: what came in, one payment with its story, and giving it back: with a reason, confirmed, after the PIN."""

import re
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import UserId
from bot.domain.payments import Listed, Payment
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.links import AskRefund, ShowPaymentsOf
from handlers.core.phrases import is_no_command
from handlers.core.specs import ADMIN, OWNER, HandlerSpec, action, command, dialogue, view
from handlers.payments.callbacks import ShowOlderCharges, ShowPayment, ShowPayments
from handlers.payments.views import (
    PAGE,
    REASONS,
    ask_reason_card,
    confirm_refund_card,
    older_charges_card,
    payment_card,
    payments_card,
    payments_of_card,
    refund_asked_card,
    type_reason_card,
)

_OLDER_SHOWN: Final = 20
_NUMBER: Final = re.compile(r"#?([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseRefundReason(ButtonAction):
    """One of the usual reasons."""

    ACTION = "payments.reason"
    number: int
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRefundReason(ButtonAction):
    """[Another reason]."""

    ACTION = "payments.ask-reason"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPayment(ButtonAction):
    """[Refund], with its reason."""

    ACTION = "payments.refund"
    number: int
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReasonDialogue(DialoguePayload):
    """Why a payment goes back."""

    DIALOGUE = "payments.reason-typed"
    number: int


async def show_payments(ctx: UpdateContext) -> None:
    """`/payments`, `/payments 12`, `/payments user 1001`, `/payments refund 12 by mistake`, `/payments unclaimed`."""
    match [word.casefold() for word in ctx.arguments]:
        case []:
            await _show_payments(ctx, Listed.ALL, 0)
        case [word] if word in set(Listed):
            await _show_payments(ctx, Listed(word), 0)
        case [word]:
            await _show_payment_card(ctx, _number(word))
        case ["user", user_id]:
            await _show_payments_of(ctx, UserId(_number(user_id)), 0)
        case ["refund", number]:
            await _ask_reason(ctx, _number(number))
        case ["refund", number, *_]:
            await _confirm(ctx, _number(number), " ".join(ctx.arguments[2:]))
        case _:
            raise BadInput("payments-usage")


async def show_payments_page(ctx: UpdateContext, code: ShowPayments) -> None:
    """A filter, or [Older]."""
    await _show_payments(ctx, code.listed, code.before)


async def show_payments_of(ctx: UpdateContext, code: ShowPaymentsOf) -> None:
    """[Payments] of a user's card, or [Older]."""
    await _show_payments_of(ctx, code.user_id, code.before)


async def show_payment(ctx: UpdateContext, code: ShowPayment) -> None:
    """One payment, by the button that bears its number."""
    await _show_payment_card(ctx, code.number)


async def show_older_charges(ctx: UpdateContext, _: ShowOlderCharges) -> None:
    """[Show them] of the message to owners."""
    await ctx.show(older_charges_card(ctx.viewer, await ctx.services.payments.older(_OLDER_SHOWN)))


async def ask_refund(ctx: UpdateContext, code: AskRefund) -> None:
    """[Refund] asks why."""
    await _ask_reason(ctx, code.number)


async def confirm_chosen_reason(ctx: UpdateContext, payload: ChooseRefundReason) -> None:
    """Asks whether to refund for one of the usual reasons."""
    await _confirm(ctx, payload.number, payload.reason)


async def ask_typed_reason(ctx: UpdateContext, payload: AskRefundReason) -> None:
    """[Another reason] asks for the words."""
    await ctx.services.dialogues.begin(ctx.user_id, RefundReasonDialogue(number=payload.number))
    await ctx.show(type_reason_card(ctx.viewer, payload.number))


async def confirm_typed_reason(ctx: UpdateContext, payload: RefundReasonDialogue) -> None:
    """Asks whether to refund for the reason that was typed."""
    await _confirm(ctx, payload.number, ctx.text)
    await ctx.services.dialogues.end(ctx.user_id)


async def refund_payment(ctx: UpdateContext, payload: RefundPayment) -> None:
    """Refunds the payment after the question was answered with yes."""
    payment = await ctx.services.refunds.ask(ctx.user_id, payload.number, payload.reason)
    await ctx.show(refund_asked_card(ctx.viewer, payment))


async def _show_payments(ctx: UpdateContext, listed: Listed, before: int) -> None:
    found = await ctx.services.payments.page(listed, before, PAGE + 1)
    await ctx.show(payments_card(ctx.viewer, found, listed))


async def _show_payments_of(ctx: UpdateContext, user_id: UserId, before: int) -> None:
    found = await ctx.services.payments.page_of(user_id, before, PAGE + 1)
    total = await ctx.services.payments.paid_by(user_id)
    await ctx.show(payments_of_card(ctx.viewer, user_id, found, total))


async def _show_payment_card(ctx: UpdateContext, number: int) -> None:
    payment = await ctx.services.payments.payment(number)
    await ctx.show(payment_card(ctx.viewer, payment, await ctx.services.refunds.unused(payment)))


async def _ask_reason(ctx: UpdateContext, number: int) -> None:
    payment = await _open_payment(ctx, number)
    reasons = [ctx.say.plain(key) for key in REASONS]
    choices: list[tuple[str, ButtonAction]] = [
        (reason, ChooseRefundReason(number=number, reason=reason)) for reason in reasons
    ]
    choices.append((ctx.say.plain("button-reason-typed"), AskRefundReason(number=number)))
    await ctx.show(ask_reason_card(ctx.viewer, payment, await ctx.buttons(choices)))


async def _confirm(ctx: UpdateContext, number: int, reason: str) -> None:
    payment = await _open_payment(ctx, number)
    reason = ctx.services.refunds.reason(reason)
    unused = await ctx.services.refunds.unused(payment)
    (button,) = await ctx.buttons([(ctx.say.plain("button-refund-now"), RefundPayment(number=number, reason=reason))])
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
    command("payments", show_payments, access=ADMIN),
    view(ShowPayments, show_payments_page, access=ADMIN),
    view(ShowPaymentsOf, show_payments_of, access=ADMIN),
    view(ShowPayment, show_payment, access=ADMIN),
    view(ShowOlderCharges, show_older_charges, access=OWNER),
    view(AskRefund, ask_refund, access=ADMIN),
    action(ChooseRefundReason, confirm_chosen_reason, access=ADMIN),
    action(AskRefundReason, ask_typed_reason, access=ADMIN),
    action(RefundPayment, refund_payment, access=ADMIN),
    dialogue(RefundReasonDialogue, confirm_typed_reason, access=ADMIN, takes=is_no_command),
)

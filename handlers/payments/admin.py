"""/payments: what came in, one payment with its story, and giving it back: with a reason, confirmed, after the PIN."""

import re
from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput
from bot.domain.payments import Listed, Payment
from bot.services.chat.buttons import Wish
from handlers.core.callbacks import AskRefund, ShowPayment, ShowPayments
from handlers.core.context import Turn
from handlers.core.specs import ADMIN, Entry, command, continues, does, shows
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


async def show(turn: Turn) -> None:
    """`/payments`, `/payments 12`, `/payments refund 12 paid twice by mistake`, `/payments unclaimed`."""
    match [word.casefold() for word in turn.arguments]:
        case []:
            await _list(turn, Listed.ALL, 0)
        case [word] if word in set(Listed):
            await _list(turn, Listed(word), 0)
        case [word]:
            await _show_one(turn, _number(word))
        case ["refund", number]:
            await _ask_reason(turn, _number(number))
        case ["refund", number, *_]:
            await _confirm(turn, _number(number), " ".join(turn.arguments[2:]))
        case _:
            raise BadInput("payments-usage")


async def show_page(turn: Turn, code: ShowPayments) -> None:
    """A filter, or [Older]."""
    await _list(turn, code.listed, code.before)


async def show_one(turn: Turn, code: ShowPayment) -> None:
    """[#12]."""
    await _show_one(turn, code.number)


async def ask_refund(turn: Turn, code: AskRefund) -> None:
    """[Refund] asks why."""
    await _ask_reason(turn, code.number)


async def choose_reason(turn: Turn, wish: Wish) -> None:
    """One of the usual reasons."""
    await _confirm(turn, int(wish.values["number"]), wish.values["reason"])


async def ask_typed_reason(turn: Turn, wish: Wish) -> None:
    """[Another reason]."""
    await turn.services.dialogues.begin(turn.user_id, ASKS_REASON, _STATE, wish.values)
    await turn.show(type_reason_card(turn.viewer, int(wish.values["number"])))


async def take_reason(turn: Turn, dialogue: Dialogue) -> None:
    """What was typed."""
    await turn.services.dialogues.end(turn.user_id)
    await _confirm(turn, int(dialogue.values["number"]), turn.text)


async def refund(turn: Turn, wish: Wish) -> None:
    """Confirmed."""
    payment = await turn.services.refunds.ask(turn.user_id, int(wish.values["number"]), wish.values["reason"])
    await turn.show(refund_asked_card(turn.viewer, payment))


async def _list(turn: Turn, listed: Listed, before: int) -> None:
    found = await turn.services.payments.page(listed, before, PAGE + 1)
    await turn.show(payments_card(turn.viewer, found, listed))


async def _show_one(turn: Turn, number: int) -> None:
    payment = await turn.services.payments.payment(number)
    await turn.show(payment_card(turn.viewer, payment, await turn.services.refunds.unused(payment)))


async def _ask_reason(turn: Turn, number: int) -> None:
    payment = await _open(turn, number)
    values = {"number": str(number)}
    reasons = [turn.say.plain(key) for key in REASONS]
    choices = [(reason, Wish(action=CHOOSE, values={**values, "reason": reason})) for reason in reasons]
    choices.append((turn.say.plain("button-reason-typed"), Wish(action=ASK_TYPED, values=values)))
    await turn.show(ask_reason_card(turn.viewer, payment, await turn.buttons(choices)))


async def _confirm(turn: Turn, number: int, reason: str) -> None:
    payment = await _open(turn, number)
    reason = turn.services.refunds.reason(reason)
    wish = Wish(action=REFUND, values={"number": str(number), "reason": reason})
    unused = await turn.services.refunds.unused(payment)
    (button,) = await turn.buttons([(turn.say.plain("button-refund-now"), wish)])
    await turn.show(confirm_refund_card(turn.viewer, payment, unused, reason, button))


async def _open(turn: Turn, number: int) -> Payment:
    """A payment that can be given back. Raises BadInput for any other."""
    payment = await turn.services.payments.payment(number)
    turn.services.refunds.demand_open(payment)
    return payment


def _number(word: str) -> int:
    found = _NUMBER.fullmatch(word)
    if found is None:
        raise BadInput("payments-usage")
    return int(found[1])


ENTRIES: Final[tuple[Entry, ...]] = (
    command("payments", show, access=ADMIN, description="command-payments"),
    shows(ShowPayments, show_page, access=ADMIN),
    shows(ShowPayment, show_one, access=ADMIN),
    shows(AskRefund, ask_refund, access=ADMIN),
    does(CHOOSE, choose_reason, access=ADMIN),
    does(ASK_TYPED, ask_typed_reason, access=ADMIN),
    does(REFUND, refund, access=ADMIN, pin=True),
    continues(ASKS_REASON, take_reason, access=ADMIN),
)

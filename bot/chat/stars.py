"""Stars over the Bot API: refunds, and the bot's own account of them."""

from collections.abc import Awaitable
from datetime import UTC
from typing import Any, Final, TypeVar

from telegram import StarTransaction as Line
from telegram import TransactionPartnerUser
from telegram.constants import TransactionPartnerUser as Transaction
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.chat.rate_limiter import SendPriority
from bot.domain.errors import StarsDown, StarsRefused
from bot.domain.ids import Millis, UserId
from bot.domain.payments import Payer, StarTransaction
from bot.domain.users import Language

_ALREADY: Final = "charge_already_refunded"
_LANGUAGES: Final = {each.value: each for each in Language}
T = TypeVar("T")


class Stars:
    """Implements `bot.domain.ports.payments.StarsApi`."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot

    async def refund(self, user_id: UserId, charge_id: str) -> None:
        try:
            await _asked(self._bot.refund_star_payment(user_id, charge_id, rate_limit_args=SendPriority.OUTBOX))
        except StarsRefused as no:
            if _ALREADY not in str(no).lower():
                raise

    async def set_renewal(self, user_id: UserId, charge_id: str, *, renews: bool) -> None:
        call = self._bot.edit_user_star_subscription(
            user_id, charge_id, not renews, rate_limit_args=SendPriority.OUTBOX
        )
        await _asked(call)

    async def transactions(self, offset: int, limit: int) -> tuple[StarTransaction, ...]:
        found = await _asked(self._bot.get_star_transactions(offset, limit, rate_limit_args=SendPriority.OUTBOX))
        return tuple(map(_transaction, found.transactions))


async def _asked(call: Awaitable[T]) -> T:
    try:
        return await call
    except (BadRequest, Forbidden) as no:
        raise StarsRefused(no.message) from no
    except TelegramError as trouble:
        raise StarsDown(trouble.message) from trouble


def _transaction(line: Line) -> StarTransaction:
    is_incoming = line.source is not None
    partner: Any = line.source if is_incoming else line.receiver
    is_payment = isinstance(partner, TransactionPartnerUser) and partner.transaction_type == Transaction.INVOICE_PAYMENT
    return StarTransaction(
        charge_id=line.id,
        stars=line.amount,
        at=Millis(int(line.date.replace(tzinfo=line.date.tzinfo or UTC).timestamp() * 1000)),
        is_incoming=is_incoming,
        payer=_payer(partner) if is_payment else None,
        payload=(partner.invoice_payload or "") if is_payment else "",
    )


def _payer(partner: TransactionPartnerUser) -> Payer:
    user = partner.user
    return Payer(
        user_id=UserId(user.id),
        first_name=user.first_name,
        username=user.username,
        language=_LANGUAGES.get((user.language_code or "").partition("-")[0].lower(), Language.ENGLISH),
    )

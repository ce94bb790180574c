"""The ways from one feature to another that no command is: what deep links carry, and buttons on others' cards.

A deep link is `https://t.me/BOT?start=PAYLOAD`; Telegram sends it as `/start PAYLOAD`.
"""

from typing import Final

from bot.domain.ids import UserId
from bot.services.chat.buttons import ButtonAction

OWNER_PAYLOAD: Final = "own_"  # before the token that makes its bearer an owner
PROMO_PAYLOAD: Final = "p_"  # before a promo code
SUBSCRIBE_PAYLOAD: Final = "subscribe"  # where forwarded invoices lead
REDEEM_FOR: Final = "promo.ask-for"


def redeem_for(user_id: UserId) -> ButtonAction:
    """On a user's card: asks for a promo code to redeem for that user."""
    return ButtonAction(action=REDEEM_FOR, values={"user": str(user_id)})

"""Messages about the PIN."""

from typing import Final

from bot.domain.pins import PinForgottenMessage, PinLockedMessage
from handlers.core.messages import MENU, MessageSpec, message, said
from handlers.texts.catalog import Markup, Translator
from handlers.views.times import moment


def pin_locked(say: Translator, payload: PinLockedMessage) -> Markup:
    until = moment(payload.until, payload.until, "UTC")
    return say("promise-pin-locked", user=str(payload.user), until=until)


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(PinLockedMessage, pin_locked),
    message(PinForgottenMessage, said("promise-pin-forgotten"), MENU),
)

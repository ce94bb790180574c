"""What senders are told of updates that were not handled, or not answered."""

from typing import Final

from bot.domain.chat import RestartedMessage, SendSecretAgainMessage, SetAsideMessage, TooFastMessage
from handlers.core.messages import KEYS, MENU, MessageSpec, message, said

MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(RestartedMessage, said("promise-restarted"), MENU),
    message(SendSecretAgainMessage, said("promise-send-secret-again"), KEYS),
    message(SetAsideMessage, said("promise-set-aside"), MENU),
    message(TooFastMessage, said("promise-too-fast")),
)

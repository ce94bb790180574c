"""What is told of losses that come near a limit, or reach it."""

from typing import Final

from bot.domain.risk_messages import LimitNearMessage, LimitReachedMessage
from handlers.core.messages import MessageSpec, message
from handlers.texts.catalog import Markup, Translator
from handlers.views.figures import CENT, Figures

_WAY_ON: Final = ("button-limits", "limits")


def limit_near(say: Translator, payload: LimitNearMessage) -> Markup:
    figures = Figures(say.language)
    return say(
        "promise-limit-near",
        account_type=payload.account_type.value,
        limit=payload.limit.value,
        left=figures.number(payload.left, CENT),
        whole=figures.number(payload.whole, CENT),
    )


def limit_reached(say: Translator, payload: LimitReachedMessage) -> Markup:
    return say(
        "promise-limit-reached",
        account_type=payload.account_type.value,
        limit=payload.limit.value,
        canceled=payload.canceled,
    )


LIMIT_MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(LimitNearMessage, limit_near, _WAY_ON),
    message(LimitReachedMessage, limit_reached, _WAY_ON),
)

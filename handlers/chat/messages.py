"""What senders are told of updates that were not handled, or not answered."""

from typing import Final

from bot.domain.chat import (
    AnswerLostMessage,
    BackMessage,
    DeafMessage,
    RestartedMessage,
    SendSecretAgainMessage,
    SetAsideMessage,
    TooFastMessage,
)
from bot.domain.restores import RestoredMessage, StarsListedMessage
from handlers.core.messages import KEYS, MENU, MessageSpec, message, said
from handlers.texts.catalog import Markup, Translator, join, safe
from handlers.views.times import utc_span

_BULLET: Final = Markup("•")


def _deaf(say: Translator, gap: DeafMessage) -> Markup:
    began, ended = utc_span(gap.began, gap.ended)
    if not gap.wrote:
        return say("promise-deaf", began=began, ended=ended)
    lines = [join((_BULLET, safe(words)), " ") for words in gap.wrote.split("\n")]
    if gap.more:
        lines.append(say("promise-deaf-more", count=gap.more))
    title = say("promise-deaf-wrote", began=began, ended=ended)
    return join((title, *lines, say("promise-deaf-now")))


def _restarted(say: Translator, payload: RestartedMessage) -> Markup:
    """Which one it was, where that is known: the card that was tapped still stands as it was."""
    return say("promise-restarted-what", what=payload.what) if payload.what else say("promise-restarted")


def _back(say: Translator, missed: BackMessage) -> Markup:
    since, until = utc_span(missed.since, missed.until)
    return say("promise-back", since=since, until=until, waited=missed.waited, kept=missed.kept)


def _restored(say: Translator, told: RestoredMessage) -> Markup:
    made, restored = utc_span(told.made, told.restored)
    if not told.has_journal:
        return say("promise-restored-bare", made=made, restored=restored)
    return say("promise-restored", made=made, restored=restored)


def _stars_listed(say: Translator, told: StarsListedMessage) -> Markup:
    return say("promise-restored-stars", charges=told.charges, stars=told.stars, returned=told.returned)


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(RestartedMessage, _restarted, MENU),
    message(AnswerLostMessage, said("promise-answer-lost"), MENU),
    message(SendSecretAgainMessage, said("promise-send-secret-again"), KEYS),
    message(SetAsideMessage, said("promise-set-aside"), MENU),
    message(TooFastMessage, said("promise-too-fast")),
    message(DeafMessage, _deaf, MENU),
    message(BackMessage, _back, MENU),
    message(RestoredMessage, _restored, MENU),
    message(StarsListedMessage, _stars_listed),
)

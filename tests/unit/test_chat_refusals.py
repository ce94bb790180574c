"""What Telegram's refusals mean."""

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.chat.errors import FloodWait
from bot.chat.refusals import is_final, is_nobody_there, is_too_old, is_unchanged, is_unparsable, without_format

OLD = BadRequest("Query is too old and response timeout expired or query id is invalid")
SAME = BadRequest("Message is not modified: specified new message content and reply markup are exactly the same")
TAGS = BadRequest('Can\'t parse entities: unsupported start tag "x" at byte offset 3')


@pytest.mark.parametrize(
    ("error", "meanings"),
    [
        (OLD, {is_too_old, is_final}),
        (SAME, {is_unchanged, is_final}),
        (TAGS, {is_unparsable, is_final}),
        (BadRequest("Chat not found"), {is_nobody_there, is_final}),
        (Forbidden("Forbidden: bot was blocked by the user"), {is_nobody_there, is_final}),
        (Forbidden("Forbidden: user is deactivated"), {is_nobody_there, is_final}),
        (BadRequest("Message text is empty"), {is_final}),
        (ChatMigrated(-1001), {is_final}),
        (NetworkError("Message is not modified"), set()),  # a gateway's words, not Telegram's
        (TimedOut(), set()),
        (FloodWait(3), set()),
    ],
)
def test_meanings(error: TelegramError, meanings: set[object]) -> None:
    questions = [is_too_old, is_unchanged, is_unparsable, is_nobody_there, is_final]
    assert {question for question in questions if question(error)} == meanings


def test_plain_text_of_a_formatted_one() -> None:
    data = {
        "chat_id": 1,
        "parse_mode": "HTML",
        "text": "<b>PnL &lt; 5</b> 3 < 4 & <a href='x'>y</a>",
        "reply_markup": 1,
    }
    assert without_format(data) == {"chat_id": 1, "text": "PnL < 5 3 < 4 & y", "reply_markup": 1}
    assert without_format({"chat_id": 1, "parse_mode": "HTML", "caption": "<i>c</i>"}) == {"chat_id": 1, "caption": "c"}


def test_what_was_plain_has_no_plainer_form() -> None:
    assert without_format({"chat_id": 1, "text": "<b>"}) is None
    assert without_format({"chat_id": 1, "parse_mode": "HTML", "media": "…"}) is None


def test_a_flood_wait_says_the_same_as_ptbs_error() -> None:
    error = FloodWait(2.5)
    assert (error.seconds, error.message) == (2.5, "Flood control exceeded. Retry in 2.5 seconds")
    assert FloodWait(-1).seconds == 0

"""Cards on their way out: what of them may be kept from one message to the next."""

from harness.bot_api import FakeBotApi, FakeRequest
from harness.fakes import FakeClock

from bot.chat.application import make_bot
from bot.chat.rate_limiter import TelegramRateLimiter
from bot.domain.secrets import Secret
from handlers.core import delivery
from handlers.core.delivery import ChatTarget
from handlers.texts.catalog import Markup
from handlers.views.cards import Card, button, copy_button, link_button


async def test_buttons_of_one_label_keep_what_is_their_own() -> None:
    """PTB calls two buttons equal that copy different texts; a kept one would give another campaign's link."""
    api = FakeBotApi()
    limiter = TelegramRateLimiter(FakeClock())
    bot = make_bot(token=Secret("1:token"), api_url="http://telegram", transport=FakeRequest(api), rate_limiter=limiter)
    for part in ("first", "second"):
        rows = (
            (copy_button("Copy", f"text of the {part}"),),
            (link_button("Open", f"https://t.me/{part}"),),
            (button("Show", f"v1:{part}"),),
        )
        message_id = await delivery.send(bot, ChatTarget(chat_id=1001), Card(text=Markup(part), rows=rows))
        ((copy,), (link,), (press,)) = api.bubbles[1001, message_id].keyboard
        assert copy["copy_text"]["text"] == f"text of the {part}"
        assert link["url"] == f"https://t.me/{part}"
        assert press["callback_data"] == f"v1:{part}"

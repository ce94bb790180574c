"""An edit over our transport: done at Telegram, answered True, refused in Telegram's words."""

import pytest
from harness.sim_telegram import TOKEN, driven
from telegram import Bot
from telegram.error import BadRequest

from bot.chat.transport import AiohttpRequest
from bot.domain.secrets import Secret


async def test_an_edit_is_done_and_its_message_is_not_built() -> None:
    async with driven() as driver:
        await driver.say("hello", user=7)
        transport = AiohttpRequest(Secret(TOKEN))
        bot = Bot(TOKEN, base_url=f"{driver.url}/bot", request=transport, get_updates_request=transport)
        async with transport:
            sent = await bot.send_message(7, "before")
            assert await bot.edit_message_text("after", 7, sent.message_id) is True
            texts = [each["text"] for each in await driver.sim("GET", "chats/7/messages?after=0")]
            assert "after" in texts
            with pytest.raises(BadRequest, match="not found"):
                await bot.edit_message_text("again", 7, sent.message_id + 40)

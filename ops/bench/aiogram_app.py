"""A bare aiogram application: the baseline of what an update costs. It sends the same texts and does nothing else.

`python aiogram_app.py URL FILE`: FILE is JSON of sendMessage parameters by command. It runs in an environment of its
own, since aiogram asks for an older pydantic than the bot has.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import InlineKeyboardMarkup, Message


def main(url: str, file: str) -> None:
    """Poll and answer until a signal ends it."""
    bot = Bot("4242:a-token-that-opens-nothing", session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    for name, parameters in json.loads(Path(file).read_text(encoding="utf-8")).items():
        keyboard = InlineKeyboardMarkup.model_validate(parameters["reply_markup"])

        async def answer(message: Message, text: str = parameters["text"], keyboard: object = keyboard) -> None:
            await message.answer(text, parse_mode="HTML", reply_markup=keyboard)

        dispatcher.message.register(answer, Command(name))
    asyncio.run(dispatcher.start_polling(bot))


if __name__ == "__main__":
    main(*sys.argv[1:])

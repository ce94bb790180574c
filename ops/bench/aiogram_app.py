"""A bare aiogram application: the baseline of what an update costs. It sends the same texts and does nothing else.

`python aiogram_app.py URL FILE [uvloop]`: FILE is JSON of sendMessage parameters by command. It runs in an environment
of its own, since aiogram asks for an older pydantic than the bot has.
"""

import asyncio
import json
import sys
from pathlib import Path


def main(url: str, file: str, loop: str = "") -> None:
    """Poll and answer until a signal ends it; on asyncio's own loop unless uvloop is asked for."""
    import uvloop  # noqa: PLC0415  of the environment that it runs in
    from aiogram import Bot, Dispatcher  # noqa: PLC0415  not in the environment that other modules run in
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415  only where it is measured
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415  only where it is measured
    from aiogram.filters import Command  # noqa: PLC0415  only where it is measured
    from aiogram.types import InlineKeyboardMarkup, Message  # noqa: PLC0415  only where it is measured

    bot = Bot("4242:a-token-that-opens-nothing", session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    for name, parameters in json.loads(Path(file).read_text(encoding="utf-8")).items():
        keyboard = InlineKeyboardMarkup.model_validate(parameters["reply_markup"])

        async def answer(message: Message, text: str = parameters["text"], keyboard: object = keyboard) -> None:
            await message.answer(text, parse_mode="HTML", reply_markup=keyboard)

        dispatcher.message.register(answer, Command(name))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if loop == "uvloop" else None) as runner:
        runner.run(dispatcher.start_polling(bot))


if __name__ == "__main__":
    main(*sys.argv[1:])

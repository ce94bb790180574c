"""A bare application of python-telegram-bot: the other baseline of what an update costs.

`python ptb_app.py URL FILE [uvloop]`: FILE is JSON of sendMessage parameters by command. It is PTB as its documentation
has it: `run_polling`, a CommandHandler a command, `reply_text`; its own transport.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvloop
from telegram import InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes


def main(url: str, file: str, loop: str = "") -> None:
    """Poll and answer until a signal ends it; on asyncio's own loop unless uvloop is asked for."""
    token = "4242:a-token-that-opens-nothing"  # noqa: S105  of a server of our own
    application: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder().token(token).base_url(f"{url}/bot").build()
    )
    for name, parameters in json.loads(Path(file).read_text(encoding="utf-8")).items():
        keyboard = InlineKeyboardMarkup.de_json(parameters["reply_markup"])

        async def answer(
            update: Update,
            _: ContextTypes.DEFAULT_TYPE,
            text: str = parameters["text"],
            keyboard: InlineKeyboardMarkup = keyboard,
        ) -> None:
            if update.message is not None:
                await update.message.reply_text(text, parse_mode="HTML", reply_markup=keyboard)

        application.add_handler(CommandHandler(name, answer))
    asyncio.set_event_loop(uvloop.new_event_loop() if loop == "uvloop" else asyncio.new_event_loop())
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])

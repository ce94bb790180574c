"""/lang: English, Russian, Ukrainian."""

from dataclasses import replace
from typing import Final

from bot.domain.errors import BadInput
from handlers.core.callbacks import SetLanguage
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows
from handlers.texts.catalog import LANGUAGE_NAMES
from handlers.users.home_views import language_card, language_set_card


async def typed(turn: Turn) -> None:
    """`/lang` shows the three; `/lang uk` and `/lang Українська` choose."""
    if not turn.arguments:
        await turn.show(language_card(turn.viewer))
        return
    word = turn.arguments[0].casefold()
    for language, name in LANGUAGE_NAMES.items():
        if word in {language.value, name.casefold(), language.name.casefold()}:
            await tapped(turn, SetLanguage(language))
            return
    raise BadInput("error-language", word=turn.arguments[0])


async def tapped(turn: Turn, code: SetLanguage) -> None:
    """The answer is in the new language already."""
    await turn.services.people.set_language(turn.user_id, code.language)
    turn = replace(turn, config=replace(turn.config, language=code.language))
    await turn.show(language_set_card(turn.viewer, code.language))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("lang", typed, access=EVERYONE, description="command-lang"),
    shows(SetLanguage, tapped, access=EVERYONE),
)

"""/lang: English, Russian, Ukrainian."""

from dataclasses import replace
from typing import Final

from bot.domain.errors import BadInput
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, SETTING, HandlerSpec, command, view
from handlers.texts.catalog import LANGUAGE_NAMES
from handlers.users.callbacks import SetLanguage
from handlers.users.home_views import language_card, language_set_card


async def show_or_set_language(ctx: UpdateContext) -> None:
    """`/lang` shows the three; `/lang uk` and `/lang Українська` choose."""
    if not ctx.arguments:
        await ctx.show(language_card(ctx.viewer))
        return
    word = ctx.arguments[0].casefold()
    for language, name in LANGUAGE_NAMES.items():
        if word in {language.value, name.casefold(), language.name.casefold()}:
            await set_language(ctx, SetLanguage(language))
            return
    raise BadInput("error-language", word=ctx.arguments[0])


async def set_language(ctx: UpdateContext, code: SetLanguage) -> None:
    """The answer is in the new language already."""
    await ctx.services.people.set_language(ctx.user_id, code.language)
    ctx = replace(ctx, config=replace(ctx.config, language=code.language))
    await ctx.show(language_set_card(ctx.viewer, code.language))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("lang", show_or_set_language, access=EVERYONE, good_for_s=SETTING),
    view(SetLanguage, set_language, access=EVERYONE),
)

"""What a text without a slash asks for, once the market has been looked at."""

from typing import Final

from bot.domain.chart_intervals import interval_named
from bot.domain.errors import BadInput
from handlers.core.closing_words import is_of_legs
from handlers.core.context import UpdateContext
from handlers.core.plain_words import GREETING, Phrase, account_type_named, command_said, words_of

_EVERYTHING: Final = frozenset({"all", "everything", "всё", "все"})
OF_A_SYMBOL: Final = frozenset({"trail", "edit", "sl", "tp", "breakeven"})
"""Commands that are none unless a symbol comes first."""
_WORDS_OF_A_SYMBOL: Final = 3  # a coin, what it is priced in, the market


async def understand(ctx: UpdateContext, text: str | None = None) -> Phrase | None:
    """The command that a text (the message's) stands for; a symbol alone is its price. None for any other words."""
    text = ctx.text if text is None else text
    said = command_said(text)
    if said is not None:
        return None if await _is_vague(ctx, said) else said
    words = tuple(words_of(text))
    if 0 < len(words) <= _WORDS_OF_A_SYMBOL and await _is_symbol(ctx, words):
        return Phrase(command="price", arguments=words)
    return None


async def _is_vague(ctx: UpdateContext, said: Phrase) -> bool:
    """Whether words behind a command's may make a sentence of it: close my ticket, alert everybody."""
    if said.command in {"price", "book", "chart"} and len(said.arguments) > 1:
        words = tuple(each for each in said.arguments if not _is_length(each))
        return bool(words) and not await _is_symbol(ctx, words)
    if said.command in OF_A_SYMBOL:
        named = _without_account(said)
        return bool(said.arguments) and not (named and await _is_symbol(ctx, named[:1]))
    if said.command == "alert" and said.arguments and not any(map(str.isdigit, "".join(said.arguments))):
        return not await _is_symbol(ctx, said.arguments)
    if said.command == "close" and said.arguments and said.arguments[0] not in _EVERYTHING:
        named = _without_account(said)
        return not all(map(is_of_legs, named)) and not await _is_symbol(ctx, named[:1])
    return False


def _without_account(said: Phrase) -> tuple[str, ...]:
    """The words behind the command's, without those for an account, which may stand anywhere."""
    return tuple(each for each in said.arguments if account_type_named(each) is None)


async def is_sentence(ctx: UpdateContext, _: object = None) -> bool:
    """Words that ask for nothing of ours: what a question for free text takes."""
    asked = await understand(ctx)
    return bool(ctx.text.strip()) and (asked is None or asked.command == GREETING)


async def is_no_command(ctx: UpdateContext, _: object = None) -> bool:
    """Any words but those of a command; a symbol may be the answer, and so may sl 3%."""
    asked = command_said(ctx.text)
    if asked is not None and asked.command in OF_A_SYMBOL and await _is_vague(ctx, asked):
        asked = None
    return bool(ctx.text.strip()) and (asked is None or asked.command == GREETING)


def _is_length(word: str) -> bool:
    """1h, 15m, also 7h: whether a chart has it is told by /chart."""
    try:
        return interval_named(word) is not None
    except BadInput:
        return True


async def _is_symbol(ctx: UpdateContext, words: tuple[str, ...]) -> bool:
    return await ctx.services.market_screens.find(" ".join(words)) is not None

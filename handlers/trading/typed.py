"""Orders in words: "long btc 2% sl 3%", a pasted signal, /buy with arguments.

The text is the whole state: a doubtful word is answered by putting other words in its place, by a button or by typing
them, and the text is read anew. What has no doubt in it ends in the consequence card.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput, UnknownSymbol
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Side
from bot.domain.secrets import may_carry_secret
from bot.domain.trade_reader import read_trade
from bot.domain.trade_reading import TradeReading, settled
from bot.domain.trade_text import Doubt, DoubtKind, TradeText, with_words
from bot.domain.trade_tokens import LONGEST_TEXT, MEANT, WordToken
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.phrases import OF_A_SYMBOL, is_no_command, understand
from handlers.core.plain_words import command_said
from handlers.core.specs import ANY_AGE, EVERYONE, HandlerSpec, action, dialogue
from handlers.trading.accounts import demand_traded, trading_account
from handlers.trading.card import show_card
from handlers.trading.typed_views import choice_label, fix_card, question_card, understood_card
from handlers.trading.usual_entry import usual_limits

_QUOTE: Final = "USDT"  # what entries are priced in
_LONGEST_ANSWER: Final = 60  # characters; longer ones are no answer to the question about a word
_MOST_WORDS: Final = 5  # of such an answer; more are a sentence
_MOST_FIXES: Final = 3  # buttons
_YES: Final = re.compile(r"(?:yes|да|так)\b[\s,.!]*", re.IGNORECASE)  # before an answer, or all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class RewordOrder(ButtonAction):
    """The same order in other words: a doubtful one replaced, or left out."""

    ACTION = "typed.reword"
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixWord(ButtonAction):
    """[Fix …]: asks what a word should be. Places are characters of the text."""

    ACTION = "typed.fix"
    text: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAsRead(ButtonAction):
    """[Go on]: the order as it was understood, without the words that have no meaning."""

    ACTION = "typed.take"
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordDialogue(DialoguePayload):
    """What the next message is put in the place of."""

    DIALOGUE = "typed.word"
    text: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An order with what the market says of its coin."""

    found: TradeText
    order: TradeReading
    symbol: Symbol | None
    price: Decimal | None
    account: Account


async def answer_order(ctx: UpdateContext, text: str) -> bool:
    """Answers a text that is an order; False for any other, which is left to others."""
    if not _may_be_order(text) or read_trade(text).side is None:
        return False
    said = command_said(text)
    if said is not None and said.command in OF_A_SYMBOL and await understand(ctx, text) is not None:
        return False  # trail btc long 2%: of a position
    found = read_trade(text, await ctx.services.market_screens.coins())
    if not found.is_order:
        return False
    await ctx.services.dialogues.leave(ctx.user_id)
    if found.is_bare and await ctx.services.market_screens.find(found.symbol_typed) is not None:
        side = "/buy" if found.side is Side.BUY else "/sell"
        await ctx.data.router.run_command(ctx, side, *found.symbol_typed.split())
    else:
        await _answer(ctx, found)
    return True


async def ask_side(ctx: UpdateContext, text: str) -> bool:
    """Answers a text that is an order but for its side (btc 100$ sl 3%); False for any other."""
    if not _may_be_order(text) or not (found := read_trade(text)).lacks_side:
        return False
    await ctx.services.dialogues.leave(ctx.user_id)
    await _answer(ctx, found)
    return True


async def open_typed(ctx: UpdateContext, text: str) -> None:
    """The same of words that are meant as an order whatever they say: those behind /buy and /sell."""
    await _answer(ctx, read_trade(text[:LONGEST_TEXT], await ctx.services.market_screens.coins()))


async def reword_order(ctx: UpdateContext, payload: RewordOrder) -> None:
    """A choice of a question, or [Leave it out]."""
    await ctx.services.dialogues.leave(ctx.user_id)
    await open_typed(ctx, payload.text)


async def ask_word(ctx: UpdateContext, payload: FixWord) -> None:
    """[Fix …] asks for the word."""
    word = WordDialogue(text=payload.text, start=payload.start, end=payload.end)
    await ctx.services.dialogues.begin(ctx.user_id, word)
    await ctx.show(fix_card(ctx.viewer, payload.text[payload.start : payload.end]))


async def take_word(ctx: UpdateContext, payload: WordDialogue) -> None:
    """The typed word, in its place. The price that is asked about, typed once more, is meant; so it is with a yes."""
    await ctx.services.dialogues.end(ctx.user_id)
    asked = payload.text[payload.start : payload.end]
    typed = _YES.sub("", ctx.text.strip(), count=1) or asked
    is_again = typed == asked and typed[:1].isdecimal()
    word = f"{MEANT}{typed.replace(' ', '')}" if is_again else typed
    await open_typed(ctx, with_words(payload.text, payload.start, payload.end, word))


async def take_as_read(ctx: UpdateContext, payload: TakeAsRead) -> None:
    """[Go on]. What has become doubtful meanwhile, by the market, is asked about."""
    await ctx.services.dialogues.leave(ctx.user_id)
    read = await _read(ctx, read_trade(payload.text, await ctx.services.market_screens.coins()))
    if read.order.doubts:
        await _ask(ctx, read, read.order.doubts[0])
    else:
        await _show_consequences(ctx, read)


def _may_be_order(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and not may_carry_secret(text)


async def _answer(ctx: UpdateContext, found: TradeText) -> None:
    read = await _read(ctx, found)
    if read.order.doubts:
        await _ask(ctx, read, read.order.doubts[0])
    elif read.order.unread or found.is_pasted:
        await _show_understood(ctx, read)
    else:
        await _show_consequences(ctx, read)


async def _read(ctx: UpdateContext, found: TradeText) -> _Read:
    """The order at the price of now. A coin that is not traded here is a doubt."""
    symbol: Symbol | None = None
    more: list[Doubt] = []
    if found.coin is not None:
        symbol, doubt = await _symbol_of(ctx, found, found.coin)
        more += [] if doubt is None else [doubt]
    account = trading_account(ctx)
    if found.account is not None:
        account = demand_traded(ctx, ctx.config.resolve(found.account))
    if not more:
        price = None if symbol is None else await ctx.services.market_screens.last_price(symbol)
        order = settled(found, price)
        if symbol is not None and order.side is not None and not (order.doubts or order.limits or found.is_market):
            order = replace(order, limits=await usual_limits(ctx, account, symbol, order.side))
        return _Read(found=found, order=order, symbol=symbol, price=price, account=account)
    doubts = tuple(each for each in found.doubts if each.kind is DoubtKind.SIDE) + tuple(more)
    order = replace(settled(found, None), doubts=doubts)
    return _Read(found=found, order=order, symbol=None, price=None, account=account)


async def _symbol_of(ctx: UpdateContext, found: TradeText, coin: WordToken) -> tuple[Symbol | None, Doubt | None]:
    kind, choices = DoubtKind.UNKNOWN_SYMBOL, tuple[str, ...]()
    try:
        known = await ctx.services.market_screens.resolve(found.symbol_typed)
    except UnknownSymbol as unknown:
        choices = unknown.nearest
    except BadInput:
        pass
    else:
        if known.category is Category.LINEAR and known.symbol.endswith(_QUOTE):
            return known.symbol, None
        kind = DoubtKind.SPOT
    return None, Doubt(kind=kind, start=coin.start, end=found.coin_end, choices=choices)


async def _ask(ctx: UpdateContext, read: _Read, doubt: Doubt) -> None:
    """One question at a time: its choices as buttons, and any other word typed."""
    text = read.order.text
    choices: list[tuple[str, ButtonAction]] = [
        (choice_label(ctx.viewer, each), RewordOrder(text=with_words(text, doubt.start, doubt.end, each)))
        for each in doubt.choices
    ]
    if doubt.start < doubt.end:
        without = RewordOrder(text=with_words(text, doubt.start, doubt.end, ""))
        choices.append((ctx.say.plain("button-typed-leave-out", word=text[doubt.start : doubt.end]), without))
    await ctx.services.dialogues.begin(ctx.user_id, WordDialogue(text=text, start=doubt.start, end=doubt.end))
    buttons = await ctx.buttons(choices) if choices else ()
    await ctx.show(question_card(ctx.viewer, read.order, read.symbol, read.account, doubt, read.price, buttons))


async def _show_understood(ctx: UpdateContext, read: _Read) -> None:
    text = read.order.text
    words: Sequence[WordToken] = read.order.unread[:_MOST_FIXES]
    choices: list[tuple[str, ButtonAction]] = [
        (ctx.say.plain("button-typed-go-on"), TakeAsRead(text=text)),
        *(
            (ctx.say.plain("button-typed-fix", word=each.typed), FixWord(text=text, start=each.start, end=each.end))
            for each in words
        ),
    ]
    buttons = await ctx.buttons(choices)
    await ctx.show(understood_card(ctx.viewer, read.order, read.symbol, read.account, buttons))


async def _show_consequences(ctx: UpdateContext, read: _Read) -> None:
    if read.symbol is None:
        raise BadInput("error-symbol")
    await show_card(ctx, read.order.draft(read.account.account_id, read.symbol))


async def _is_word(ctx: UpdateContext, asked: WordDialogue) -> bool:
    """A short text that is no command and no order of its own; a side alone, where the side is asked about."""
    text = ctx.text.strip()
    read = read_trade(text)
    if not 0 < len(text) <= _LONGEST_ANSWER or len(text.split()) > _MOST_WORDS or read.is_order:
        return False
    is_side = read.side is not None and len(text.split()) == 1
    return (is_side and asked.end == 0) or await is_no_command(ctx)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    action(RewordOrder, reword_order, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    action(FixWord, ask_word, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    action(TakeAsRead, take_as_read, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    dialogue(WordDialogue, take_word, access=EVERYONE, takes=_is_word),
)

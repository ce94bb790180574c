"""/buy, /sell and tickets: an order put together in one message that edits. Toggles never send."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput, ButtonExpired, ExchangeError
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument, MarketBoard, Ticker
from bot.domain.numbers import parse_number
from bot.domain.order_drafts import OrderDraft, OrderSize, SizeKind
from bot.domain.portfolio import Side
from bot.domain.size_words import is_size_word, read_level, read_presets, read_price, read_size
from bot.domain.symbol_names import FoundSymbol
from bot.domain.tickets import PresetKind, Ticket
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.links import OfferOrder, OpenTicket
from handlers.core.phrases import is_no_command
from handlers.core.plain_words import account_type_named
from handlers.core.specs import ANY_AGE, EVERYONE, HandlerSpec, action, command, dialogue, view
from handlers.trading.accounts import demand_traded, managed_account, named_or_trading_account, trading_account
from handlers.trading.actions import EditDraft
from handlers.trading.card import show_card
from handlers.trading.leg_codes import AddToLeg
from handlers.trading.legs import known_instrument
from handlers.trading.ticket_buttons import TicketScreen
from handlers.trading.ticket_changes import (
    AT_MARKET,
    better_price,
    chosen,
    with_entry,
    with_stop,
    with_symbol,
    with_target,
)
from handlers.trading.ticket_codes import AskPresets, AskTicket, ReviewTicket, SetTicket, ShowTicket, TicketPart
from handlers.trading.ticket_views import asking_card, asking_presets_card, ticket_card
from handlers.trading.typed import open_typed
from handlers.trading.usual_entry import usual_limits
from handlers.views.symbols import first_symbols

_MOST_LEVERAGE: Final = 200
_SIDES: Final = {Side.BUY: "buy", Side.SELL: "sell"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDialogue(DialoguePayload):
    """A part of a ticket in words."""

    DIALOGUE = "trade.ticket"
    ticket: int
    part: TicketPart


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetsDialogue(DialoguePayload):
    """What a row of preset buttons shall offer."""

    DIALOGUE = "trade.presets"
    ticket: int
    presets: PresetKind


async def open_buy_ticket(ctx: UpdateContext) -> None:
    """`/buy`, `/buy eth`, `/buy eth 100$ sl 3%`."""
    await _open_typed(ctx, Side.BUY)


async def open_sell_ticket(ctx: UpdateContext) -> None:
    """`/sell`, `/sell eth`, `/sell eth 100$ sl 3%`."""
    await _open_typed(ctx, Side.SELL)


async def open_ticket(ctx: UpdateContext, code: OpenTicket) -> None:
    """[Buy] or [Sell] of a symbol's card. Raises UnknownSymbol for what is not traded."""
    await ctx.services.market_screens.demand_listed(code.symbol, Category.LINEAR)
    await _open(ctx, trading_account(ctx), code.symbol, code.side)


async def add_to_leg(ctx: UpdateContext, code: AddToLeg) -> None:
    """[+ Add] of a position. Raises ButtonExpired, NotAllowed where nothing is traded there."""
    await _open(ctx, managed_account(ctx, code.account_id), code.symbol, code.side)


async def offer_order(ctx: UpdateContext, code: OfferOrder) -> None:
    """[Buy BTC $100]: the consequence card at once, in practice."""
    size = OrderSize(SizeKind.VALUE, Decimal(code.usdt))
    account = trading_account(ctx)
    draft = OrderDraft(account_id=account.account_id, symbol=code.symbol, side=code.side, size=size)
    await show_card(ctx, await _with_usual_entry(ctx, account, draft))


async def edit_draft(ctx: UpdateContext, payload: EditDraft) -> None:
    """[Change] of a consequence card: the same order as a ticket."""
    ticket = await ctx.services.trading.tickets.keep(ctx.user_id, payload.draft)
    await _show(ctx, ticket, TicketPart.MAIN)


async def show_ticket(ctx: UpdateContext, code: ShowTicket) -> None:
    """A ticket at the prices of now, or a part of it."""
    await _show(ctx, await _find(ctx, code.ticket), code.part)


async def set_ticket(ctx: UpdateContext, code: SetTicket) -> None:
    """A choice; back to the whole ticket, where the next one is."""
    ticket = await _find(ctx, code.ticket)
    if code.part is TicketPart.ENTRY:
        draft = await _entry(ctx, ticket.draft, code.value)
    else:
        draft = chosen(ticket.draft, code.part, code.value)
    draft = await _entered_anew(ctx, ticket.draft, draft)
    await _show(ctx, await ctx.services.trading.tickets.change(ticket, draft), TicketPart.MAIN)


async def ask_ticket(ctx: UpdateContext, code: AskTicket) -> None:
    """[Type it]: asks for a part of the ticket in words."""
    ticket = await _find(ctx, code.ticket)
    await ctx.services.dialogues.begin(ctx.user_id, TicketDialogue(ticket=ticket.number, part=code.part))
    await ctx.show(asking_card(ctx.viewer, ticket, code.part))


async def take_ticket(ctx: UpdateContext, payload: TicketDialogue) -> None:
    """What was typed; what can't be read is explained, and the question stays open."""
    ticket = await _find(ctx, payload.ticket)
    draft = await _entered_anew(ctx, ticket.draft, await _typed(ctx, ticket.draft, payload.part))
    await ctx.services.dialogues.end(ctx.user_id)
    await _show(ctx, await ctx.services.trading.tickets.change(ticket, draft), TicketPart.MAIN)


async def ask_presets(ctx: UpdateContext, code: AskPresets) -> None:
    """[⚙]: asks for the sizes that the ticket shall offer."""
    ticket = await _find(ctx, code.ticket)
    presets = await ctx.services.trading.tickets.presets(ctx.user_id)
    await ctx.services.dialogues.begin(ctx.user_id, PresetsDialogue(ticket=ticket.number, presets=code.presets))
    await ctx.show(asking_presets_card(ctx.viewer, ticket, presets, code.presets))


async def take_presets(ctx: UpdateContext, payload: PresetsDialogue) -> None:
    """Another row of buttons, for every ticket from now on."""
    ticket = await _find(ctx, payload.ticket)
    before = await ctx.services.trading.tickets.presets(ctx.user_id)
    presets = read_presets(payload.presets, ctx.text, before)
    await ctx.services.dialogues.end(ctx.user_id)
    await ctx.services.trading.tickets.set_presets(ctx.user_id, presets)
    parts = {PresetKind.STOPS: TicketPart.STOP, PresetKind.TARGETS: TicketPart.TARGET}
    await _show(ctx, ticket, parts.get(payload.presets, TicketPart.MAIN))


async def review_ticket(ctx: UpdateContext, code: ReviewTicket) -> None:
    """[Check the order]: what it would come to. Raises BadInput without a size."""
    ticket = await _find(ctx, code.ticket)
    if ticket.draft.size is None:
        raise BadInput("ticket-no-size")
    await show_card(ctx, ticket.draft)


async def _open_typed(ctx: UpdateContext, side: Side) -> None:
    if not ctx.arguments or (len(ctx.arguments) == 1 and account_type_named(ctx.arguments[0]) is not None):
        first, *_ = first_symbols(ctx.config, Category.LINEAR)
        await _open(ctx, demand_traded(ctx, named_or_trading_account(ctx)), first, side)
        return
    found = await ctx.services.market_screens.find(" ".join(ctx.arguments))
    if found is None:
        await open_typed(ctx, f"{_SIDES[side]} {_words_behind(ctx)}")
    else:
        await _open(ctx, trading_account(ctx), _perpetual(found), side)


def _words_behind(ctx: UpdateContext) -> str:
    """What was typed behind the command, lines and all."""
    typed = ctx.text.split(maxsplit=1)
    return typed[1] if len(typed) > 1 and typed[0].startswith("/") else " ".join(ctx.arguments)


async def _open(ctx: UpdateContext, account: Account, symbol: Symbol, side: Side) -> None:
    limits = await usual_limits(ctx, account, symbol, side)
    ticket = await ctx.services.trading.tickets.open(ctx.user_id, account.account_id, symbol, side, limits)
    await _show(ctx, ticket, TicketPart.MAIN)


async def _entered_anew(ctx: UpdateContext, before: OrderDraft, draft: OrderDraft) -> OrderDraft:
    """Of another coin or side a limit price means nothing: the usual entry comes instead."""
    account = ctx.config.own_account(draft.account_id)
    is_same = (draft.symbol, draft.side) == (before.symbol, before.side)
    return draft if is_same or not before.limits else await _with_usual_entry(ctx, account, draft)


async def _with_usual_entry(ctx: UpdateContext, account: Account, draft: OrderDraft) -> OrderDraft:
    return replace(draft, limits=await usual_limits(ctx, account, draft.symbol, draft.side))


def _perpetual(found: FoundSymbol) -> Symbol:
    """Raises BadInput for spot, which is shown here and not traded yet."""
    if found.category is not Category.LINEAR:
        raise BadInput("error-spot-not-traded", symbol=found.symbol)
    return found.symbol


async def _find(ctx: UpdateContext, number: int) -> Ticket:
    return await ctx.services.trading.tickets.find(ctx.user_id, number)


async def _show(ctx: UpdateContext, ticket: Ticket, part: TicketPart) -> None:
    account = ctx.config.account(ticket.draft.account_id) or trading_account(ctx)
    screen = TicketScreen(
        ticket=ticket,
        account=account,
        presets=await ctx.services.trading.tickets.presets(ctx.user_id),
        last_size=await ctx.services.trading.tickets.last_size(ctx.user_id, account.account_id, ticket.draft.symbol),
        board=await _board(ctx) if part is TicketPart.SYMBOL else None,
    )
    await ctx.present(
        lambda: ctx.services.market_screens.ticker(ticket.draft.symbol),
        lambda viewer, shown: ticket_card(viewer, screen, shown, part),
    )


async def _board(ctx: UpdateContext) -> MarketBoard | None:
    try:
        shown = await ctx.services.market_screens.board(Category.LINEAR)
    except ExchangeError:  # the screen says it: it needs a price from the same place
        return None
    return None if shown.value is None else shown.value.value


async def _entry(ctx: UpdateContext, draft: OrderDraft, value: str) -> OrderDraft:
    """The market, or a limit so many percent better than it is now."""
    if value == AT_MARKET:
        return with_entry(draft, None)
    level = read_level(value)
    if level is None or level.percent is None:
        raise ButtonExpired
    ticker, instrument = await _market(ctx, draft.symbol)
    return with_entry(draft, better_price(draft.side, level.percent, ticker, instrument))


async def _market(ctx: UpdateContext, symbol: Symbol) -> tuple[Ticker, Instrument | None]:
    """Raises ExchangeErrors when no price is known."""
    return await ctx.services.reads.ticker(symbol, Category.LINEAR), await known_instrument(ctx, symbol)


async def _typed(ctx: UpdateContext, draft: OrderDraft, part: TicketPart) -> OrderDraft:
    match part:
        case TicketPart.SIZE:
            return replace(draft, size=read_size(ctx.text))
        case TicketPart.STOP:
            return with_stop(draft, read_level(ctx.text, near=await _last_price(ctx, draft)))
        case TicketPart.TARGET:
            return with_target(draft, read_level(ctx.text, near=await _last_price(ctx, draft)))
        case TicketPart.ENTRY:
            return with_entry(draft, read_price(ctx.text, near=await _last_price(ctx, draft)))
        case TicketPart.LEVERAGE:
            wanted = ctx.text.strip().strip("xXхХ")
            leverage = parse_number(wanted, minimum=Decimal(1), maximum=Decimal(_MOST_LEVERAGE), places=0)
            return replace(draft, leverage=int(leverage))
        case TicketPart.SYMBOL:
            return with_symbol(draft, _perpetual(await ctx.services.market_screens.resolve(ctx.text)))
        case _:
            raise ButtonExpired


async def _last_price(ctx: UpdateContext, draft: OrderDraft) -> Decimal | None:
    """Which of two readings of a price is meant; None while Bybit is silent."""
    try:
        ticker, _ = await _market(ctx, draft.symbol)
    except ExchangeError:
        return None
    return ticker.last_price


async def _is_part(ctx: UpdateContext, asked: TicketDialogue) -> bool:
    """A symbol for the symbol; a number, or a word of a ticket's (max, none), for the rest."""
    if asked.part is TicketPart.SYMBOL:
        return await ctx.services.market_screens.find(ctx.text) is not None
    return is_size_word(ctx.text) or await _are_presets(ctx)


async def _are_presets(ctx: UpdateContext, _: object = None) -> bool:
    return any(letter.isdigit() for letter in ctx.text) and await is_no_command(ctx)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("buy", open_buy_ticket, access=EVERYONE),
    command("sell", open_sell_ticket, access=EVERYONE),
    view(OpenTicket, open_ticket, access=EVERYONE),
    view(AddToLeg, add_to_leg, access=EVERYONE),
    view(OfferOrder, offer_order, access=EVERYONE),
    view(ShowTicket, show_ticket, access=EVERYONE),
    view(SetTicket, set_ticket, access=EVERYONE),
    view(AskTicket, ask_ticket, access=EVERYONE),
    view(AskPresets, ask_presets, access=EVERYONE),
    view(ReviewTicket, review_ticket, access=EVERYONE),
    action(EditDraft, edit_draft, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    dialogue(TicketDialogue, take_ticket, access=EVERYONE, takes=_is_part),
    dialogue(PresetsDialogue, take_presets, access=EVERYONE, takes=_are_presets),
)

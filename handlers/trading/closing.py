"""/close: a position or a part of it, or several at once; asked once, then done at market."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import BadInput, ExchangeError, UserFacing
from bot.domain.ids import Symbol
from bot.domain.legs import LegOutlook
from bot.domain.portfolio import Positions, Side
from bot.domain.trade_plans import OrderIntent
from bot.services.chat.buttons import ButtonAction
from handlers.core.closing_words import BETWEEN, GROUPS, LegGroup, share_of
from handlers.core.context import UpdateContext
from handlers.core.errors import sentence
from handlers.core.links import ShowCloses
from handlers.core.plain_words import account_type_named, plain
from handlers.core.specs import AT_MARKET, EXIT, HandlerSpec, action, command, view
from handlers.texts.catalog import Markup
from handlers.trading.accounts import demand_traded, managed_account, trading_account
from handlers.trading.closing_views import (
    GroupRemains,
    NotClosed,
    ask_close_card,
    ask_close_many_card,
    closes_card,
    closing_card,
    in_group,
    size_text,
)
from handlers.trading.disagreements import ReleaseLeg
from handlers.trading.leg_codes import WHOLE, AskClose, AskCloseMany, LegName, Percent, ShowClosesPage
from handlers.trading.leg_views import part_of
from handlers.trading.legs import (
    SIDE_WORDS,
    ActOutcome,
    known_instrument,
    leg_of,
    no_leg,
    one_leg,
    place_of,
    read_legs,
    show_outcome,
    unreadable_legs,
)
from handlers.views.cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLegs(ButtonAction):
    """[Close 0.031 BTC], [Close 5 positions]: so many percent of each, at market.

    `prices`: of each leg, at which the result was shown; 0: none was to be had.
    """

    ACTION = "trade.close"
    legs: tuple[LegName, ...]
    percent: Percent = WHOLE
    prices: tuple[Decimal, ...] = ()

    @classmethod
    def of(cls, items: Sequence[LegOutlook], percent: int) -> "CloseLegs":
        """Of legs as they are shown."""
        names = tuple(LegName(each.leg.account_id, each.leg.symbol, each.leg.position_idx) for each in items)
        return cls(legs=names, percent=percent, prices=tuple(each.exit_price or Decimal(0) for each in items))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What `/close …` asks for. `symbol` None: no symbol was named."""

    account: Account
    symbol: Symbol | None
    side: Side | None
    group: LegGroup | None
    percent: int


async def close_command(ctx: UpdateContext) -> None:
    """`/close`, `/close btc`, `/close btc half`, `/close losers`: asks first."""
    wish = await _wish_of(ctx)
    demand_traded(ctx, wish.account)
    if wish.symbol is None:
        await _ask_without_symbol(ctx, wish)
        return
    items = await ctx.services.trading.legs.outlooks(ctx.config, wish.account.account_id)
    legs = [
        each
        for each in items
        if each.leg.symbol == wish.symbol and (wish.side is None or each.position.side is wish.side)
    ]
    if not legs:
        raise await no_leg(ctx, wish.account, wish.symbol)
    if len(legs) == 1:
        await _ask_close(ctx, wish.account, legs[0], wish.percent)
    else:  # both legs of hedge mode: which one?
        await show_closes(ctx, ShowCloses(wish.account.account_id))


async def show_closes(ctx: UpdateContext, code: ShowCloses) -> None:
    """An account's positions, each with its close a tap away."""
    await show_closes_page(ctx, ShowClosesPage(code.account_id, 0))


async def show_closes_page(ctx: UpdateContext, code: ShowClosesPage) -> None:
    """A page of the account's positions, each with its close a tap away."""
    account = managed_account(ctx, code.account_id)
    await ctx.present(
        lambda: read_legs(ctx, account), lambda viewer, shown: closes_card(viewer, account, shown, code.page)
    )


async def ask_close(ctx: UpdateContext, code: AskClose) -> None:
    """What the close of a share would bring, with the button that does it."""
    account = managed_account(ctx, code.account_id)
    outlook = await one_leg(ctx, account, code.symbol, code.position_idx)
    await _ask_close(ctx, account, outlook, code.percent)


async def ask_close_many(ctx: UpdateContext, code: AskCloseMany) -> None:
    """The same of a group of positions."""
    account = managed_account(ctx, code.account_id)
    items = await ctx.services.trading.legs.outlooks(ctx.config, account.account_id)
    legs = in_group(items, code.legs)
    small = [each for each in legs if code.percent != WHOLE and await _is_too_small(ctx, each, code.percent)]
    legs = tuple(each for each in legs if each not in small)
    act = None
    if legs:
        wish = CloseLegs.of(legs, code.percent)
        label = ctx.say.plain("button-close-many", count=len(legs), percent=code.percent)
        (act,) = await ctx.buttons([(label, wish)])
    stays = GroupRemains(too_small=[each.leg.symbol for each in small], unreadable=await unreadable_legs(ctx, account))
    await ctx.show(ask_close_many_card(ctx.viewer, account, legs, code, act, stays))


async def _is_too_small(ctx: UpdateContext, outlook: LegOutlook, percent: int) -> bool:
    return part_of(outlook, await known_instrument(ctx, outlook.leg.symbol), percent) is None


async def close_legs(ctx: UpdateContext, act: CloseLegs) -> None:
    """Confirmed: closes side by side; a second tap shows the same closes. One that fails does not hold up the others.

    Raises what stands against the only one.
    """
    account = managed_account(ctx, act.legs[0].account_id)
    prices = act.prices or (Decimal(0),) * len(act.legs)
    intents: list[OrderIntent] = []
    failed: list[NotClosed] = []
    among = None if len(act.legs) == 1 else await ctx.services.trading.legs.standing(ctx.config, account.account_id)
    for name, price in zip(act.legs, prices, strict=True):
        try:
            intents.append(await _close(ctx, account, name, act.percent, price or None, among))
        except (UserFacing, ExchangeError) as trouble:
            if len(act.legs) == 1:
                raise
            failed.append(NotClosed(symbol=name.symbol, why=await _told(ctx, trouble)))
    await show_outcome(ctx, intents, lambda outcome: drawn_closing(ctx, account, outcome, failed))


async def drawn_closing(
    ctx: UpdateContext, account: Account, outcome: ActOutcome, failed: Sequence[NotClosed] = ()
) -> Card:
    """Closes as far as they have come, and those that were not begun."""
    symbols = {each.leg.symbol for each in outcome.intents}
    rules = {each: await known_instrument(ctx, each) for each in symbols}
    blocking = await ctx.services.trading.legs.blocking(account, outcome.intents)
    return closing_card(ctx.viewer, account, outcome, rules, blocking, failed)


async def _told(ctx: UpdateContext, trouble: UserFacing | ExchangeError) -> Markup:
    """Why one of several was not closed, as its own card would say it."""
    return (await sentence(trouble, ctx.data, ctx.user_id))(ctx.viewer).text


async def _close(
    ctx: UpdateContext,
    account: Account,
    name: LegName,
    percent: int,
    shown: Decimal | None,
    among: Positions | ExchangeError | None,
) -> OrderIntent:
    legs, leg = ctx.services.trading.legs, leg_of(account, name.symbol, name.position_idx)
    key, place = f"{ctx.idempotency_key}:{name.symbol}:{name.position_idx}", place_of(ctx)
    if percent == WHOLE:
        return await legs.close(ctx.config, leg, place=place, idempotency_key=key, shown=shown, among=among)
    share = Decimal(percent) / WHOLE
    return await legs.reduce(ctx.config, leg, share, place=place, idempotency_key=key, shown=shown, among=among)


async def _ask_close(ctx: UpdateContext, account: Account, outlook: LegOutlook, percent: int) -> None:
    leg, instrument = outlook.leg, await known_instrument(ctx, outlook.leg.symbol)
    part = part_of(outlook, instrument, percent)
    if part is None:
        percent, part = WHOLE, outlook.position.size  # a part would be less than the exchange closes at once
    size = size_text(ctx.viewer, part, instrument, leg)
    wish = CloseLegs.of((outlook,), percent)
    choices: list[tuple[str, ButtonAction]] = [(ctx.say.plain("button-close-now", size=size), wish)]
    if outlook.plan is not None and account.account_type is not AccountType.PAPER:
        name = LegName(leg.account_id, leg.symbol, leg.position_idx)
        choices.append((ctx.say.plain("button-release"), ReleaseLeg(leg=name, plan=outlook.plan.plan_id)))
    act, *release = await ctx.buttons(choices)
    await ctx.show(ask_close_card(ctx.viewer, account, outlook, instrument, percent, act, tuple(release)))


async def _ask_without_symbol(ctx: UpdateContext, wish: _Wish) -> None:
    account_id = wish.account.account_id
    if wish.group is not None:
        await ask_close_many(ctx, AskCloseMany(account_id, wish.group, wish.percent))
        return
    items = await ctx.services.trading.legs.outlooks(ctx.config, account_id)
    if len(items) == 1:
        await _ask_close(ctx, wish.account, items[0], wish.percent)
    elif wish.percent != WHOLE and items:  # half: of all of them
        await ask_close_many(ctx, AskCloseMany(account_id, LegGroup.ALL, wish.percent))
    else:
        await show_closes(ctx, ShowCloses(account_id))


async def _wish_of(ctx: UpdateContext) -> _Wish:
    """Raises BadInput, UnknownSymbol."""
    account, side, group, percent = trading_account(ctx), None, None, WHOLE
    names: list[str] = []
    for typed in ctx.arguments:
        word = plain(typed)
        account_type = account_type_named(word)
        if account_type is not None:
            account = ctx.config.resolve(account_type)
        elif word in GROUPS and (share_of(word) is None or not names):
            group = _narrower(group, GROUPS[word])
        elif (share := share_of(word)) is not None:
            percent = share
        elif names and word[:1].isdigit():
            raise BadInput("close-how")
        elif word in BETWEEN:
            continue
        elif word in SIDE_WORDS:
            side = SIDE_WORDS[word]
        else:
            names.append(typed)
    symbol = await _symbol_of(ctx, names)
    if symbol is None and side is not None:
        group = _narrower(group, LegGroup.LONGS if side is Side.BUY else LegGroup.SHORTS)
    return _Wish(account=account, symbol=symbol, side=side, group=None if symbol else group, percent=percent)


def _narrower(before: LegGroup | None, named: LegGroup) -> LegGroup:
    """All losers are the losers. Raises BadInput for two groups, of which either may be meant."""
    narrow = {each for each in (before, named) if each not in (None, LegGroup.ALL)}
    if len(narrow) > 1:
        raise BadInput("close-two-groups")
    return next(iter(narrow), named)


async def _symbol_of(ctx: UpdateContext, names: Sequence[str]) -> Symbol | None:
    if not names:
        return None
    return (await ctx.services.market_screens.resolve(" ".join(names))).symbol


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("close", close_command, access=EXIT),
    view(ShowCloses, show_closes, access=EXIT),
    view(ShowClosesPage, show_closes_page, access=EXIT),
    view(AskClose, ask_close, access=EXIT),
    view(AskCloseMany, ask_close_many, access=EXIT),
    action(CloseLegs, close_legs, access=EXIT, repeats=True, good_for_s=AT_MARKET),
)

"""/panic: entries stopped and canceled at once, closes after one confirm; /panic now asks nothing."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from telegram.error import TelegramError

from bot.domain.accounts import Account
from bot.domain.ids import AccountId
from bot.domain.legs import LegProgress, PanicReport, Silence
from bot.domain.market import Category
from bot.domain.portfolio import LegKey
from bot.domain.trade_plans import ClosedTrade
from bot.domain.update_attempt import current_attempt
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.plain_words import plain
from handlers.core.specs import AT_MARKET, EXIT, HandlerSpec, action, command
from handlers.trading.accounts import demand_traded, managed_account, named_or_trading_account
from handlers.trading.actions import ResumeEntries
from handlers.trading.leg_codes import WHOLE, LegName
from handlers.trading.legs import leg_of, outcome_of, place_of
from handlers.trading.panic_views import LISTED, LegResults, panic_card, standing
from handlers.views.cards import Card, CardButton

_logger = logging.getLogger(__name__)
_NOW: Final = frozenset({"now", "сейчас", "немедленно", "зараз", "негайно"})
_STEP: Final = 2.0  # seconds of one look at a panic under way
_BETWEEN_EDITS: Final = 1.0  # seconds: Telegram takes about one message a second in a chat
_LOOKS: Final = 150  # that a card follows it; what comes later is told by messages
_CANCELS_S: Final = 1.0  # that the card waits for the answers to cancels
_AT_ONCE: Final = 0.6  # seconds that the first card waits for the closes
BUTTON_S: Final = 3_600  # seconds that its buttons work


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInPanic(ButtonAction):
    """[Close 5 positions]: every managed leg, and those that were opened elsewhere if they are named here."""

    ACTION = "trade.panic"
    account: AccountId
    also: tuple[LegName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInPanic(ButtonAction):
    """[Cancel these too: 2]: the named orders that were placed elsewhere."""

    ACTION = "trade.panic-cancel"
    account: AccountId
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanicThere(ButtonAction):
    """[Panic · Live]: the same for another account of the presser."""

    ACTION = "trade.panic-there"
    account: AccountId


async def panic_command(ctx: UpdateContext) -> None:
    """`/panic`: stops entries at once, then asks for the closes."""
    if any(plain(each) in _NOW for each in ctx.arguments):
        await panic_now(ctx)
        return
    await _stop_and_ask(ctx, _account_of(ctx))


async def panic_now(ctx: UpdateContext) -> None:
    """`/panic now`: closes what is managed here without asking.

    One that comes late stops entries all the same; its closes, which nobody may want any more, are asked about.
    """
    if (ctx.age_s or 0) > AT_MARKET:
        await _stop_and_ask(ctx, _account_of(ctx))
        return
    await _close(ctx, _account_of(ctx), ())


async def panic_there(ctx: UpdateContext, act: PanicThere) -> None:
    """Of another account, below the card of the first one, which goes on."""
    await _stop_and_ask(ctx, managed_account(ctx, act.account), below=True)


async def close_in_panic(ctx: UpdateContext, act: CloseInPanic) -> None:
    """Confirmed: closes side by side, the largest risk first; the card follows them until flat may be said."""
    await _close(ctx, managed_account(ctx, act.account), act.also)


async def cancel_in_panic(ctx: UpdateContext, act: CancelInPanic) -> None:
    """Those of them that still rest; the card then lists what is left."""
    account, trading = managed_account(ctx, act.account), ctx.services.trading
    cancels = await trading.legs.cancel_foreign(
        ctx.config, account.account_id, act.orders, idempotency_key=ctx.idempotency_key
    )
    await trading.runner.finished(cancels, timeout_s=_CANCELS_S)
    report = await trading.panic.report(account)
    await ctx.show(await _card(ctx, account, report, await _results(ctx, report)))


async def _stop_and_ask(ctx: UpdateContext, account: Account, *, below: bool = False) -> None:
    report = await ctx.services.trading.panic.stop_entries(account, idempotency_key=ctx.idempotency_key)
    card = await _card(ctx, account, report, {})
    message_id = await (ctx.send(card) if below else ctx.show(card))
    if message_id > 0 and not _is_all_said(report, {}):
        work = _follow(ctx, account, message_id, report, version=0)
        ctx.data.live_messages.keep(ctx.target, message_id, work, "a panic that asks")


async def _close(ctx: UpdateContext, account: Account, also: Sequence[LegName]) -> None:
    panic = ctx.services.trading.panic
    legs = tuple(leg_of(account, each.symbol, each.position_idx) for each in also)
    report = await panic.close_all(ctx.config, account, legs, place=place_of(ctx), idempotency_key=ctx.idempotency_key)
    version = 0
    if not report.is_over:
        report, version = await panic.progress(account, version=0, timeout_s=0)
        report, version = await panic.progress(account, version=version, timeout_s=_AT_ONCE)
    results = await _results(ctx, report)
    message_id = await ctx.show(await _card(ctx, account, report, results))
    await _note_told(ctx, report, results)
    if message_id > 0 and not _is_all_said(report, results):
        work = _follow(ctx, account, message_id, report, version)
        ctx.data.live_messages.keep(ctx.target, message_id, work, "a panic")


async def _follow(ctx: UpdateContext, account: Account, message_id: int, report: PanicReport, version: int) -> None:
    current_attempt.set(None)  # from here on it is no update's work
    shown = report, await _results(ctx, report)
    for _ in range(_LOOKS):
        report, version = await ctx.services.trading.panic.progress(account, version=version, timeout_s=_STEP)
        results = await _results(ctx, report)
        if shown == (report, results):
            continue
        shown = report, results
        try:
            if not await delivery.edit(ctx.bot, ctx.target, message_id, await _card(ctx, account, report, results)):
                return
        except TelegramError as refusal:
            _logger.info("a panic's card was not brought up to date: %s", refusal.message)
            continue
        await _note_told(ctx, report, results)
        if _is_all_said(report, results):
            return
        await asyncio.sleep(_BETWEEN_EDITS)


async def _results(ctx: UpdateContext, report: PanicReport) -> LegResults:
    """What the closes brought, of the legs that one order closed."""
    attempts = tuple(each.attempt for each in report.legs if each.attempt is not None)
    closed = (await outcome_of(ctx, attempts)).closed
    whole = {each.leg: each.size for each in report.legs}
    return {leg: each.pnl for each in closed for leg in whole if _closes(each, leg) and each.qty == whole[leg]}


def _closes(closed: ClosedTrade, leg: LegKey) -> bool:
    return (closed.symbol, closed.position_idx) == (leg.symbol, leg.position_idx)


async def _note_told(ctx: UpdateContext, report: PanicReport, results: LegResults) -> None:
    """The outbox does not tell again what the card says of a close; of many legs that is that they are flat."""
    flat = {each.leg for each in report.legs if each.progress is LegProgress.FLAT and len(report.legs) > LISTED}
    legs = [each for each in report.legs if each.leg in results or each.leg in flat]
    said = tuple(each.attempt for each in legs if each.attempt is not None)
    await ctx.services.trading.watch.closes_told(said)


def _is_all_said(report: PanicReport, results: LegResults) -> bool:
    """Whether nothing more comes: it is over, every position was read, and what each close brought is booked."""
    flat = (each for each in report.legs if each.progress is LegProgress.FLAT)
    is_read = report.silence is Silence.NONE and not report.unreadable
    return report.is_over and is_read and all(each.leg in results for each in flat)


async def _card(ctx: UpdateContext, account: Account, report: PanicReport, results: LegResults) -> Card:
    rules = await ctx.services.account_screens.instruments.known(Category.LINEAR)
    return panic_card(ctx.viewer, account, report, results, rules, await _acts(ctx, account, report))


async def _acts(ctx: UpdateContext, account: Account, report: PanicReport) -> tuple[CardButton, ...]:
    """[Close 5 positions], what was opened elsewhere only if that is pressed; other accounts; last [Resume entries]."""
    account_id, choices = account.account_id, list[tuple[str, ButtonAction]]()
    stands = len(standing(report))
    if stands:
        label = ctx.say.plain("button-close-many", count=stands, percent=WHOLE)
        choices.append((label, CloseInPanic(account=account_id)))
    if report.foreign and (stands or report.is_over or not report.legs):
        also = tuple(LegName(account_id, each.symbol, each.position_idx) for each in report.foreign)
        label = ctx.say.plain("button-panic-these-too", count=len(also))
        choices.append((label, CloseInPanic(account=account_id, also=also)))
    if report.foreign_entries:
        orders = tuple(each.order_id for each in report.foreign_entries)
        label = ctx.say.plain("button-panic-cancel-too", count=len(orders))
        choices.append((label, CancelInPanic(account=account_id, orders=orders)))
    for each in ctx.config.accounts:
        if each.account_id != account_id and ctx.viewer.trades(each):
            label = ctx.say.plain("button-panic-there", account=ctx.viewer.account_name(each))
            choices.append((label, PanicThere(account=each.account_id)))
    acts = await ctx.buttons(choices, lifetime_s=BUTTON_S) if choices else ()
    resume = ctx.say.plain("button-resume-entries"), ResumeEntries(account=account_id)
    return *acts, *await ctx.buttons([resume])


def _account_of(ctx: UpdateContext) -> Account:
    """The named account; without a word the one that entries go to. Raises BadInput, NoAccount, NotAllowed.

    One whose orders are not placed from here is refused: "nothing is open" would be said of what was never read.
    """
    words = tuple(each for each in ctx.arguments if plain(each) not in _NOW)
    return demand_traded(ctx, named_or_trading_account(replace(ctx, arguments=words)))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("panic", panic_now, verb="now", access=EXIT),
    command("panic", panic_command, access=EXIT),
    action(PanicThere, panic_there, access=EXIT, repeats=True),
    action(CancelInPanic, cancel_in_panic, access=EXIT, repeats=True),
    action(CloseInPanic, close_in_panic, access=EXIT, repeats=True, good_for_s=AT_MARKET),
)

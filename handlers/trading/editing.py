"""A resting order changed in place: by [Edit], by `/edit btc 62k`, or by the words for it; shown before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.edit_words import read_edit
from bot.domain.errors import BadInput
from bot.domain.ids import DAY_S, AccountId, OrderLinkId
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.order_edits import AgreedEdit, OrderChange, RestingEntry
from bot.domain.orders import AmendRequest
from bot.domain.portfolio import Order
from bot.domain.trade_plans import Breakeven, IntentState, OrderIntent, TradePlan
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.trading.order_edits import is_over
from handlers.core.context import UpdateContext
from handlers.core.links import ShowOrder
from handlers.core.specs import ANY_AGE, AT_MARKET, EVERYONE, EXIT, HandlerSpec, action, command, dialogue, view
from handlers.trading.accounts import managed_account
from handlers.trading.cancel_views import may_be_canceled
from handlers.trading.card import show_card
from handlers.trading.edit_views import (
    ask_edit_card,
    choose_order_card,
    edit_card,
    edited_card,
    other_order_card,
    resting_card,
    waiting_cancel_card,
)
from handlers.trading.legs import ActOutcome, known_instrument, named_symbol, show_outcome
from handlers.trading.level_views import near_tick
from handlers.trading.orders import CancelOrder
from handlers.views.cards import Card, CardButton, Row
from handlers.views.symbols import base_of

_STEPS: Final = tuple(map(Decimal, ("-1", "-0.5", "0.5", "1")))  # % of the order's price
_LONGEST: Final = 9  # words
_HUNDRED: Final = Decimal(100)
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEdit(ButtonAction):
    """[Edit] of an order: what shall be another."""

    ACTION = "trade.ask-edit"
    account: AccountId
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEdit(ButtonAction):
    """[−0.5% · 61,690]: what the order would be at another price or size."""

    ACTION = "trade.show-edit"
    account: AccountId
    order_id: str
    price: Decimal | None = None
    qty: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyEdit(ButtonAction):
    """[Change the order]: the numbers of the card, before and after. `stop` and `target` 0: none.

    `stop_before`, `target_before` None: a button of before they were kept.
    """

    ACTION = "trade.apply-edit"
    account: AccountId
    order_id: str
    price_before: Decimal
    qty_before: Decimal
    price: Decimal
    qty: Decimal
    stop: Decimal
    target: Decimal
    crossing: bool = False
    stop_before: Decimal | None = None
    target_before: Decimal | None = None

    @classmethod
    def of(cls, agreed: AgreedEdit) -> "ApplyEdit":
        """The button of the card that shows these numbers."""
        stop_before, target_before = agreed.levels_before or (None, None)
        return cls(
            account=agreed.account_id,
            order_id=agreed.order_id,
            price_before=agreed.price_before,
            qty_before=agreed.qty_before,
            price=agreed.price,
            qty=agreed.qty,
            stop=agreed.stop,
            target=agreed.target,
            crossing=agreed.is_crossing,
            stop_before=stop_before,
            target_before=target_before,
        )

    @property
    def agreed(self) -> AgreedEdit:
        before = None
        if self.stop_before is not None and self.target_before is not None:
            before = (self.stop_before, self.target_before)
        return AgreedEdit(
            account_id=self.account,
            order_id=self.order_id,
            price_before=self.price_before,
            qty_before=self.qty_before,
            price=self.price,
            qty=self.qty,
            stop=self.stop,
            target=self.target,
            is_crossing=self.crossing,
            levels_before=before,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceOrder(ButtonAction):
    """[Cancel it, then place it anew] of an order that the exchange did not change: so much at that price in all."""

    ACTION = "trade.replace"
    account: AccountId
    order_id: str
    link_id: str
    price: Decimal
    qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDialogue(DialoguePayload):
    """What shall be another of an order: a price, a size, a stop, a target."""

    DIALOGUE = "trade.edit"
    account: AccountId
    order_id: str


async def edit_command(ctx: UpdateContext) -> None:
    """`/edit btc 62k`, `/edit btc 62k sl 60k`; without numbers the order's card, of several a choice."""
    account, symbol, rest = await named_symbol(ctx, ctx.arguments, unnamed="edit-which-symbol")
    orders = await ctx.services.trading.edits.entries(ctx.config, account.account_id, symbol)
    if not orders:
        raise BadInput("edit-none", symbol=base_of(symbol))
    if len(orders) > 1:
        await ctx.show(choose_order_card(ctx.viewer, account, orders, await known_instrument(ctx, symbol)))
    elif rest:
        await _show_change(ctx, account, orders[0].order_id, " ".join(rest))
    else:
        await show_order(ctx, ShowOrder(account.account_id, orders[0].order_id))


async def show_order(ctx: UpdateContext, code: ShowOrder) -> None:
    """An order's own card, as it stands now."""
    account = managed_account(ctx, code.account_id)
    try:
        entry = await ctx.services.trading.edits.entry(ctx.config, account.account_id, code.order_id)
    except BadInput as why:
        await _show_other(ctx, account, code.order_id, why)
        return
    edit = AskEdit(account=account.account_id, order_id=code.order_id)
    made, *cancel = await ctx.buttons([(ctx.say.plain("button-edit"), edit), _cancel(ctx, account, entry.order)])
    await ctx.show(resting_card(ctx.viewer, account, entry, made, tuple(cancel)))


async def ask_edit(ctx: UpdateContext, act: AskEdit) -> None:
    """[Edit]: presets, and typed numbers are taken, too."""
    account = managed_account(ctx, act.account)
    entry = await ctx.services.trading.edits.entry(ctx.config, account.account_id, act.order_id)
    await ctx.services.dialogues.begin(ctx.user_id, EditDialogue(account=act.account, order_id=act.order_id))
    await ctx.show(ask_edit_card(ctx.viewer, account, entry, await _presets(ctx, act, entry)))


async def take_typed_edit(ctx: UpdateContext, asked: EditDialogue) -> None:
    """The next message; one that does not fit is explained and may be sent again."""
    account = managed_account(ctx, asked.account)
    await _show_change(ctx, account, asked.order_id, ctx.text)
    await ctx.services.dialogues.end(ctx.user_id)


async def show_edit(ctx: UpdateContext, act: ShowEdit) -> None:
    """A preset: what it would come to."""
    account = managed_account(ctx, act.account)
    await _show_edit(ctx, account, act.order_id, OrderChange(price=act.price, qty=act.qty))


async def apply_edit(ctx: UpdateContext, act: ApplyEdit) -> None:
    """Confirmed: amended once; a second tap shows the same change."""
    account = managed_account(ctx, act.account)
    edits = ctx.services.trading.edits
    intent = await edits.apply(ctx.config, act.agreed, idempotency_key=ctx.idempotency_key)
    instrument = await known_instrument(ctx, intent.leg.symbol)

    async def draw(outcome: ActOutcome) -> Card:
        (now,) = outcome.intents
        anew = await _anew(ctx, act, now) if now.state is IntentState.REFUSED else ()
        return edited_card(ctx.viewer, account, act.agreed, instrument, now, anew)

    await show_outcome(ctx, (intent,), draw)


async def replace_order(ctx: UpdateContext, act: ReplaceOrder) -> None:
    """The old order canceled; once that is certain, the card of what would be placed in its stead."""
    account = managed_account(ctx, act.account)
    link_id = OrderLinkId(act.link_id)
    entry = await ctx.services.trading.edits.take_back(ctx.config, act.account, link_id)
    if not is_over(entry):
        (again,) = await ctx.buttons([(ctx.say.plain("button-edit-look-again"), act)])
        await ctx.show(waiting_cancel_card(ctx.viewer, account, act.order_id, again))
        return
    left = act.qty - max(entry.cum_exec_qty, entry.fills_qty)
    trade = None if entry.plan_id is None else await ctx.services.trading.watch.trade(entry.plan_id)
    if left <= 0 or trade is None:
        raise BadInput("again-filled")
    await show_card(ctx, _draft(trade.plan, act, left))


def _draft(plan: TradePlan, act: ReplaceOrder, left: Decimal) -> OrderDraft:
    """What is left of it at the new price, with everything that was promised for it."""
    return OrderDraft(
        account_id=plan.account_id,
        symbol=plan.symbol,
        side=plan.side,
        size=OrderSize(SizeKind.QTY, left),
        limits=(act.price,),
        stop=None if plan.stop is None else PriceLevel(price=plan.stop),
        no_stop=plan.stop is None,
        targets=tuple(PriceLevel(price=each.price) for each in plan.targets),
        no_target=not plan.targets,
        shares=tuple(each.share * _HUNDRED for each in plan.targets),
        breakeven=plan.breakeven is Breakeven.AFTER_FIRST_TARGET,
        trailing=None if plan.trailing is None else plan.trailing / act.price * _HUNDRED,
    )


async def _show_other(ctx: UpdateContext, account: Account, order_id: str, why: BadInput) -> None:
    """An order that is not edited here. Raises `why` where it does not wait any more."""
    orders = await ctx.services.reads.orders(account)
    order = next((each for each in orders.items if each.order_id == order_id), None)
    if order is None:
        raise BadInput("edit-gone") from why
    cancel: tuple[CardButton, ...] = ()
    if may_be_canceled(order):
        cancel = await ctx.buttons([_cancel(ctx, account, order)])
    instrument = await known_instrument(ctx, order.symbol)
    told = ctx.say(why.key, **{name: str(value) for name, value in why.values.items()})
    await ctx.show(other_order_card(ctx.viewer, account, order, instrument, told, cancel))


def _cancel(ctx: UpdateContext, account: Account, order: Order) -> tuple[str, ButtonAction]:
    act = CancelOrder(account=account.account_id, symbol=order.symbol, order_id=order.order_id)
    return ctx.say.plain("button-order-cancel"), act


async def _presets(ctx: UpdateContext, act: AskEdit, entry: RestingEntry) -> Sequence[CardButton]:
    """The price a step away, half the size and twice."""
    figures = ctx.viewer.figures
    choices: list[tuple[str, ButtonAction]] = []
    for percent in _STEPS:
        price = near_tick(entry.price * (1 + percent / _HUNDRED), entry.instrument)
        label = f"{figures.percent(percent / _HUNDRED, step=_TENTH)} · {figures.price(price, entry.instrument)}"
        choices.append((label, ShowEdit(account=act.account, order_id=act.order_id, price=price)))
    for label, qty in (("½", entry.order.qty / 2), ("×2", entry.order.qty * 2)):
        named = f"{label} · {figures.size(qty, entry.instrument, base_of(entry.order.symbol))}"
        choices.append((named, ShowEdit(account=act.account, order_id=act.order_id, qty=qty)))
    return await ctx.buttons(choices, lifetime_s=DAY_S)


async def _show_change(ctx: UpdateContext, account: Account, order_id: str, text: str) -> None:
    entry = await ctx.services.trading.edits.entry(ctx.config, account.account_id, order_id)
    order = entry.order
    change = read_edit(text, near=entry.price, side=order.side, coin=base_of(order.symbol))
    await _show_edit(ctx, account, order_id, change)


async def _show_edit(ctx: UpdateContext, account: Account, order_id: str, change: OrderChange) -> None:
    edit = await ctx.services.trading.edits.outlook(ctx.config, account.account_id, order_id, change)
    choices: list[tuple[str, ButtonAction]] = [
        (ctx.say.plain("button-edit-apply"), ApplyEdit.of(edit.agreed(account.account_id))),
        (ctx.say.plain("button-edit-other"), AskEdit(account=account.account_id, order_id=order_id)),
    ]
    act, other = await ctx.buttons(choices)
    await ctx.show(edit_card(ctx.viewer, account, edit, act, other))


async def _anew(ctx: UpdateContext, act: ApplyEdit, amend: OrderIntent) -> Row:
    """[Cancel it, then place it anew]."""
    if not isinstance(amend.request, AmendRequest):
        return ()
    anew = ReplaceOrder(
        account=act.account,
        order_id=act.order_id,
        link_id=amend.request.target_link_id,
        price=act.price,
        qty=act.qty,
    )
    return await ctx.buttons([(ctx.say.plain("button-edit-anew"), anew)])


async def _is_edit(ctx: UpdateContext, _: EditDialogue) -> bool:
    """Short words with a number among them, or with a word for none."""
    words = ctx.text.split()
    return 0 < len(words) <= _LONGEST and any(letter.isdigit() for letter in ctx.text)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("edit", edit_command, access=EVERYONE, listed=False),
    view(ShowOrder, show_order, access=EXIT),
    action(AskEdit, ask_edit, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    action(ShowEdit, show_edit, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    action(ApplyEdit, apply_edit, access=EVERYONE, repeats=True, good_for_s=AT_MARKET),
    action(ReplaceOrder, replace_order, access=EVERYONE, repeats=True, good_for_s=AT_MARKET),
    dialogue(EditDialogue, take_typed_edit, access=EVERYONE, takes=_is_edit),
)

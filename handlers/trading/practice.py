"""/practice: what it is, and beginning again with the mode, the margin and the leverage of one's choice."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import PAPER_START_BALANCE, AccountType
from bot.domain.ids import AccountId
from bot.domain.orders import MarginMode, PositionMode
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.links import ShowBalance
from handlers.core.specs import EVERYONE, HandlerSpec, action, command, view
from handlers.texts.catalog import join
from handlers.trading.limit_codes import ChoosePractice
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.frame import command_button, menu_row, screen_button
from handlers.views.render_context import RenderContext

_LEVERAGES: Final = (1, 3, 5, 10, 20)
_DEFAULT: Final = (PositionMode.ONE_WAY, MarginMode.ISOLATED, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPractice(ButtonAction):
    """[Begin again with 10,000 USDT]."""

    ACTION = "practice.reset"
    account: AccountId
    mode: PositionMode
    margin: MarginMode
    leverage: int


async def practice_command(ctx: UpdateContext) -> None:
    """`/practice`, `/practice reset`: asks how to begin again; nothing is reset without the button."""
    account = ctx.config.resolve(AccountType.PAPER)
    await choose_practice(ctx, ChoosePractice(account.account_id, *_DEFAULT))


async def choose_practice(ctx: UpdateContext, code: ChoosePractice) -> None:
    """A toggle: the card edits, nothing is reset."""
    account = ctx.config.own_account(code.account_id)
    wish = ResetPractice(account=account.account_id, mode=code.mode, margin=code.margin, leverage=code.leverage)
    money = ctx.viewer.figures.round_money(PAPER_START_BALANCE, "USDT")
    (act,) = await ctx.buttons([(ctx.say.plain("button-practice-reset", money=money), wish)])
    await ctx.show(practice_card(ctx.viewer, code, act))


async def reset_practice(ctx: UpdateContext, act: ResetPractice) -> None:
    """Confirmed: positions and orders of practice are gone, statistics are kept a run."""
    account = ctx.config.own_account(act.account)
    run = await ctx.services.trading.practice.reset(
        ctx.config, account, mode=act.mode, margin=act.margin, leverage=act.leverage
    )
    money = ctx.viewer.figures.round_money(PAPER_START_BALANCE, "USDT")
    text = ctx.say("practice-done", money=money, run=run, settings=settings_text(ctx.viewer, act))
    rows: tuple[Row, ...] = (
        (*command_button(ctx.viewer, "side-buy", "buy"), *command_button(ctx.viewer, "side-sell", "sell")),
        (*screen_button(ctx.viewer, "button-balance", ShowBalance(act.account)), *menu_row(ctx.viewer)),
    )
    await ctx.show(Card(text=text, rows=rows))


def practice_card(viewer: RenderContext, code: ChoosePractice, act: CardButton) -> Card:
    """What a reset takes away and what it keeps; the choices, the chosen ones marked."""
    say = viewer.say
    key = code.account_id

    def choice(label: str, way: ChoosePractice) -> CardButton:
        return button(say.plain("tab-current", name=label) if way == code else label, viewer.data(way))

    modes = tuple(
        choice(say.plain("practice-mode", mode=each.value), ChoosePractice(key, each, code.margin, code.leverage))
        for each in PositionMode
    )
    margins = tuple(
        choice(say.plain("practice-margin", margin=each.value), ChoosePractice(key, code.mode, each, code.leverage))
        for each in MarginMode
    )
    leverages = tuple(choice(f"{each}x", ChoosePractice(key, code.mode, code.margin, each)) for each in _LEVERAGES)
    lines = [say("practice-title"), say("practice-about"), say("practice-choice", mode=code.mode.value)]
    return Card(text=join(lines), rows=(modes, margins, leverages, (act,), menu_row(viewer)))


def settings_text(viewer: RenderContext, act: ResetPractice) -> str:
    """One-way · isolated · 3x."""
    say = viewer.say
    mode, margin = (
        say.plain("practice-mode", mode=act.mode.value),
        say.plain("practice-margin", margin=act.margin.value),
    )
    return f"{mode} · {margin} · {act.leverage}x"


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("practice", practice_command, access=EVERYONE),
    view(ChoosePractice, choose_practice, access=EVERYONE),
    action(ResetPractice, reset_practice, access=EVERYONE),
)

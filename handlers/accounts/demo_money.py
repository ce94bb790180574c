"""[Refill demo]: more play money in Bybit Demo."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import AccountId
from bot.services.accounts.demo_money import REFILL_AMOUNTS
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.links import AskRefill, ShowBalance
from handlers.core.specs import EVERYONE, HandlerSpec, action, view
from handlers.texts.catalog import Markup
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext

_IN_A_ROW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillDemo(ButtonAction):
    """[10,000 USDT]: asked of Bybit once."""

    ACTION = "demo.refill"
    account: AccountId
    amount: Decimal


async def ask_refill(ctx: UpdateContext, code: AskRefill) -> None:
    """How much more it shall be."""
    account = ctx.config.own_account(code.account_id)
    choices = [
        (ctx.viewer.figures.round_money(each, "USDT"), RefillDemo(account=account.account_id, amount=each))
        for each in REFILL_AMOUNTS
    ]
    amounts = in_rows(await ctx.buttons(choices), _IN_A_ROW)
    await ctx.show(_card(ctx.viewer, account, ctx.say("refill-ask"), *amounts))


async def refill_demo(ctx: UpdateContext, act: RefillDemo) -> None:
    """Bybit gives it once a minute; what it refuses is said."""
    account = await ctx.services.demo_money.refill(ctx.config, act.account, act.amount)
    money = ctx.viewer.figures.round_money(act.amount, "USDT")
    await ctx.show(_card(ctx.viewer, account, ctx.say("refill-done", money=money)))


def _card(viewer: RenderContext, account: Account, text: Markup, *rows: Row) -> Card:
    balance = button(viewer.say.plain("button-balance"), viewer.data(ShowBalance(account.account_id)))
    return Card(text=text, rows=(*rows, (balance, *menu_row(viewer))))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    view(AskRefill, ask_refill, access=EVERYONE),
    action(RefillDemo, refill_demo, access=EVERYONE),
)

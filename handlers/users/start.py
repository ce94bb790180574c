"""/start: asks nothing, stands at once, and may be sent a hundred times."""

import asyncio
from typing import Final

from bot.domain.accounts import PAPER_START_BALANCE, AccountType
from bot.domain.users import Role
from handlers.core.context import Turn, known_or_trouble
from handlers.core.identify import OWNER_PAYLOAD, PROMO_PAYLOAD
from handlers.core.menus import publish_role_menu
from handlers.core.specs import EVERYONE, Entry, command
from handlers.market.views import FAVORITES
from handlers.payments.views import START_PARAMETER
from handlers.promo.redeem import show_code
from handlers.texts.catalog import Markup
from handlers.users.home_views import practice_money, welcome_card
from handlers.users.privacy_views import kept_card


async def start(turn: Turn) -> None:
    """`/start`, `/start PAYLOAD`. The guard has met the person and kept the payload. Who begins again stays."""
    if not turn.is_new and await turn.services.privacy.keep(turn.user_id):
        await turn.send(kept_card(turn.viewer))
    payload = turn.arguments[0] if turn.arguments else ""
    if payload.startswith(OWNER_PAYLOAD):
        await _claim(turn, payload.removeprefix(OWNER_PAYLOAD))
    elif payload.startswith(PROMO_PAYLOAD):
        await show_code(turn, payload.removeprefix(PROMO_PAYLOAD))
    elif payload == START_PARAMETER:  # from a forwarded invoice
        await turn.data.router.run_command(turn, "subscribe")
    else:
        await home(turn)


async def home(turn: Turn, *first_lines: Markup) -> None:
    """The first message: practice money, the price of Bitcoin, what to do next."""
    screens = turn.services.screens
    practice = turn.config.account_of_type(AccountType.PAPER) or turn.config.default_account
    balance, price = await asyncio.gather(
        known_or_trouble(lambda: screens.balance(practice)), known_or_trouble(lambda: screens.price(FAVORITES[0]))
    )
    money = PAPER_START_BALANCE if turn.is_new else practice_money(balance)
    await turn.present_known(
        price,
        lambda viewer, shown: welcome_card(viewer, money, shown, is_new=turn.is_new, first_lines=first_lines),
    )


async def _claim(turn: Turn, token: str) -> None:
    if await turn.services.people.claim_owner(turn.user_id, token):
        await publish_role_menu(turn.bot, turn.data.texts, turn.data.router, turn.user_id, Role.OWNER)
        await home(turn, turn.say("owner-claimed"))
    else:
        await home(turn, turn.say("owner-link-used"))


ENTRIES: Final[tuple[Entry, ...]] = (command("start", start, access=EVERYONE, description="command-start"),)

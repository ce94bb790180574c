"""/users: everybody by filter and page, search, and one user's card. Support may look, admins may act from it."""

from typing import Final

from bot.domain.admin import UserFilter
from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput
from bot.services.chat.buttons import Wish
from handlers.admin.user_views import USERS_A_PAGE, ask_find_card, found_card, user_card, users_card
from handlers.core.callbacks import FindUser, ShowUser, ShowUsers
from handlers.core.context import Turn
from handlers.core.specs import ADMIN, SUPPORT, Entry, command, continues, shows
from handlers.promo import create

ASKS_WHOM: Final = "users.find"
_STATE: Final = "asked"
_MOST_FOUND: Final = 12
_LONGEST: Final = 64


async def typed(turn: Turn) -> None:
    """`/users`, `/users anna`, `/users @anna`, `/users 1002`."""
    if turn.arguments:
        await _find(turn, " ".join(turn.arguments))
    else:
        await _show(turn, UserFilter.ALL, 0)


async def tapped(turn: Turn, code: ShowUsers) -> None:
    """A filter, a page."""
    await _show(turn, code.shown, code.page)


async def ask(turn: Turn, _: FindUser) -> None:
    """[Find]."""
    await turn.services.dialogues.begin(turn.user_id, ASKS_WHOM, _STATE, {})
    await turn.show(ask_find_card(turn.viewer))


async def take(turn: Turn, _: Dialogue) -> None:
    """What to look for."""
    await _find(turn, turn.text)
    await turn.services.dialogues.end(turn.user_id)


async def card(turn: Turn, code: ShowUser) -> None:
    """One user."""
    subject = await turn.services.desk.subject(code.user_id)
    role = turn.services.access.role(turn.config)
    redeem = None
    if ADMIN.admits(role):
        wish = Wish(action=create.ASK_FOR, values={"user": str(code.user_id)})
        (redeem,) = await turn.buttons([(turn.say.plain("button-user-redeem"), wish)])
    await turn.show(user_card(turn.viewer, role, subject, redeem))


async def _show(turn: Turn, shown: UserFilter, page: int) -> None:
    lines = await turn.services.desk.queries.users(
        shown, turn.services.clock.now(), offset=page * USERS_A_PAGE, limit=USERS_A_PAGE + 1
    )
    has_more = len(lines) > USERS_A_PAGE
    await turn.show(users_card(turn.viewer, lines[:USERS_A_PAGE], shown, page, has_more=has_more))


async def _find(turn: Turn, wanted: str) -> None:
    wanted = wanted.strip()
    if not wanted or len(wanted) > _LONGEST:
        raise BadInput("users-find-usage")
    lines = await turn.services.desk.queries.find_users(wanted, turn.services.clock.now(), limit=_MOST_FOUND)
    if len(lines) == 1:
        await card(turn, ShowUser(lines[0].user_id))
    else:
        await turn.show(found_card(turn.viewer, wanted, lines))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("users", typed, access=SUPPORT, description="command-users"),
    shows(ShowUsers, tapped, access=SUPPORT),
    shows(FindUser, ask, access=SUPPORT),
    shows(ShowUser, card, access=SUPPORT),
    continues(ASKS_WHOM, take, access=SUPPORT),
)

"""/promo: making codes in three taps or one line, redeeming one for a user, and the list."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.promo import SealedCode
from bot.domain.promo_codes import Terms, Wanted, parse_new, usual_end
from bot.services.chat.buttons import Wish
from bot.services.promo.redemption import Refusal
from handlers.core.callbacks import PromoDays, PromoList, PromoPreview, PromoUses
from handlers.core.context import Turn
from handlers.core.specs import ADMIN, Entry, command, continues, does, shows
from handlers.promo import redeem
from handlers.promo.campaign import send_codes, show_campaign
from handlers.promo.views import (
    created_card,
    days_card,
    link_of,
    list_card,
    making_card,
    preview_card,
    promo_card,
    sure_card,
    uses_card,
)
from handlers.views.frame import notice

CREATE: Final = "promo.create"
ASK_FOR: Final = "promo.ask-for"  # on a user's card: values {"user": id}
ASKS_CODE_FOR: Final = "promo.code-for"
_STATE: Final = "asked"
_OPEN: Final = "open"
_WORDS_TO_REDEEM: Final = 3
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")  # Telegram's ids have at most 52 bits


async def promo(turn: Turn) -> None:
    """`/promo`, and `/promo 12`."""
    if turn.arguments:
        await show_campaign(turn, turn.arguments[0])
    else:
        await turn.show(promo_card(turn.viewer))


async def show_list(turn: Turn) -> None:
    """`/promo list`."""
    await list_page(turn, PromoList(_OPEN))


async def list_page(turn: Turn, code: PromoList) -> None:
    campaigns, has_more = await turn.services.promo.campaigns(running=code.which == _OPEN, page=code.page)
    await turn.show(list_card(turn.viewer, campaigns, code.which, code.page, has_more=has_more))


async def ask_days(turn: Turn, code: PromoDays) -> None:
    """The first tap."""
    await turn.show(days_card(turn.viewer, code.license_type))


async def ask_uses(turn: Turn, code: PromoUses) -> None:
    """The second tap."""
    await turn.show(uses_card(turn.viewer, code.license_type, code.days))


async def preview_tapped(turn: Turn, code: PromoPreview) -> None:
    """The third tap; it ends in 90 days unless another date is typed."""
    now = turn.services.clock.now()
    terms = Terms(license_type=code.license_type, days=code.days, max_uses=code.uses, ends=usual_end(now))
    await _preview(turn, Wanted(terms=terms))


async def preview_typed(turn: Turn) -> None:
    """`/promo new premium 30d max=100 until=2026-12-31 code=SPRING26 note=… count=500`."""
    wanted = parse_new(" ".join(turn.arguments[1:]), turn.services.clock.now())
    await _preview(turn, wanted)


async def create(turn: Turn, wish: Wish) -> None:
    """[Create]; what is a lot is asked about once more."""
    draft = _Draft.of(wish.values)
    if draft.terms.asks_twice and "sure" not in wish.values:
        again = Wish(action=CREATE, values={**wish.values, "sure": "1"})
        (sure,) = await turn.buttons([(turn.say.plain("button-promo-sure"), again)])
        await turn.show(sure_card(turn.viewer, draft.terms, sure))
        return
    made = await turn.services.promo.create(turn.user_id, draft.terms, draft.own, _progress(turn, draft.terms))
    is_single = draft.terms.count == 1
    link = link_of(turn.bot.username, made.codes[0]) if is_single else None
    await turn.show(created_card(turn.viewer, made, link))
    if not is_single:
        await send_codes(turn, made.campaign, made.codes)


async def redeem_for(turn: Turn) -> None:
    """`/promo redeem CODE 12345`: the same card, caps and transaction, for another one."""
    if len(turn.arguments) < _WORDS_TO_REDEEM:
        raise BadInput("redeem-for-usage")
    *code, user = turn.arguments[1:]
    if not _USER_ID.fullmatch(user):
        raise BadInput("redeem-for-usage")
    holder = UserId(int(user))
    await redeem.show(turn, await turn.services.redemptions.look(turn.user_id, " ".join(code), holder))


async def ask_code_for(turn: Turn, wish: Wish) -> None:
    """[Promo code] of a user's card."""
    await turn.services.dialogues.begin(turn.user_id, ASKS_CODE_FOR, _STATE, wish.values)
    await turn.show(notice(turn.say("redeem-for-ask", user=wish.values.get("user", ""))))


async def take_code_for(turn: Turn, dialogue: Dialogue) -> None:
    holder = UserId(int(dialogue.values["user"]))
    look = await turn.services.redemptions.look(turn.user_id, turn.text, holder)
    if not isinstance(look, Refusal):
        await turn.services.dialogues.end(turn.user_id)
    await redeem.show(turn, look)


def _progress(turn: Turn, terms: Terms) -> Callable[[int], Awaitable[None]]:
    async def show(done: int) -> None:
        if terms.count > 1:
            await turn.show(making_card(turn.viewer, terms.count, done))

    return show


async def _preview(turn: Turn, wanted: Wanted) -> None:
    own = None if wanted.code is None else turn.services.promo.seal(wanted.code)
    wish = Wish(action=CREATE, values=_Draft(terms=wanted.terms, own=own).values())
    (button,) = await turn.buttons([(turn.say.plain("button-promo-create"), wish)])
    await turn.show(preview_card(turn.viewer, wanted.terms, wanted.code, _line(wanted), button))


def _line(wanted: Wanted) -> str:
    """What would be typed for the same."""
    terms = wanted.terms
    words = ["/promo new", terms.license_type.value, f"{terms.days}d", f"max={terms.max_uses}"]
    if terms.starts is not None:
        words.append(f"from={_date(terms.starts)}")
    if terms.ends is not None:
        words.append(f"until={_date(Millis(terms.ends - DAY))}")
    if wanted.code is not None:
        words.append(f"code={wanted.code}")
    if terms.count > 1:
        words.append(f"count={terms.count}")
    if terms.note:
        words.append(f"note={terms.note}")
    return " ".join(words)


def _date(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What [Create] stands for, as a button's values: an own code lies there sealed."""

    terms: Terms
    own: SealedCode | None

    def values(self) -> dict[str, str]:
        terms = self.terms
        found = {
            "type": terms.license_type.value,
            "days": str(terms.days),
            "uses": str(terms.max_uses),
            "count": str(terms.count),
            "note": terms.note,
        }
        if terms.starts is not None:
            found["starts"] = str(terms.starts)
        if terms.ends is not None:
            found["ends"] = str(terms.ends)
        if self.own is not None:
            found |= {"lookup": self.own.lookup.hex(), "envelope": self.own.envelope.hex()}
        return found

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "_Draft":
        terms = Terms(
            license_type=LicenseType(values["type"]),
            days=int(values["days"]),
            max_uses=int(values["uses"]),
            count=int(values["count"]),
            starts=_optional(values.get("starts")),
            ends=_optional(values.get("ends")),
            note=values["note"],
        )
        if "lookup" not in values:
            return cls(terms=terms, own=None)
        own = SealedCode(lookup=bytes.fromhex(values["lookup"]), envelope=bytes.fromhex(values["envelope"]))
        return cls(terms=terms, own=own)


def _optional(text: str | None) -> Millis | None:
    return None if text is None else Millis(int(text))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("promo", preview_typed, verb="new", access=ADMIN),
    command("promo", redeem_for, verb="redeem", access=ADMIN),
    command("promo", show_list, verb="list", access=ADMIN),
    command("promo", promo, access=ADMIN, description="command-promo"),
    shows(PromoDays, ask_days, access=ADMIN),
    shows(PromoUses, ask_uses, access=ADMIN),
    shows(PromoPreview, preview_tapped, access=ADMIN),
    shows(PromoList, list_page, access=ADMIN),
    does(CREATE, create, access=ADMIN),
    does(ASK_FOR, ask_code_for, access=ADMIN),
    continues(ASKS_CODE_FOR, take_code_for, access=ADMIN),
)

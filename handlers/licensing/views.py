"""What somebody holds and has banked, what each type opens, and the ways to more."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.licensing import PLANS, TRIAL_DAYS, Feature, License, Limit, most, opens
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton, Row
from handlers.views.frame import command_button, menu_row
from handlers.views.licenses import changes, holding
from handlers.views.render_context import RenderContext
from handlers.views.tables import columns, table

WAYS: Final[Mapping[str, str]] = MappingProxyType(  # commands that lead to license time, and their buttons
    {"redeem": "button-license-redeem", "subscribe": "button-license-subscribe"}
)
_BETWEEN: Final = " · "


def license_card(
    viewer: RenderContext,
    held: License,
    *,
    trial: CardButton | None = None,
    ways: Sequence[str] = (),
    lead: Markup | None = None,
) -> Card:
    """The whole screen. `trial` starts it where it is open; `ways` are those of `WAYS` that there are."""
    say = viewer.say
    parts = [say("license-title"), *holding(viewer, held), *changes(viewer, held)]
    if trial is not None:
        parts.append(say("license-trial-offer", days=TRIAL_DAYS))
    parts += [Markup(""), *_table(viewer), Markup(""), say("license-expiry")]
    if lead is not None:
        parts = [lead, Markup(""), *parts]
    more: Row = tuple(each for way in ways for each in command_button(viewer, WAYS[way], way))
    rows = ((trial,) if trial is not None else (), more, menu_row(viewer))
    return Card(text=join(parts), rows=tuple(row for row in rows if row))


def _table(viewer: RenderContext) -> list[Markup]:
    """Account types that trade here by license, once if by hand and by signals are the same; then the limits."""
    say = viewer.say
    by_hand, by_signals = _openings(viewer, Feature.ENTRY), _openings(viewer, Feature.AUTOMATION)
    parts = [say("license-table"), say("license-today", live="on" if AccountType.LIVE in viewer.traded else "off")]
    if by_hand == by_signals:
        parts += [say("license-by-both"), by_hand]
    else:
        parts += [say("license-by-hand"), by_hand, say("license-by-signals"), by_signals]
    widths = [max(len(str(most(held, limit))) for limit in Limit) for held in PLANS]
    counts = [
        (
            say.plain("license-limit", limit=limit.value),
            _BETWEEN.join(str(most(held, limit)).rjust(width) for held, width in zip(PLANS, widths, strict=True)),
        )
        for limit in Limit
    ]
    return [*parts, say("license-how-many", plans=_BETWEEN.join(_names(viewer))), table(counts)]


def _openings(viewer: RenderContext, feature: Feature) -> Markup:
    say = viewer.say
    places = [each for each in AccountType if each in viewer.traded]
    accounts = (say.plain("license-place", account_type=each.value) for each in places)
    rows = [
        (name, *("✓" if opens(held, feature, each) else "–" for each in places))
        for held, name in zip(PLANS, _names(viewer), strict=True)
    ]
    return columns([(say.plain("license-kind"), *accounts), *rows])


def _names(viewer: RenderContext) -> list[str]:
    names = ("none" if held is None else held.value for held in PLANS)
    return [viewer.say.plain("license-column", kind=name) for name in names]

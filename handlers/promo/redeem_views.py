"""What a trader sees of a promo code: what it would add, what it added, and one answer for every code that is none."""

from collections.abc import Sequence

from bot.domain.ids import Millis
from bot.domain.licensing import LicenseType
from bot.domain.promo import TRIES, Redeemed, RefusalReason
from bot.services.promo.redemption import CodePreview, Redemption, Refusal, Suggestion
from handlers.core.links import RunCommand
from handlers.core.way_back import leading_back
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.cards import Card, CardButton, button
from handlers.views.dates import day_of, last_minute, moment_of
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext


def gift(say: Translator, license_type: LicenseType, days: int) -> str:
    """30 days of Premium."""
    return say.plain("promo-gift", days=days, kind=say.plain("license-type", kind=license_type.value))


def ask_card(viewer: RenderContext, before: Sequence[Redeemed]) -> Card:
    """Asks for a code, and lists what was redeemed before."""
    lines = [viewer.say("redeem-ask")]
    if before:
        lines += [Markup(""), viewer.say("redeem-before")]
    lines += [_before(viewer, each) for each in before]
    return Card(text=join(lines), rows=(command_button(viewer, "button-cancel", "cancel"),))


def code_preview_card(viewer: RenderContext, preview: CodePreview, redeem: CardButton) -> Card:
    """What the code would add, after what, until when; one tap redeems."""
    say, until = viewer.say, moment_of(viewer, preview.until)
    what = gift(say, preview.license_type, preview.days)
    if preview.recipient == viewer.config.user_id:
        lines = [say("redeem-offer", gift=what)]
    else:
        lines = [say("redeem-for-offer", user=str(preview.recipient), gift=what)]
    if preview.starts <= viewer.now:
        lines.append(say("redeem-starts-now", until=until))
    else:
        lines.append(say("redeem-starts-after", start=moment_of(viewer, preview.starts), until=until))
    return Card(text=join(lines), rows=((redeem,), menu_row(viewer)))


def redeemed_card(viewer: RenderContext, redemption: Redemption) -> Card:
    """It was added; the same words however often the button is tapped."""
    say, usage = viewer.say, redemption.usage
    what, until = gift(say, usage.license_type, usage.days), moment_of(viewer, usage.until)
    if redemption.recipient != viewer.config.user_id:
        text = say("redeem-for-done", user=str(redemption.recipient), gift=what, until=until)
        return Card(text=text, rows=(menu_row(viewer),))
    return Card(text=say("redeem-done", gift=what, until=until), rows=_after(viewer))


def used_card(viewer: RenderContext, redemption: Redemption) -> Card:
    """A code that this person used before: no fault, no wrong try."""
    say, usage = viewer.say, redemption.usage
    what, at, until = gift(say, usage.license_type, usage.days), day_of(viewer, usage.at), day_of(viewer, usage.until)
    if redemption.recipient != viewer.config.user_id:
        text = say("redeem-for-used", user=str(redemption.recipient), at=at, gift=what, until=until)
        return Card(text=text, rows=(menu_row(viewer),))
    return Card(text=say("redeem-used", at=at, gift=what, until=until), rows=_after(viewer))


def suggestion_card(viewer: RenderContext, suggestion: Suggestion, use: CardButton) -> Card:
    """Shows the code that was probably meant, with a button that previews it."""
    return Card(text=viewer.say("redeem-suggestion", code=suggestion.text), rows=((use,), menu_row(viewer)))


def offer_card(viewer: RenderContext, offered: Suggestion, use: CardButton) -> Card:
    """Asks whether a word is meant as a code; the button previews it."""
    return Card(text=viewer.say("redeem-is-it-a-code", code=offered.text), rows=((use,), menu_row(viewer)))


def refusal_card(viewer: RenderContext, refusal: Refusal, *, has_support: bool) -> Card:
    """Why not, where that may be told; else one answer for unknown, over, used up and paused codes."""
    say = viewer.say
    ask = (button(say.plain("button-ask-support"), viewer.data(RunCommand("paysupport"))),) if has_support else ()
    if refusal.next_try is not None and refusal.tries > TRIES:
        text = say("redeem-too-many-admin", count=refusal.tries, time=viewer.when(refusal.next_try))
        return Card(text=text, rows=(menu_row(viewer),))
    if refusal.next_try is not None:
        return Card(text=say("redeem-too-many", time=viewer.when(refusal.next_try)), rows=(ask, menu_row(viewer)))
    if refusal.reason is None:
        return leading_back(viewer, Card(text=say("redeem-not-valid"), rows=(menu_row(viewer),)))
    return leading_back(viewer, Card(text=_reason(viewer, refusal.reason, refusal.at), rows=(ask, menu_row(viewer))))


def _reason(viewer: RenderContext, reason: RefusalReason, at: Millis | None) -> Markup:
    date = ""
    if at is not None:
        date = last_minute(viewer, at) if reason is RefusalReason.ENDED else moment_of(viewer, at)
    return viewer.say("redeem-refused", reason=reason.value, date=date)


def _before(viewer: RenderContext, redeemed: Redeemed) -> Markup:
    usage = redeemed.usage
    what = gift(viewer.say, usage.license_type, usage.days)
    return viewer.say("redeem-before-line", at=day_of(viewer, usage.at), gift=what, until=day_of(viewer, usage.until))


def _after(viewer: RenderContext) -> tuple[tuple[CardButton, ...], ...]:
    return (command_button(viewer, "button-license", "license"), menu_row(viewer))

"""What a trader sees of a promo code: what it would add, what it added, and one answer for every code that is none."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton

from bot.domain.ids import Millis
from bot.domain.licensing import LicenseType
from bot.domain.promo import Redeemed
from bot.services.promo.redemption import CodePreview, Redemption, Suggestion
from handlers.core.links import RunCommand
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.cards import Card, button
from handlers.views.dates import day_of, moment_of
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
    return Card(text=join(lines), rows=(menu_row(viewer),))


def code_preview_card(viewer: RenderContext, preview: CodePreview, redeem: InlineKeyboardButton) -> Card:
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


def suggestion_card(viewer: RenderContext, suggestion: Suggestion, use: InlineKeyboardButton) -> Card:
    """Shows the code that was probably meant, with a button that previews it."""
    return Card(text=viewer.say("redeem-suggestion", code=suggestion.text), rows=((use,), menu_row(viewer)))


def not_valid_card(viewer: RenderContext) -> Card:
    """Unknown, over, used up, paused: one answer."""
    return Card(text=viewer.say("redeem-not-valid"), rows=(menu_row(viewer),))


def too_many_card(viewer: RenderContext, next_try: Millis, *, has_support: bool) -> Card:
    """The same for right and wrong codes."""
    say = viewer.say
    ask = (button(say.plain("button-ask-support"), viewer.data(RunCommand("paysupport"))),) if has_support else ()
    return Card(text=say("redeem-too-many", time=viewer.when(next_try)), rows=(ask, menu_row(viewer)))


def _before(viewer: RenderContext, redeemed: Redeemed) -> Markup:
    usage = redeemed.usage
    what = gift(viewer.say, usage.license_type, usage.days)
    return viewer.say("redeem-before-line", at=day_of(viewer, usage.at), gift=what, until=day_of(viewer, usage.until))


def _after(viewer: RenderContext) -> tuple[tuple[InlineKeyboardButton, ...], ...]:
    return (command_button(viewer, "button-license", "license"), menu_row(viewer))

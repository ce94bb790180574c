"""What admins see of promo codes: making one, the list, a campaign with its funnel, the undo's preview."""

from collections.abc import Sequence
from typing import Final

from bot.domain.licensing import LicenseType
from bot.domain.promo import Campaign, CampaignState, Funnel, UndoStep
from bot.domain.promo_codes import Terms, Wanted, bare
from bot.domain.secrets import Secret
from bot.domain.users import Language
from bot.services.promo.campaigns import LARGEST_SHOWN, NewCampaign, UndoPreview
from handlers.core.links import PROMO_PAYLOAD, RunCommand, ShowUsersOfCampaign
from handlers.promo.callbacks import (
    PromoCard,
    PromoDays,
    PromoEdit,
    PromoList,
    PromoPreview,
    PromoRedeemers,
    PromoUndo,
    PromoUses,
)
from handlers.promo.redeem_views import gift
from handlers.texts.catalog import LANGUAGE_NAMES, Markup, join
from handlers.views.cards import Card, CardButton, Row, button, copy_button, in_rows
from handlers.views.dates import last_minute, moment_of
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext
from handlers.views.tables import table
from handlers.views.times import span

DAYS: Final = (7, 14, 30, 90, 180, 365)
USES: Final = (1, 10, 50, 100, 1_000, 10_000)
_IN_A_ROW: Final = 3
_MARKS: Final = {CampaignState.ACTIVE: "🟢", CampaignState.PAUSED: "⏸", CampaignState.UNDONE: "⛔"}


def link_of(bot_name: str, code: Secret) -> str:
    """The deep link that shows the code's card."""
    return f"https://t.me/{bot_name}?start={PROMO_PAYLOAD}{bare(code.reveal())}"


def promo_card(viewer: RenderContext) -> Card:
    """`/promo`: the first of three taps."""
    say = viewer.say
    types = [
        button(say.plain("license-type", kind=each.value), viewer.data(PromoDays(each)))
        for each in reversed(LicenseType)
    ]
    rows = (tuple(types), _list_row(viewer), menu_row(viewer))
    return Card(text=join([say("promo-title"), say("promo-hint")]), rows=rows)


def days_card(viewer: RenderContext, license_type: LicenseType) -> Card:
    say = viewer.say
    buttons = [
        button(say.plain("button-promo-days", days=days), viewer.data(PromoUses(license_type, days))) for days in DAYS
    ]
    text = say("promo-ask-days", kind=say.plain("license-type", kind=license_type.value))
    return Card(text=text, rows=(*in_rows(buttons, _IN_A_ROW), _new_row(viewer)))


def uses_card(viewer: RenderContext, license_type: LicenseType, days: int) -> Card:
    buttons = [button(viewer.figures.count(uses), viewer.data(PromoPreview(license_type, days, uses))) for uses in USES]
    text = viewer.say("promo-ask-uses", gift=gift(viewer.say, license_type, days))
    return Card(text=text, rows=(*in_rows(buttons, _IN_A_ROW), _new_row(viewer)))


def preview_card(viewer: RenderContext, wanted: Wanted, line: str, create: CardButton) -> Card:
    """What would be made; `line` is the typed form of the same."""
    say, terms = viewer.say, wanted.terms
    lines = [say("promo-new"), Markup(""), terms_line(viewer, terms)]
    if wanted.code is not None:
        lines.append(say("promo-own", code=wanted.code))
    if terms.note:
        lines.append(say("promo-note", note=terms.note))
    lines += [say("promo-unsaid", option=option) for option in wanted.unsaid]
    lines += [Markup(""), say("promo-line", line=line)]
    return Card(text=join(lines), rows=((create,), _new_row(viewer)))


def sure_card(viewer: RenderContext, terms: Terms, sure: CardButton) -> Card:
    """Days over 400 or uses over 10,000 are asked about twice."""
    text = join([viewer.say("promo-sure"), terms_line(viewer, terms)])
    return Card(text=text, rows=((sure,), _new_row(viewer)))


def making_card(viewer: RenderContext, count: int, done: int) -> Card:
    return Card(text=viewer.say("promo-making", count=count, done=str(done)))


def created_card(viewer: RenderContext, made: NewCampaign, link: str | None) -> Card:
    """Made; a single code is shown at once, many come as a file."""
    say, campaign = viewer.say, made.campaign
    lines = [say("promo-created", campaign=str(campaign.campaign_id)), terms_line(viewer, campaign.terms)]
    rows: list[Row] = []
    if link is not None:
        lines += _code_lines(viewer, made.codes[0], link)
        rows.append((copy_button(say.plain("button-promo-copy-link"), link),))
    rows += [(_open_button(viewer, campaign.campaign_id), *_list_row(viewer)), menu_row(viewer)]
    return Card(text=join(lines), rows=tuple(rows))


def shown_card(viewer: RenderContext, campaign: Campaign, code: Secret, link: str) -> Card:
    """[Show code]; the caption of its QR picture, too."""
    lines = [viewer.say("promo-shown", campaign=str(campaign.campaign_id)), terms_line(viewer, campaign.terms)]
    copy = copy_button(viewer.say.plain("button-promo-copy-link"), link)
    return Card(
        text=join([*lines, *_code_lines(viewer, code, link)]),
        rows=((copy,), (_open_button(viewer, campaign.campaign_id),)),
    )


def csv_caption(viewer: RenderContext, campaign: Campaign) -> Card:
    lines = [viewer.say("promo-csv-caption", campaign=str(campaign.campaign_id)), terms_line(viewer, campaign.terms)]
    return Card(text=join(lines), rows=((_open_button(viewer, campaign.campaign_id),),))


def forward_card(viewer: RenderContext, terms: Terms, code: Secret, link: str, bot_name: str) -> Card:
    """A text to forward as it stands, in the language of its readers: `viewer` speaks it."""
    say = viewer.say
    what = gift(say, terms.license_type, terms.days)
    lines = [say("promo-forward", gift=what, link=link, code=bare(code.reveal()), bot=bot_name)]
    if terms.ends is not None:
        lines.append(say("promo-forward-until", date=last_minute(viewer, terms.ends)))
    return Card(text=join(lines))


def list_card(viewer: RenderContext, campaigns: Sequence[Campaign], which: str, page: int, *, has_more: bool) -> Card:
    """A page of campaigns, a button each."""
    say = viewer.say
    rows: list[Row] = [
        (button(_list_line(viewer, each), viewer.data(PromoCard(each.campaign_id))),) for each in campaigns
    ]
    turning: list[CardButton] = []
    if page:
        turning.append(button(say.plain("button-previous"), viewer.data(PromoList(which, page - 1))))
    if has_more:
        turning.append(button(say.plain("button-next"), viewer.data(PromoList(which, page + 1))))
    other, label = ("all", "button-promo-all") if which == "open" else ("open", "button-promo-running")
    rows += [tuple(turning), (button(say.plain(label), viewer.data(PromoList(other))), *_new_row(viewer))]
    text = say("promo-title") if campaigns else join([say("promo-title"), say("promo-list-empty")])
    return Card(text=text, rows=(*rows, menu_row(viewer)))


def campaign_card(viewer: RenderContext, campaign: Campaign, funnel: Funnel, acts: Sequence[CardButton]) -> Card:
    """A campaign as it stands: terms, state, how far its people came. `acts` are what may be done about it."""
    say = viewer.say
    number = str(campaign.campaign_id)
    lines = [
        say("promo-card-title", campaign=number, mark=_MARKS[campaign.state]),
        terms_line(viewer, campaign.terms),
        say("promo-state", state=_state(viewer, campaign)),
        _made(viewer, campaign),
    ]
    if campaign.terms.note:
        lines.append(say("promo-note", note=campaign.terms.note))
    asker = campaign.undo_asker(viewer.now)
    if asker is not None and campaign.undo_asked is not None:
        lines.append(say("promo-undo-waits", user=str(asker), date=moment_of(viewer, campaign.undo_asked)))
    lines += [_funnel(viewer, campaign, funnel), say("promo-as-of", date=moment_of(viewer, viewer.now))]
    refresh = button(say.plain("button-refresh"), viewer.data(PromoCard(campaign.campaign_id)))
    rows = [*in_rows(acts, 2)]
    used = button(say.plain("button-promo-redeemers"), viewer.data(PromoRedeemers(campaign.campaign_id)))
    people = button(say.plain("button-users"), viewer.data(ShowUsersOfCampaign(campaign.campaign_id)))
    rows.append((used, people))
    if campaign.state is not CampaignState.UNDONE:
        change = button(say.plain("button-promo-edit"), viewer.data(PromoEdit(campaign.campaign_id)))
        undo = button(say.plain("button-promo-undo"), viewer.data(PromoUndo(campaign.campaign_id)))
        rows.append((change, undo))
    return Card(text=join(lines), rows=(*rows, (refresh, *_list_row(viewer)), menu_row(viewer)))


def pinned_card(viewer: RenderContext, campaign: Campaign, funnel: Funnel) -> Card:
    """The same without single-use buttons: it stands for weeks."""
    whole = campaign_card(viewer, campaign, funnel, ())
    return Card(text=whole.text, rows=((_open_button(viewer, campaign.campaign_id),),))


def undo_card(
    viewer: RenderContext, preview: UndoPreview, act: CardButton | None, *, lead: Sequence[Markup] = ()
) -> Card:
    """Who loses what, and what the rules let this admin do."""
    say, number = viewer.say, str(preview.campaign.campaign_id)
    lines = [*lead, say("promo-undo-title", campaign=number), terms_line(viewer, preview.campaign.terms), Markup("")]
    if preview.people:
        lines.append(say("promo-undo-what", people=preview.people, span=span(say, preview.millis / 1000)))
        lines.append(table([(str(each.user_id), span(say, each.millis / 1000)) for each in preview.largest]))
        if preview.people > LARGEST_SHOWN:
            lines.append(say("promo-undo-more"))
    else:
        lines.append(say("promo-undo-nobody"))
    if preview.step is UndoStep.ASK:
        lines.append(say("promo-undo-ask" if preview.is_creator else "promo-undo-ask-other"))
    elif preview.step is UndoStep.UNDO and preview.asker not in {None, viewer.config.user_id}:
        lines.append(say("promo-undo-agree", user=str(preview.asker)))
    elif preview.step is UndoStep.WAIT_FOR_ADMIN:
        lines.append(say("promo-undo-wait-admin", campaign=number))
    elif preview.at is not None:
        lines.append(say("promo-undo-wait", date=moment_of(viewer, preview.at)))
    row = () if act is None else (act,)
    return Card(text=join(lines), rows=(row, (_open_button(viewer, preview.campaign.campaign_id),), menu_row(viewer)))


def undoing_card(viewer: RenderContext, done: int) -> Card:
    return Card(text=viewer.say("promo-undoing", done=str(done)))


def undo_done_card(viewer: RenderContext, campaign_id: int) -> Card:
    text = viewer.say("promo-undone-done", campaign=str(campaign_id))
    return Card(text=text, rows=((_open_button(viewer, campaign_id),), menu_row(viewer)))


def terms_line(viewer: RenderContext, terms: Terms) -> Markup:
    """Premium 30 days, 100 uses, until 31 Dec 23:59 UTC."""
    say = viewer.say
    kind = say.plain("license-type", kind=terms.license_type.value)
    parts = [say("promo-days", kind=kind, days=terms.days)]
    if terms.count > 1:
        parts.append(say("promo-codes", count=terms.count))
        parts.append(say("promo-once" if terms.once else "promo-repeat"))
    parts.append(say("promo-uses", uses=terms.max_uses))
    if terms.starts is not None:
        parts.append(say("promo-from", date=moment_of(viewer, terms.starts)))
    ends = say("promo-endless") if terms.ends is None else say("promo-until", date=last_minute(viewer, terms.ends))
    return join([*parts, ends], ", ")


def text_buttons(viewer: RenderContext) -> tuple[tuple[Language, str], ...]:
    """The languages of the text to forward, with their labels."""
    say = viewer.say
    return tuple((each, say.plain("button-promo-text", language=LANGUAGE_NAMES[each])) for each in Language)


def _code_lines(viewer: RenderContext, code: Secret, link: str) -> list[Markup]:
    return [viewer.say("promo-own", code=code.reveal()), viewer.say("promo-link", link=link)]


def _made(viewer: RenderContext, campaign: Campaign) -> Markup:
    date = moment_of(viewer, campaign.created)
    if campaign.creator is None:
        return viewer.say("promo-by-nobody", date=date)
    return viewer.say("promo-by", date=date, user=str(campaign.creator))


def _state(viewer: RenderContext, campaign: Campaign) -> str:
    terms = campaign.terms
    if campaign.state is not CampaignState.ACTIVE:
        return campaign.state.value
    if terms.starts is not None and viewer.now < terms.starts:
        return "early"
    if terms.ends is not None and viewer.now >= terms.ends:
        return "over"
    return "full" if campaign.uses >= terms.capacity else "active"


def _funnel(viewer: RenderContext, campaign: Campaign, funnel: Funnel) -> Markup:
    say, count = viewer.say, viewer.figures.count
    redeemed = f"{count(funnel.redeemed)} / {count(campaign.terms.capacity)}"
    return table(
        [
            (say.plain("promo-funnel-opened"), count(funnel.opened)),
            (say.plain("promo-funnel-redeemed"), redeemed),
            (say.plain("promo-funnel-connected"), count(funnel.connected)),
            (say.plain("promo-funnel-traded"), count(funnel.traded)),
            (say.plain("promo-funnel-paid"), count(funnel.paid)),
        ]
    )


def _list_line(viewer: RenderContext, campaign: Campaign) -> str:
    terms = campaign.terms
    return viewer.say.plain(
        "promo-list-line",
        campaign=str(campaign.campaign_id),
        mark=_MARKS[campaign.state],
        gift=gift(viewer.say, terms.license_type, terms.days),
        uses=str(campaign.uses),
        capacity=str(terms.capacity),
    )


def _open_button(viewer: RenderContext, campaign_id: int) -> CardButton:
    return button(viewer.say.plain("button-promo-open"), viewer.data(PromoCard(campaign_id)))


def _list_row(viewer: RenderContext) -> Row:
    return (button(viewer.say.plain("button-promo-list"), viewer.data(PromoList("open"))),)


def _new_row(viewer: RenderContext) -> Row:
    return (button(viewer.say.plain("button-promo-new"), viewer.data(RunCommand("promo"))),)

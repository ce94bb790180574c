"""Connecting Bybit: site, account, the public key, and what a key may and may not do."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeError, KeyRefused, NoAccount
from bot.domain.ids import AccountId, Millis
from bot.domain.key_rules import NO_ADDRESS, OTHER_IP, Finding, Severity
from bot.domain.sites import SITES, Site, site_of
from bot.services.accounts.key_offers import KeyOffer
from bot.services.accounts.key_places import KeyQuestion
from bot.services.accounts.keys import KeyReport
from handlers.accounts.callbacks import AskRemoval, ShowKey, ShowSite
from handlers.core.links import ShowBalance
from handlers.texts.catalog import Markup, Translator, Value, join, verbatim
from handlers.views.cards import Card, CardButton, Row, button, copy_button, in_rows
from handlers.views.frame import command_button, menu_row, refresh_button, trouble_line
from handlers.views.problems import sentence_card
from handlers.views.render_context import RenderContext
from handlers.views.times import NO_DATE, day

_SITES_IN_A_ROW: Final = 2
_UNBOUND: Final = "key-no-ip"
_SIGNS: Final[Mapping[Severity, str]] = MappingProxyType(
    {Severity.REFUSE: "finding-refuse", Severity.WARN: "finding-warn", Severity.GOOD: "finding-good"}
)


def keys_card(
    viewer: RenderContext,
    findings: Mapping[AccountId, Sequence[Finding]],
    endings: Mapping[AccountId, str],
) -> Card:
    """What is connected, what is wrong with it, and the sites to connect from. `endings` of the accounts' keys."""
    say = viewer.say
    connected = _connected(viewer)
    parts: list[Markup] = []
    if connected:
        parts.append(say("keys-title"))
        for each in connected:
            parts += _known_by(viewer, each, endings)
            wrong = (found for found in findings.get(each.account_id, ()) if found.severity is not Severity.GOOD)
            parts += [finding_text(say, found) for found in wrong]
        parts += [Markup(""), say("keys-another")]
    else:
        parts += [say("keys-intro"), Markup(""), say("keys-which-site")]
    own_rows = [
        (
            button(
                say.plain("button-check", account=viewer.account_name(each)),
                viewer.data(ShowKey(each.account_type, each.account_id)),
            ),
            button(
                say.plain("button-remove", account=viewer.account_name(each)),
                viewer.data(AskRemoval(each.account_type, each.account_id)),
            ),
        )
        for each in connected
    ]
    sites = [button(site.domain, viewer.data(ShowSite(site.code))) for site in SITES]
    address = copy_row(viewer, [each for found in findings.values() for each in found])
    return Card(text=join(parts), rows=(*own_rows, address, *in_rows(sites, _SITES_IN_A_ROW), menu_row(viewer)))


def site_without_keys_card(viewer: RenderContext, site: Site) -> Card:
    """On this site Bybit gives no API keys: practice works all the same."""
    say = viewer.say
    practice = viewer.config.practice
    here = (
        ()
        if practice is None
        else (button(say.plain("button-practice"), viewer.data(ShowBalance(practice.account_id))),)
    )
    return Card(text=say("keys-eu", site=site.domain), rows=(here, command_button(viewer, "button-other-site", "keys")))


def account_choice_card(viewer: RenderContext, site: Site, choices: Sequence[CardButton]) -> Card:
    """Demo or live, on this site."""
    say = viewer.say
    key = "keys-which-account" if site.has_demo else "keys-live-only"
    back = command_button(viewer, "button-other-site", "keys")
    return Card(text=say(key, site=site.domain), rows=(*in_rows(choices, 1), back))


def offer_card(viewer: RenderContext, offer: KeyOffer, typed_secret: CardButton) -> Card:
    """The public key and the four steps. No secret passes through Telegram."""
    say = viewer.say
    account = viewer.type_name(offer.account_type)
    where = "keys-step-where-demo" if offer.account_type is AccountType.DEMO else "keys-step-where"
    address = say("keys-step-ip", ip=offer.egress_ip) if offer.egress_ip else say("keys-step-no-ip")
    parts = [
        say("keys-offer-title", account=account, site=offer.site.domain),
        Markup(""),
        say(where, site=offer.site.domain),
        say("keys-step-paste"),
        Markup(f"<pre>{verbatim(offer.public_key_pem.strip())}</pre>"),
        say("keys-step-rights"),
        address,
        say("keys-step-send"),
        Markup(""),
        say("keys-offer-safe"),
    ]
    copy: Row = ()
    if offer.egress_ip:
        copy = (copy_button(say.plain("button-copy-ip", ip=offer.egress_ip), offer.egress_ip),)
    return Card(text=join(parts), rows=(copy, (typed_secret,), command_button(viewer, "button-cancel", "cancel")))


def ask_secret_card(viewer: RenderContext, account_type: AccountType, site: Site) -> Card:
    """The second way: key and secret in one message."""
    say = viewer.say
    text = say("keys-ask-secret", account=viewer.type_name(account_type), site=site.domain)
    return Card(text=text, rows=(command_button(viewer, "button-cancel", "cancel"),))


def pasted_key_card(viewer: RenderContext, buttons: Sequence[CardButton], *, is_gone: bool) -> Card:
    """A key and a secret came without being asked for: what they are, or away with them."""
    say = viewer.say
    text = join([say("keys-pasted" if is_gone else "keys-pasted-stays"), say("keys-pasted-what")], "\n\n")
    return Card(text=text, rows=in_rows(buttons, 1))


def thrown_away_card(viewer: RenderContext) -> Card:
    """The pasted key is forgotten."""
    text = viewer.say("keys-thrown-away")
    return Card(text=text, rows=((*command_button(viewer, "button-keys", "keys"), *menu_row(viewer)),))


def connected_card(
    viewer: RenderContext,
    report: KeyReport,
    ending: str,
    egress_ip: str | None,
    first: CardButton | None,
) -> Card:
    """A key was stored: what it may do, and what to look after. `first` shows the account first, where it is not."""
    say = viewer.say
    title = say("keys-connected", account=viewer.account_name(report.account), site=domain_of(report.account))
    return _report_card(viewer, title, report, ending, egress_ip, first)


def checked_card(
    viewer: RenderContext,
    report: KeyReport,
    ending: str,
    egress_ip: str | None,
    first: CardButton | None,
) -> Card:
    """A stored key was looked at again."""
    title = viewer.say(
        "keys-checked",
        account=viewer.account_name(report.account),
        site=domain_of(report.account),
        time=viewer.when(report.check.checked_at),
    )
    return _report_card(viewer, title, report, ending, egress_ip, first)


def ask_place_card(
    viewer: RenderContext,
    question: KeyQuestion,
    endings: Mapping[AccountId, str],
    choices: Sequence[CardButton],
) -> Card:
    """Whose place a good key shall take; the last choice is none."""
    say = viewer.say
    asked = say(
        "keys-ask-same" if question.is_same else "keys-ask-place",
        account=viewer.type_name(question.account_type),
        count=question.most,
        uid=question.bybit_uid,
        ending=question.ending,
    )
    lines = [join(_known_by(viewer, each, endings)) for each in question.places]
    more = () if question.is_same else command_button(viewer, "button-license", "license")
    return Card(text=join([asked, *lines], "\n\n"), rows=(*in_rows(choices, 1), more))


def place_label(viewer: RenderContext, account: Account) -> str:
    """[Replace Live 2]."""
    return viewer.say.plain("button-replace-key", account=viewer.account_name(account))


def discarded_card(viewer: RenderContext) -> Card:
    """The new key is forgotten, the old ones stay."""
    return Card(
        text=viewer.say("keys-discarded"), rows=(command_button(viewer, "button-keys", "keys"), menu_row(viewer))
    )


def shown_first_card(viewer: RenderContext, account: Account) -> Card:
    """That account is what screens show first from now on."""
    say = viewer.say
    text = say("keys-shown-first", account=viewer.account_name(account))
    balance = button(say.plain("button-balance"), viewer.data(ShowBalance(account.account_id)))
    return Card(text=text, rows=((balance, *command_button(viewer, "button-keys", "keys")), menu_row(viewer)))


def unchecked_card(viewer: RenderContext, account: Account, trouble: ExchangeError) -> Card:
    """Bybit could not be asked about a stored key; [Refresh] asks once more."""
    refresh = refresh_button(viewer, ShowKey(account.account_type, account.account_id))
    rows = (refresh, (*command_button(viewer, "button-back", "keys"), *menu_row(viewer)))
    return Card(text=trouble_line(viewer, trouble), rows=rows)


def removed_card(viewer: RenderContext, account: Account) -> Card:
    """Gone here; Bybit still knows the key until it is deleted there."""
    text = viewer.say("keys-removed", account=viewer.account_name(account), site=domain_of(account))
    return Card(text=text, rows=(command_button(viewer, "button-keys", "keys"), menu_row(viewer)))


def refused_card(viewer: RenderContext, error: KeyRefused) -> Card:
    """Why a key was not stored, or why a stored one works no more; each reason with its cure."""
    key = "keys-works-no-more" if error.values.get("is_stored") else "keys-refused"
    title = viewer.say(key, account_type=str(error.values.get("account_type", "")))
    text = join([title, *(finding_text(viewer.say, each) for each in error.findings)], "\n\n")
    address = copy_row(viewer, error.findings)
    return Card(text=text, rows=(address, command_button(viewer, "button-keys", "keys"), menu_row(viewer)))


def no_account_card(viewer: RenderContext, error: NoAccount) -> Card:
    """Nothing of that type is connected; the way to connect."""
    return sentence_card(viewer, error, command_button(viewer, "button-connect", "keys"))


def finding_text(say: Translator, finding: Finding) -> Markup:
    """A word for how bad it is, what it is, what to do."""
    return say(_SIGNS[finding.severity], text=say(finding.key, **finding_values(finding.values)))


def finding_values(values: Mapping[str, object]) -> dict[str, Value]:
    """A finding's values as texts take them: dates as dates, counts as counts."""
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: object) -> Value:
    if name == "date":
        return day(Millis(int(str(value))))
    return value if isinstance(value, int) else str(value)


def copy_row(viewer: RenderContext, findings: Iterable[Finding]) -> Row:
    """The address that a key should be bound to, where one is bound to another and ours is known."""
    found = {str(each.values.get("ip", NO_ADDRESS)) for each in findings if each.key == OTHER_IP} - {NO_ADDRESS}
    return tuple(copy_button(viewer.say.plain("button-copy-ip", ip=each), each) for each in found)


def _report_card(
    viewer: RenderContext,
    title: Markup,
    report: KeyReport,
    ending: str,
    egress_ip: str | None,
    first: CardButton | None,
) -> Card:
    say, account = viewer.say, report.account
    is_unbound = any(each.key == _UNBOUND for each in report.findings)
    copy: Row = ()
    if is_unbound and egress_ip:
        copy = (copy_button(say.plain("button-copy-ip", ip=egress_ip), egress_ip),)
    head = Markup(f"{title}\n{_identity(say, account, ending)}")
    lines = [finding_text(say, each) for each in report.findings]
    if first is not None:
        lines.append(say("keys-first-stays", account=viewer.account_name(viewer.config.default_account)))
    return Card(
        text=join([head, *lines], "\n\n"),
        rows=(
            copy,
            () if first is None else (first,),
            (
                button(say.plain("button-balance"), viewer.data(ShowBalance(account.account_id))),
                *command_button(viewer, "button-keys", "keys"),
            ),
            menu_row(viewer),
        ),
    )


def _known_by(viewer: RenderContext, account: Account, endings: Mapping[AccountId, str]) -> tuple[Markup, Markup]:
    line = viewer.say("keys-line", account=viewer.account_name(account), site=domain_of(account))
    return line, _identity(viewer.say, account, endings.get(account.account_id, ""))


def _identity(say: Translator, account: Account, ending: str) -> Markup:
    """What tells an account from others at Bybit: its UID and the end of the key."""
    return say("keys-identity", uid=account.bybit_uid or NO_DATE, ending=ending)


def _connected(viewer: RenderContext) -> tuple[Account, ...]:
    return tuple(each for each in viewer.config.accounts if each.account_type is not AccountType.PAPER)


def domain_of(account: Account) -> str:
    """bybit.com, bybit.nl …: the site that an account is of."""
    site = site_of(account.host)
    return account.host if site is None else site.domain

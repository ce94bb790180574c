"""Messages of the outbox, in the reader's language."""

import pytest
from harness.bot_api import visible
from harness.layout import misfits
from harness.viewers import TEXTS

from bot.domain.payloads import PayloadError
from bot.domain.users import Language
from handlers.outbox_messages import OUTBOX_MESSAGES, OutboxTexts

OUTBOX = OutboxTexts(TEXTS)
CAMPAIGN = {
    "campaign": "12",
    "kind": "premium",
    "days": "30",
    "uses": "90",
    "capacity": "100",
    "note": "spring <b>",
    "token": "A" * 22,
}
SUPPORT = {"thread": "17", "text": "I paid <twice>\nand see nothing", "close": "C" * 22}
PAYMENT = {
    "number": "12",
    "stars": "13500",
    "kind": "premium",
    "days": "90",
    "date": "1760011205000",
    "charge": "stxAQ<b>",
    "user": "1001",
    "why": "other-payer",
    "said": "BALANCE_TOO_LOW",
}
TRADE = {"account_id": "1", "symbol": "BTCUSDT", "plan_id": "7"}
VALUES = {
    "trade-entry": TRADE
    | {"side": "Buy", "qty": "0.031", "filled": "0.02", "state": "canceled", "avg_price": "64210.123456789"},
    "trade-closed": TRADE
    | {
        "side": "Buy",
        "qty": "0.031",
        "avg_entry_price": "64210.123456789",
        "avg_exit_price": "66000",
        "pnl": "53.2",
        "fees": "2.21",
        "exit_reason": "target",
        "remaining": "0.01",
        "order_id": "o1",
        "slippage": "0.4",
        "funding": "0.02",
    },
    "trade-exit-refused": TRADE | {"intent": "close", "state": "rejected", "code": "110074"},
    "trade-stop-missing": TRADE | {"side": "Buy", "stop": "62900.5"},
    "trade-stop-changed": TRADE | {"side": "Buy", "stop": "62900.5", "take_profit": "66000"},
    "trade-target-gone": TRADE | {"number": "2", "price": "66000"},
    "trade-breakeven": TRADE | {"stop": "64281.2"},
    "trade-leg-foreign": TRADE | {"ours": "0.031", "size": "0.05"},
    "trade-entries-halted": {"account_id": "1", "count": "2", "reason": "maintenance <b>"},
    "exchange-maintenance": {"title": "Upgrade <b>", "end": "1782910800000"},
    "trade-drill": {
        "drill_id": "3",
        "how": "time",
        "fills": "2",
        "caught_up": "1",
        "result_alone": "-3.1",
        "result_managed": "5.25",
    },
    "trade-margin-mode": {
        "account_id": "1",
        "account_type": "demo",
        "before": "ISOLATED_MARGIN",
        "after": "PORTFOLIO_MARGIN",
    },
    "trade-entries-unlicensed": {
        "account_id": "1",
        "account_type": "live",
        "count": "2",
        "entries": "BTCUSDT:Buy:0.01:59500 ETHUSDT:Sell:1:0",
    },
    "trade-position-gone": TRADE | {},
    "trade-found": TRADE | {},
    **{kind: PAYMENT for kind in OUTBOX_MESSAGES if kind.startswith("payment-")},
    "support-asked": SUPPORT
    | {"user": "1001", "name": "Anna <b>", "license": "premium", "until": "1760011205000", "accounts": "demo live"}
    | {"payments": "5000:1760011205000:completed 2500:1750011205000:refunded"},
    "support-answered": SUPPORT,
    "support-handled": {"thread": "17", "name": "Vera <b>", "act": "answered", "text": "It is there."},
    "support-closed-by-user": {"thread": "17"},
    "support-closed-by-staff": {"thread": "17"},
    "key-expires": {"account_type": "demo", "days": "3", "date": "1760011205000"},
    "key-trouble": {"account_type": "live", "finding": "key-unknown-permission", "names": "Earn:Earn & <more>"},
    "key-attached": {"account_type": "live"},
    "payment-older-owner": {"count": "2", "stars": "10000"},
    "limit-near": {"account_type": "paper", "limit": "daily", "left": "100", "whole": "500"},
    "limit-reached": {"account_type": "paper", "limit": "tilt", "canceled": "2"},
    "promo-given": {"kind": "premium", "days": "30", "date": "1760011205000"},
    "promo-taken": {"kind": "premium", "span": "1036800000"},
    "promo-used": CAMPAIGN | {"percent": "90"},
    "promo-fast": CAMPAIGN | {"count": "120"},
    "promo-large": CAMPAIGN | {"admin": "1006"},
    "promo-guessing": {"count": "50"},
    "promo-undo-asked": CAMPAIGN,
    "egress-refused": {},
    "key-ask-lost": {},
    "legacy-keys": {"has_keys": "1", "has_wallet": "1"},
    "keys-lost": {"accounts": "Demo, Live 2"},
    "vault-lost": {"accounts": "120", "people": "98", "codes": "4000"},
    "key-removed": {"account_type": "demo"},
    "pin-locked": {"user": "1001", "until": "1760011205000"},
    "desk-granted": {"kind": "premium", "days": "30", "end": "1760011205000"},
    "desk-role": {"role": "support"},
    "broadcast-done": {"count": "9870", "blocked": "120", "failed": "3"},
    "disk-full": {"free_mb": "3"},
    "license-ends": {"kind": "premium", "days": "3", "on": "2025-10-12"},
    "back": {"since": "1760011205000", "until": "1760012225000", "waited": "12", "kept": "10"},
    "restored": {"made": "1760011205000", "restored": "1760012225000"},
    "restored-stars": {"charges": "12", "stars": "60000", "returned": "3"},
    "deaf": {"began": "1760011205000", "ended": "1760012225000", "wrote": "/price btc <b>", "more": "2"},
    "daily-report": {"since": "2025-10-08 21:00", "until": "2025-10-09 21:00", "time_zone": "Europe/Kyiv"}
    | {"accounts": "paper:1:USDT:3:2:12.5:9.1:-2:1.25:4:1:-0.5 live:2:USDT:0:0:0:0:0:0:0:2:-0.5"},
    "license-ended": {"kind": "trial", "on": "2025-10-12"},
    "price-alert": {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "above",
        "threshold": "70000.00",
        "set_price": "64210.50",
        "price": "66000.00",
        "away_s": "600",
        "extreme": "70120.50",
        "ago_s": "420",
    },
    "price-alerts-ended": {"category": "linear", "symbol": "DOGEUSDT", "count": "2"},
}


@pytest.mark.parametrize("language", list(Language))
def test_every_kind_is_one_short_message(language: Language, caplog: pytest.LogCaptureFixture) -> None:
    for kind in OUTBOX_MESSAGES:
        (message,) = OUTBOX.render(kind, VALUES.get(kind, {}), language)
        assert 10 < len(visible(message.text_html)) < 400, kind
        rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
        assert misfits(message.text_html, [[each.text for each in row] for row in rows]) == [], kind
        assert not caplog.records, kind


def test_a_key_that_expires() -> None:
    (message,) = OUTBOX.render("key-expires", VALUES["key-expires"], Language.ENGLISH)
    assert "Your Bybit Demo key expires in 3 days (2025-10-09)" in visible(message.text_html)
    (russian,) = OUTBOX.render("key-expires", VALUES["key-expires"] | {"days": "1"}, Language.RUSSIAN)
    assert "через 1 день" in visible(russian.text_html)


def test_trouble_names_its_reason_and_its_cure_and_escapes_what_is_not_ours() -> None:
    (message,) = OUTBOX.render("key-trouble", VALUES["key-trouble"], Language.ENGLISH)
    assert "Trouble with your Live key" in message.text_html
    assert "Earn:Earn &amp; &lt;more&gt;" in message.text_html
    assert "Uncheck that on Bybit" in message.text_html
    dead = {"account_type": "demo", "finding": "key-not-taken", "code": "33004"}
    (other,) = OUTBOX.render("key-trouble", dead, Language.ENGLISH)
    assert "(code 33004)" in other.text_html


def test_an_alarm_about_a_campaign_pauses_it_with_one_tap() -> None:
    (message,) = OUTBOX.render("promo-used", VALUES["promo-used"], Language.ENGLISH)
    assert "Campaign #12 (Premium 30 days, spring &lt;b&gt;) is 90% used: 90 of 100." in message.text_html
    assert message.reply_markup is not None
    (button,) = message.reply_markup.inline_keyboard[0]
    assert (button.text, button.callback_data) == ("Pause code", f"t:{'A' * 22}")


def test_it_brings_the_way_on() -> None:
    (message,) = OUTBOX.render("send-secret-again", {}, Language.ENGLISH)
    assert message.reply_markup is not None
    assert message.reply_markup.inline_keyboard[0][0].callback_data == "v1:do:keys"


def test_a_kind_without_a_text_is_an_error() -> None:
    with pytest.raises(LookupError):
        OUTBOX.render("no-such-kind", {}, Language.ENGLISH)


def test_values_that_no_message_was_written_with_are_an_error() -> None:
    for values in ({}, VALUES["key-expires"] | {"days": "three"}, VALUES["key-expires"] | {"account_type": "gold"}):
        with pytest.raises(PayloadError):
            OUTBOX.render("key-expires", values, Language.ENGLISH)


def test_an_alarm_without_a_token_leads_to_the_campaigns() -> None:
    values = {name: text for name, text in VALUES["promo-used"].items() if name != "token"}
    (message,) = OUTBOX.render("promo-used", values, Language.ENGLISH)
    assert message.reply_markup is not None
    assert message.reply_markup.inline_keyboard[0][0].callback_data == "v1:do:promo"


def test_a_receipt_says_what_was_paid_what_for_until_when_and_by_which_charge() -> None:
    (message,) = OUTBOX.render("payment-receipt", PAYMENT, Language.ENGLISH)
    assert "Paid: 13,500 ⭐</b>, payment 12. 90 days of Premium are yours" in message.text_html
    assert "your license ends 2025-10-09" in message.text_html
    assert "<code>stxAQ&lt;b&gt;</code>" in message.text_html
    (russian,) = OUTBOX.render("payment-unclaimed", PAYMENT, Language.RUSSIAN)
    assert "13 500 ⭐" in russian.text_html.replace("\xa0", " ")
    assert "счёт на оплату выписан другому человеку" in russian.text_html

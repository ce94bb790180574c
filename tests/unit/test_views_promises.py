"""Messages of the outbox, in the reader's language."""

import pytest
from fake_bot_api import visible
from viewers import TEXTS

from bot.domain.model import Language
from handlers.views.promises import KINDS, Promises

PROMISES = Promises(TEXTS)
VALUES = {
    "key-expires": {"account_type": "demo", "days": "3", "date": "1760011205000"},
    "key-trouble": {"account_type": "live", "finding": "key-unknown-permission", "names": "Earn:Earn & <more>"},
    "key-attached": {"account_type": "live"},
    "key-removed": {"account_type": "demo"},
    "license-ends": {"kind": "premium", "days": "3", "on": "2025-10-12"},
    "license-ended": {"kind": "trial", "on": "2025-10-12"},
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_one_short_message(kind: str, language: Language, caplog: pytest.LogCaptureFixture) -> None:
    (message,) = PROMISES.render(kind, VALUES.get(kind, {}), language)
    assert 10 < len(visible(message.text_html)) < 400
    assert not caplog.records


def test_a_key_that_expires() -> None:
    (message,) = PROMISES.render("key-expires", VALUES["key-expires"], Language.ENGLISH)
    assert "Your Bybit Demo key expires in 3 days (2025-10-09)" in visible(message.text_html)
    (russian,) = PROMISES.render("key-expires", VALUES["key-expires"] | {"days": "1"}, Language.RUSSIAN)
    assert "через 1 день" in visible(russian.text_html)


def test_trouble_names_its_reason_and_its_cure_and_escapes_what_is_not_ours() -> None:
    (message,) = PROMISES.render("key-trouble", VALUES["key-trouble"], Language.ENGLISH)
    assert "Trouble with your Live key" in message.text_html
    assert "Earn:Earn &amp; &lt;more&gt;" in message.text_html
    assert "Untick that on Bybit" in message.text_html
    dead = {"account_type": "demo", "finding": "key-not-taken", "code": "33004"}
    (other,) = PROMISES.render("key-trouble", dead, Language.ENGLISH)
    assert "(code 33004)" in other.text_html


def test_it_brings_the_way_on() -> None:
    (message,) = PROMISES.render("send-secret-again", {}, Language.ENGLISH)
    assert message.reply_markup is not None
    assert message.reply_markup.inline_keyboard[0][0].callback_data == "v1:do:keys"


def test_a_kind_without_a_text_is_an_error() -> None:
    with pytest.raises(LookupError):
        PROMISES.render("no-such-kind", {}, Language.ENGLISH)

"""The key file is lost: the bot goes on without what it sealed, people are asked to connect again, ledgers stand."""

import asyncio
import base64
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, said, settings_in
from harness.app import harness as open_harness
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.domain.accounts import AccountType
from bot.domain.errors import WrongKeyFile
from bot.domain.users import Language
from handlers.outbox_messages import OutboxTexts
from handlers.texts.catalog import Texts
from ops.cli import app
from ops.doctor import examine
from ops.key_files import drop_lost

NEW = SecretStr(f"new:{base64.b64encode(bytes(range(32))).decode()}")


async def live(bot: Harness) -> None:
    """Anna has a demo account that she shows first, and redeemed a code of two; Boris only practices."""
    owner, anna = bot.person(OWNER, name="Olga"), bot.person()
    await said(owner, "/start")
    await said(owner, "/promo new premium 7d max=4 code=SPRING26")
    await owner.press("Create")
    await bot.demo_account(anna)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await said(bot.person(BORIS, name="Boris"), "/start")
    await bot.write("DELETE FROM outbox")


async def test_what_is_sealed_goes_with_a_word_to_each_and_everything_else_stays(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as bot:
        await live(bot)
        before = {
            name: await bot.rows(name) for name in ("license_events", "user_licenses", "promo_usage", "trade_logs")
        }
    with pytest.raises(WrongKeyFile, match="bring the one that has key test"):
        async with open_harness(tmp_path, key=NEW):
            pytest.fail("it started")
    settings = settings_in(tmp_path, key=NEW)
    await asyncio.to_thread(drop_lost, settings)
    await asyncio.to_thread(drop_lost, settings)  # nothing is left to drop
    copies = await asyncio.to_thread(lambda: list(tmp_path.glob("*.before-*")))
    assert [oct(each.stat().st_mode)[-3:] for each in copies] == ["600"]
    assert {check.name for check in await examine(settings) if not check.is_ok} == set()
    async with open_harness(tmp_path, key=NEW) as bot:
        assert {name: await bot.rows(name) for name in before} == before
        config = await bot.config()
        assert [each.account_type for each in config.accounts] == [AccountType.PAPER]
        assert config.default_account_id == config.accounts[0].account_id
        told = {each.message.user_id: each.message for each in await bot.queued()}
        assert {user_id: each.kind for user_id, each in told.items()} == {ANNA: "keys-lost", OWNER: "vault-lost"}
        assert told[OWNER].values == {"accounts": "1", "people": "1", "codes": "1"}
        texts = OutboxTexts(Texts.load())
        for language, words in (
            (Language.ENGLISH, "connect again"),
            (Language.RUSSIAN, "заново"),
            (Language.UKRAINIAN, "знову"),
        ):
            (card,) = texts.render("keys-lost", told[ANNA].values, language)
            assert words in card.text_html
            assert "/keys" in card.text_html
        await codes_are_over(bot)
        await bot.demo_account(bot.person())
        assert len((await bot.config()).accounts) == 2, "connected anew"


async def codes_are_over(bot: Harness) -> None:
    owner = bot.person(OWNER, name="Olga")
    assert "can't be shown or redeemed any more" in (await said(owner, "/promo codes 1")).text
    boris = bot.person(BORIS, name="Boris")
    assert "not valid" in (await said(boris, "/redeem SPRING26")).text
    await said(owner, "/promo new premium 1d max=1 code=SUMMER26")
    await owner.press("Create")
    await said(boris, "/redeem SUMMER26")
    await boris.press("Redeem")
    assert len(await bot.rows("promo_usage")) == 2


async def test_a_key_file_that_opens_everything_costs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_harness(tmp_path) as bot:
        await live(bot)
    await asyncio.to_thread(drop_lost, settings_in(tmp_path))
    assert "nothing was dropped" in capsys.readouterr().out
    async with open_harness(tmp_path) as bot:
        assert len((await bot.config()).accounts) == 2


def test_without_a_new_key_file_the_command_says_what_to_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERPDESK_DATABASE", str(tmp_path / "perpdesk.sqlite3"))
    monkeypatch.setenv("PERPDESK_KEY_FILE", str(tmp_path / "perpdesk.key"))
    monkeypatch.setenv("PERPDESK_TELEGRAM_TOKEN", "1:token")
    done = CliRunner().invoke(app, ["run", "--without-vault"])
    assert (done.exit_code, "perpdesk new-key" in done.output) == (78, True), done.output
    assert list(tmp_path.iterdir()) == []

"""The bot by webhook, against the stand-in of Telegram."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from harness.app import OWNER
from harness.chat import TUNING, ChatProcess
from harness.proxy import running_proxy
from harness.sim_telegram import Driver
from harness.telegram_server import TOKEN, FakeTelegram, message
from harness.waiting import until
from pydantic import SecretStr

from bot.chat.errors import ForeignWebhook, WebhookPortTaken
from bot.chat.webhook_listener import BODY_LIMIT, SECRET_HEADER
from bot.domain.secrets import Secret
from bot.settings import Settings
from bot.wiring.chat import webhook_address
from ops.stack import free_port
from ops.telegram import take_webhook

USER = 5001
PATH = "/telegram"
SECRET = "a-secret-of-the-tests-1"


def process(folder: Path, sim: Driver, *, port: int | None = None) -> ChatProcess:
    port = free_port() if port is None else port
    changes = {
        "webhook_url": f"http://127.0.0.2:{port}{PATH}",
        "webhook_host": "127.0.0.2",
        "webhook_port": port,
        "webhook_secret": SecretStr(SECRET),
    }
    return ChatProcess(folder, FakeTelegram(url=sim.url), changes=changes)


@asynccontextmanager
async def at_work(folder: Path, sim: Driver, *, port: int | None = None) -> AsyncIterator[ChatProcess]:
    async with process(folder, sim, port=port).at_work() as bot:
        await until(lambda: bot.runtime.problems() == (), what="readiness")
        yield bot


async def answers(sim: Driver, user_id: int = USER) -> list[str]:
    status, messages = await sim.raw("GET", f"/sim/chats/{user_id}/messages?after=0")
    assert status == HTTPStatus.OK
    return [message["text"] for message in messages if message["from"]["is_bot"]]


async def info(sim: Driver) -> dict[str, Any]:
    found: dict[str, Any] = await sim.call("getWebhookInfo", token=TOKEN)
    return found


async def test_updates_come_by_webhook_and_are_answered_once_over_a_restart(sim: Driver, tmp_path: Path) -> None:
    port = free_port()
    async with at_work(tmp_path, sim, port=port) as bot:
        assert (await info(sim))["url"] == f"http://127.0.0.2:{port}{PATH}"
        await sim.say("one", user=USER)
        await until(lambda: bot.runtime.lanes.stats().handled == 1, what="the first one handled")
        stats = bot.runtime.stats()
        assert stats.poll is None
        assert stats.webhook is not None
        assert (stats.webhook.taken, stats.webhook.turned_away) == (1, 0)
        assert stats.intake_age_s < 60
    await sim.say("two", user=USER)
    assert (await info(sim))["url"], "a stop leaves the webhook as it is"
    async with at_work(tmp_path, sim, port=port):
        await sim.say("three", user=USER)

        async def is_answered() -> bool:
            return len(await answers(sim)) == 3

        await until(is_answered, what="every answer")
        assert await answers(sim) == ["you said one", "you said two", "you said three"]
        assert (await info(sim))["pending_update_count"] == 0


async def test_who_is_not_telegram_is_turned_away(sim: Driver, tmp_path: Path) -> None:
    async with at_work(tmp_path, sim) as bot:
        url = str(bot.changes["webhook_url"])
        right = {SECRET_HEADER: SECRET}
        large = b" " * (BODY_LIMIT + 1)
        for method, where, headers, body, status in (
            ("POST", url, {}, b"{}", HTTPStatus.UNAUTHORIZED),
            ("POST", url, {SECRET_HEADER: "wrong"}, b"{}", HTTPStatus.UNAUTHORIZED),
            ("POST", url, {SECRET_HEADER: "wrong"}, large, HTTPStatus.UNAUTHORIZED),
            ("POST", url, right, large, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
            ("GET", url, right, b"", HTTPStatus.METHOD_NOT_ALLOWED),
            ("POST", url.replace(PATH, "/other"), right, b"{}", HTTPStatus.NOT_FOUND),
            ("POST", url, right, b"no json", HTTPStatus.OK),
        ):
            async with sim.session.request(method, where, headers=headers, data=BytesIO(body)) as answer:
                said = b"" if status is HTTPStatus.OK else f'{{"error":"{status.phrase.lower()}"}}'.encode()
                assert (answer.status, await answer.read()) == (status, said)
                assert answer.headers["Server"] == "perpdesk"
        assert await bot.inbox() == {}


async def test_what_comes_while_it_stops_is_asked_to_come_again(sim: Driver, tmp_path: Path) -> None:
    async with at_work(tmp_path, sim) as bot:
        await bot.runtime.stop_intake()
        url = str(bot.changes["webhook_url"])
        async with sim.session.post(url, headers={SECRET_HEADER: SECRET}, json=message(7, USER)) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "1")
        assert await bot.inbox() == {}


async def test_a_foreign_webhook_ends_the_start_and_stays(sim: Driver, tmp_path: Path) -> None:
    foreign = "http://127.0.0.1:9/other"
    await sim.call("setWebhook", token=TOKEN, url=foreign)
    async with process(tmp_path, sim).at_work() as bot:
        with pytest.raises(ForeignWebhook, match="perpdesk webhook take"):
            await bot.runtime.ended()
    assert (await info(sim))["url"] == foreign


async def test_an_operator_takes_a_webhook_over_and_hears_which_it_was(
    sim: Driver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign, ours = "http://127.0.0.1:9/other", "https://bot.example.org/telegram"
    await sim.call("setWebhook", token=TOKEN, url=foreign)
    async with running_proxy(needs_login=False) as proxy:
        way_out = SecretStr(f"http://127.0.0.1:{proxy.port}")
        settings = Settings(telegram_api_url=sim.url, webhook_url=ours, telegram_proxy=way_out)
        for was in (f"it was {foreign}", "there was no other"):
            await asyncio.to_thread(take_webhook, settings, Secret(TOKEN))
            assert capsys.readouterr().out == f"the webhook is {ours}; {was}; updates that wait are kept\n"
    assert len(proxy.asked) == 2
    found = await info(sim)
    assert (found["url"], found["max_connections"]) == (ours, 40)
    assert "pre_checkout_query" in found["allowed_updates"]


async def test_a_port_that_is_taken_ends_the_start(sim: Driver, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:
        port = listener.getsockname()[1]
        taken = pytest.raises(WebhookPortTaken, match=f"can't listen on 127.0.0.2:{port} .*PERPDESK_WEBHOOK_PORT")
        with taken:
            async with process(tmp_path, sim, port=port).at_work():
                pass


def test_without_a_secret_of_its_own_one_is_made_of_the_token() -> None:
    settings = Settings(webhook_url="https://bot.example.org/telegram")
    first, again, other = (webhook_address(settings, Secret(token)) for token in (TOKEN, TOKEN, f"{TOKEN}2"))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.secret.reveal() == again.secret.reveal() != other.secret.reveal()
    assert len(first.secret.reveal()) == 64
    assert first.secret.reveal() not in repr(first)


async def test_a_webhook_that_is_set_elsewhere_halts_entries_and_is_told(sim: Driver, tmp_path: Path) -> None:
    async with at_work(tmp_path, sim) as bot:
        halts = bot.assembly.services.trading.halts
        assert (await halts.state()).since is None
        await sim.call("setWebhook", token=TOKEN, url="http://127.0.0.1:9/other")
        await until(bot.runtime.problems, what="the reason")
        assert bot.runtime.problems() == ("another webhook takes this bot's updates: `perpdesk webhook take`",)

        async def is_halted() -> bool:
            return (await halts.state()).since is not None

        await until(is_halted, what="the halt")
        state = await halts.state()
        assert (state.reason, state.actor_name) == ("Telegram sends what is said to this bot elsewhere", "")
        assert state.is_managing, "it may only have been removed"
        kinds = await bot.rows("SELECT user_id, kind FROM outbox")
        assert kinds == [(OWNER, "trade-updates-taken")]
        await sim.call("setWebhook", token=TOKEN, url=bot.changes["webhook_url"], secret_token="other")
        await until(lambda: bot.runtime.problems() == (), what="the end of the reason")
        assert await is_halted(), "only a person lifts it"


async def test_a_webhook_that_appears_while_updates_are_asked_for_halts_entries(sim: Driver, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, FakeTelegram(url=sim.url)).at_work() as bot:
        await until(lambda: bot.runtime.problems() == (), what="readiness")
        await sim.call("setWebhook", token=TOKEN, url="http://127.0.0.1:9/other")

        async def is_halted() -> bool:
            return (await bot.assembly.services.trading.halts.state()).since is not None

        await until(is_halted, what="the halt")
        await asyncio.sleep(0)
        assert len(await bot.rows("SELECT * FROM halts")) == 1


async def test_another_instance_that_stays_halts_entries_and_is_told(sim: Driver, tmp_path: Path) -> None:
    times = replace(TUNING.poll_times, established_grace=0.2)
    bot = ChatProcess(tmp_path, FakeTelegram(url=sim.url), tuning=replace(TUNING, poll_times=times))
    async with bot.at_work():
        await until(lambda: bot.runtime.problems() == (), what="readiness")
    async with bot.at_work():  # a newcomer would yield
        await until(lambda: bot.runtime.problems() == (), what="readiness")
        status, _ = await sim.raw("POST", "/sim/faults", json={"kind": "conflict"})
        assert status == HTTPStatus.OK

        async def is_halted() -> bool:
            return (await bot.assembly.services.trading.halts.state()).since is not None

        await until(is_halted, what="the halt")
        assert bot.runtime.problems() == ("another instance asks for this bot's updates: stop one of the two",)
        state = await bot.assembly.services.trading.halts.state()
        assert state.reason == "another instance takes what is said to this bot"
        assert not state.is_managing, "the other one does"
        assert await bot.rows("SELECT user_id, kind FROM outbox") == [(OWNER, "trade-updates-taken")]
        await sim.raw("DELETE", "/sim/faults")
        await until(lambda: bot.runtime.problems() == (), what="the end of the reason")
        assert await is_halted(), "only a person lifts it"


async def test_deliveries_that_fail_are_a_reason_until_they_pass_and_those_before_the_start_are_none(
    sim: Driver, tmp_path: Path
) -> None:
    port = free_port()
    async with at_work(tmp_path, sim, port=port):
        pass
    await sim.say("while nobody listens", user=USER)
    await until(lambda: _error_of(sim), what="a failed delivery")
    async with at_work(tmp_path, sim, port=port) as bot:
        assert bot.runtime.problems() == ()
        await until(lambda: bot.runtime.lanes.stats().handled == 1, what="what had waited")
        await sim.call("setWebhook", token=TOKEN, url=bot.changes["webhook_url"], secret_token="another-secret-0123")
        await sim.say("with another secret", user=USER)
        await until(bot.runtime.problems, what="the reason")
        (reason,) = bot.runtime.problems()
        assert reason.startswith("Telegram can't deliver updates: Wrong response from the webhook: 401")


async def _error_of(sim: Driver) -> bool:
    return "last_error_date" in await info(sim)

"""Polling: nothing confirmed before it is stored, patient with the network, firm with what can't be mended."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.telegram_server import message
from harness.virtual_time import LoopClock
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.chat.errors import AnotherInstance, FloodWait, TokenRefused
from bot.chat.poller import ALLOWED_UPDATES, Poller, PollTimes
from bot.domain.errors import StorageTrouble

QUICK = PollTimes(long_poll=1, margin=1, back_off=0.01, back_off_most=0.02, conflict_grace=0.1, established_grace=0.4)
IDLE = 3600.0

pytestmark = pytest.mark.virtual_time


@dataclass
class Api:
    """Answers getUpdates from a script: a batch, an error, or seconds to be silent. Idle at its end."""

    script: list[Any] = field(default_factory=list)
    asked: list[Mapping[str, object]] = field(default_factory=list)
    called: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    read_timeouts: list[float] = field(default_factory=list)
    renewals: int = 0

    async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
        await asyncio.sleep(0)
        if method != "getUpdates":
            self.called.append((method, parameters))
            return True
        self.asked.append(parameters)
        self.read_timeouts.append(read_timeout)
        step = self.script.pop(0) if self.script else IDLE
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, float):
            await asyncio.sleep(step)
            return []
        return step

    async def renew(self) -> None:
        self.renewals += 1

    def offsets(self) -> list[object]:
        return [parameters.get("offset") for parameters in self.asked]


@dataclass
class Intake:
    """A poller over a scripted Telegram and a store that refuses on demand."""

    api: Api
    refuse: list[StorageTrouble] = field(default_factory=list)
    batches: list[list[int]] = field(default_factory=list)
    times: PollTimes = QUICK
    randomness: float = 1.0
    room: asyncio.Event = field(default_factory=asyncio.Event)
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        self.room.set()
        self.poller = Poller(self.api, self.accept, self.wait, LoopClock(), lambda: self.randomness, times=self.times)

    async def wait(self) -> None:
        await self.room.wait()

    async def accept(self, updates: Sequence[Any]) -> None:
        await asyncio.sleep(0)
        if self.refuse:
            raise self.refuse.pop(0)
        self.batches.append([update["update_id"] for update in updates])

    @asynccontextmanager
    async def open(self, seconds: float = 0.1) -> AsyncIterator[Poller]:
        async with self.poller.open() as poller:
            await asyncio.sleep(seconds)
            yield poller


async def test_a_batch_is_confirmed_only_after_it_was_stored() -> None:
    intake = Intake(Api([[message(5, 1), message(6, 1)], [message(7, 1)]]))
    async with intake.open() as poller:
        assert intake.batches == [[5, 6], [7]]
        assert intake.api.offsets() == [None, 7, 8]
        assert poller.trouble() is None
        assert poller.stats().answers == 2


async def test_every_call_names_all_kinds_of_updates() -> None:
    intake = Intake(Api([[message(5, 1)]]))
    async with intake.open():
        pass
    assert [parameters["allowed_updates"] for parameters in intake.api.asked] == [list(ALLOWED_UPDATES)] * 2
    assert {"message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query"} <= set(
        ALLOWED_UPDATES
    )
    assert {parameters["limit"] for parameters in intake.api.asked} == {100}
    assert [parameters["timeout"] for parameters in intake.api.asked] == [0, 1]  # the first answer comes at once
    assert set(intake.api.read_timeouts) == {2}  # longer than Telegram may rightly be silent


async def test_while_the_disk_refuses_the_offset_stays_and_readiness_says_why(caplog: pytest.LogCaptureFixture) -> None:
    intake = Intake(
        Api([[message(5, 1)], [message(5, 1)], 0.05, [message(9, 1)]]), refuse=[StorageTrouble("disk full")]
    )
    async with intake.poller.open() as poller:
        await asyncio.sleep(0.008)
        assert poller.trouble() == "updates can't be stored: disk full"
        await asyncio.sleep(0.15)
        assert poller.trouble() is None
    assert intake.batches == [[5], [9]]
    assert intake.api.offsets()[:3] == [None, None, 6]
    assert "stored again" not in caplog.text  # an INFO line
    assert "disk full" in caplog.text


async def test_after_an_empty_answer_no_offset_hides_ids_that_began_anew_below_it() -> None:
    intake = Intake(Api([[message(900, 1)], [], [message(17, 1)]]))
    async with intake.open():
        pass
    assert intake.batches == [[900], [17]]
    assert intake.api.offsets() == [None, 901, None, 18]


async def test_a_network_that_fails_is_asked_again_for_ever() -> None:
    failures: list[TelegramError] = [NetworkError("reset")] * 12
    intake = Intake(Api([*failures, [message(5, 1)]]))
    async with intake.open(0.5) as poller:
        assert intake.batches == [[5]]
        assert poller.stats().failures == 12
        assert poller.trouble() is None


async def test_readiness_speaks_of_a_lasting_failure_not_of_a_single_one() -> None:
    intake = Intake(Api([[], NetworkError("reset"), 0.05, *[NetworkError("no route")] * 50]))
    assert intake.poller.trouble() == "Telegram has not answered yet"
    async with intake.poller.open() as poller:
        await asyncio.sleep(0.04)
        assert poller.trouble() is None
        await asyncio.sleep(0.2)
        assert poller.trouble() == "Telegram gives no updates: no route"


async def test_the_back_off_doubles_up_to_its_most_and_is_jittered() -> None:
    times = PollTimes(back_off=1, back_off_most=8)
    for randomness, waits in ((1.0, [1, 2, 4, 8, 8]), (0.0, [0.5, 1, 2, 4, 4])):
        intake = Intake(Api(), times=times, randomness=randomness)
        for wait in waits:
            assert await intake.poller._after(NetworkError("x")) == wait


async def test_a_429_is_obeyed() -> None:
    intake = Intake(Api([FloodWait(0.2), [message(5, 1)]]))
    async with intake.open(0.19):
        assert intake.batches == []
        await asyncio.sleep(0.02)
        assert intake.batches == [[5]]


async def test_a_deaf_connection_is_replaced() -> None:
    intake = Intake(Api([TimedOut(), [message(5, 1)]]))
    async with intake.open() as poller:
        assert intake.api.renewals == poller.stats().renewals == 1
        assert intake.batches == [[5]]


async def test_a_connection_that_never_ends_is_deaf_too() -> None:
    times = PollTimes(long_poll=0, margin=-0.9, back_off=0.01)  # a tenth of a second in all
    intake = Intake(Api([IDLE, [message(5, 1)]]), times=times)
    async with intake.open(0.3):
        assert intake.batches == [[5]]
        assert intake.api.renewals >= 1


async def test_its_age_is_that_of_the_last_answer() -> None:
    intake = Intake(Api([[]]))
    assert intake.poller.stats().age_s is None
    async with intake.open(0.1) as poller:
        age = poller.stats().age_s
        assert age == pytest.approx(0.1)


async def test_another_instance_ends_it_after_a_short_grace() -> None:
    intake = Intake(Api([Conflict("terminated by other getUpdates request")] * 100))
    began = asyncio.get_running_loop().time()
    async with intake.poller.open() as poller:
        with pytest.raises(AnotherInstance, match="another instance of this bot is running"):
            await poller.ended()
    assert 0.1 <= asyncio.get_running_loop().time() - began < 0.15


async def test_a_newcomer_that_gets_an_answer_now_and_then_gives_way_all_the_same() -> None:
    conflict = Conflict("terminated by other getUpdates request")
    intake = Intake(Api([conflict, [], conflict, [], conflict, [], conflict, [], conflict, [], conflict] * 9))
    async with intake.poller.open() as poller:
        with pytest.raises(AnotherInstance):
            await asyncio.wait_for(poller.ended(), 2)


async def test_one_long_at_work_gives_way_later() -> None:
    times = PollTimes(conflict_grace=0.05, established=0.0, established_grace=0.4, back_off=0.01)
    intake = Intake(Api([Conflict("terminated by other getUpdates request")] * 10 + [[message(5, 1)]]), times=times)
    async with intake.open(0.35):
        assert intake.batches == [[5]]


async def test_a_webhook_is_taken_down_with_its_updates_kept() -> None:
    said = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    intake = Intake(Api([Conflict(said), [message(5, 1)]]))
    async with intake.open():
        assert intake.api.called == [("deleteWebhook", {"drop_pending_updates": False})]
        assert intake.batches == [[5]]


async def test_an_unauthorized_token_ends_it_at_once() -> None:
    intake = Intake(Api([InvalidToken("Unauthorized")]))
    async with intake.poller.open() as poller:
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(poller.ended(), 1)
    assert len(intake.api.asked) == 1


async def test_a_gateways_404_is_not_the_tokens_end() -> None:
    intake = Intake(Api([InvalidToken("Not Found")] * 2 + [[message(5, 1)]] + [InvalidToken("Not Found")] * 3))
    async with intake.poller.open() as poller:
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(poller.ended(), 1)
    assert intake.batches == [[5]]


@pytest.mark.parametrize("nonsense", [{"a": 1}, "updates", [{"no": "id"}], [None], 7])
async def test_an_answer_that_is_no_list_of_updates_is_a_failure_not_a_loop(nonsense: object) -> None:
    intake = Intake(Api([nonsense, [message(5, 1)]]))
    async with intake.open() as poller:
        assert intake.batches == [[5]]
        assert poller.stats().failures == 1


async def test_it_does_not_ask_while_there_is_no_room() -> None:
    intake = Intake(Api([[message(5, 1)], [message(6, 1)]]))
    intake.room.clear()
    async with intake.open():
        assert intake.api.asked == []
        intake.room.set()
        await asyncio.sleep(0.05)
        assert intake.batches == [[5], [6]]


async def test_stopping_ends_quietly() -> None:
    intake = Intake(Api())
    async with intake.open() as poller:
        await poller.stop()
        await asyncio.wait_for(poller.ended(), 1)
        asked = len(intake.api.asked)
        await asyncio.sleep(0.05)
        assert len(intake.api.asked) == asked

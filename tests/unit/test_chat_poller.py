"""Polling: nothing confirmed before it is stored, patient with the network, firm with what can't be mended."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from harness.telegram_server import message
from harness.virtual_time import LoopClock
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.chat.errors import AnotherInstance, FloodWait, UnreadableAnswer, WebhookIsSet
from bot.chat.gaps import Gap
from bot.chat.poller import ALLOWED_UPDATES, Poller, PollTimes
from bot.domain.closings import Takeover
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis

QUICK = PollTimes(
    long_poll=1,
    spacing=0,
    margin=1,
    back_off=0.01,
    back_off_most=0.02,
    conflict_grace=0.1,
    established_grace=0.4,
)
IDLE = 3600.0

pytestmark = pytest.mark.virtual_time


@dataclass
class Api:
    """Answers getUpdates from a script: a batch, an error, or seconds to be silent. At its end nothing is new."""

    script: list[Any] = field(default_factory=list)
    asked: list[Mapping[str, object]] = field(default_factory=list)
    read_timeouts: list[float] = field(default_factory=list)
    renewals: int = 0

    async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
        await asyncio.sleep(0)
        assert method == "getUpdates", "nothing else is asked by the poller"
        self.asked.append(parameters)
        self.read_timeouts.append(read_timeout)
        step = self.script.pop(0) if self.script else float(str(parameters["timeout"]))
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
    refuse: list[Exception] = field(default_factory=list)
    cursed: set[int] = field(default_factory=set)
    batches: list[list[int]] = field(default_factory=list)
    gaps: list[Gap | None] = field(default_factory=list)
    aside: list[int] = field(default_factory=list)
    heard: list[Millis] = field(default_factory=list)
    takeovers: list[Takeover] = field(default_factory=list)
    times: PollTimes = QUICK
    randomness: float = 1.0
    is_known: bool = False
    heard_ts: Millis | None = None
    room: asyncio.Event = field(default_factory=asyncio.Event)
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        self.room.set()
        self.poller = Poller(
            self.api,
            self,
            self.wait,
            self.note,
            LoopClock(),
            lambda: self.randomness,
            taken_over=self.taken_over,
            times=self.times,
            is_known=self.is_known,
            heard_ts=self.heard_ts,
        )

    async def note(self, moment: Millis) -> None:
        self.heard.append(moment)

    async def taken_over(self, by: Takeover) -> None:
        if self.refuse:
            raise self.refuse.pop(0)
        self.takeovers.append(by)

    async def set_aside(self, update_id: int) -> None:
        self.aside.append(update_id)

    async def wait(self) -> None:
        await self.room.wait()

    async def accept(self, updates: Sequence[Any], gap: Gap | None = None) -> None:
        await asyncio.sleep(0)
        if self.refuse:
            raise self.refuse.pop(0)
        if any(update["update_id"] in self.cursed for update in updates):
            raise RecursionError
        self.gaps.append(gap)
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


async def test_a_busy_bot_s_calls_are_spaced_and_after_a_quiet_moment_the_first_three_are_not() -> None:
    intake = Intake(
        Api([[message(number, 1)] for number in range(1, 20)] + [1.0] + [[message(20, 1)]] * 3),
        times=replace(QUICK, spacing=0.05),
    )
    async with intake.open(0.55):
        assert len(intake.batches) == 3 + 10, "one each 50 ms"
        await asyncio.sleep(0.3)
        assert len(intake.batches) == 19
        await asyncio.sleep(1.1)
        assert len(intake.batches) == 19 + 3
    full = [[message(number, 1), message(number + 1, 1)] for number in range(1, 40, 2)]
    backlog = Intake(Api(full), times=replace(QUICK, spacing=0.05, limit=2))
    async with backlog.open(0.01):
        assert len(backlog.batches) == 20, "a full answer is followed by the next"


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
    times = PollTimes(long_poll=1, margin=1, back_off=0.01)
    intake = Intake(Api([[], IDLE, [message(5, 1)]]), times=times)
    async with intake.open(3.5):
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
    times = replace(QUICK, conflict_grace=0.05, established=0.0, back_off_most=3.0)
    intake = Intake(Api([Conflict("terminated by other getUpdates request")] * 10 + [[message(5, 1)]]), times=times)
    async with intake.open(0.35):
        assert intake.batches == [[5]]


async def test_another_instance_that_stays_is_told_once_however_often_an_answer_comes_between() -> None:
    conflict = Conflict("terminated by other getUpdates request")
    script = [[message(1, 1)], *[conflict, conflict, []] * 40]
    intake = Intake(Api(script), is_known=True)
    async with intake.open(0.3):
        assert intake.takeovers == []
        intake.refuse.append(StorageTrouble("disk full"))
        await asyncio.sleep(1)
        assert intake.takeovers == [Takeover.INSTANCE]
        assert intake.refuse == []


WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


async def test_a_webhook_that_is_set_ends_a_start_and_is_not_deleted() -> None:
    intake = Intake(Api([Conflict(WEBHOOK)]), is_known=True)
    async with intake.poller.open() as poller:
        with pytest.raises(WebhookIsSet, match="perpdesk webhook remove"):
            await poller.ended()


async def test_a_webhook_that_is_set_later_is_a_reason_and_no_end() -> None:
    intake = Intake(Api([[message(5, 1)], *[Conflict(WEBHOOK)] * 40, [message(6, 1)]]))
    async with intake.poller.open() as poller:
        await asyncio.sleep(0.2)
        assert poller.trouble() == "a webhook takes this bot's updates: `perpdesk webhook remove`"
        await asyncio.sleep(1)
        assert poller.trouble() is None
    assert intake.batches == [[5], [6]]


@pytest.mark.parametrize(
    "refusal",
    [
        InvalidToken("Unauthorized"),
        InvalidToken("Not Found"),
        NetworkError("502 Bad Gateway"),
        Conflict("terminated by other getUpdates request"),
    ],
)
async def test_no_refusal_ends_it_and_ten_minutes_later_it_is_back_within_five_seconds(refusal: TelegramError) -> None:
    """Telegram says 401, 404 and 409 of good tokens, too."""

    class TenMinutes(Api):
        until = 0.0

        async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
            if asyncio.get_running_loop().time() < self.until:
                self.asked.append(parameters)
                raise refusal
            return await super().call(method, parameters, read_timeout=read_timeout)

    now = asyncio.get_running_loop().time
    api = TenMinutes([[message(5, 1)], [message(6, 1)]])
    intake = Intake(api, times=PollTimes(), is_known=True)
    async with intake.open(1) as poller:
        api.script, api.until = [[message(7, 1)]], now() + 600
        await asyncio.sleep(30)  # the long poll that waits goes well
        intake.api.asked.clear()
        await asyncio.sleep(45)
        assert poller.trouble()
        await asyncio.sleep(600 - 75 - 0.1)
        assert len(intake.api.asked) < 400, "a question every three seconds or so"
        await asyncio.sleep(5.1)
        assert poller.trouble() is None
        assert intake.batches[-1] == [7]
        assert intake.gaps[-1] is not None
        assert intake.gaps[-1].seconds == pytest.approx(600, abs=31)


async def test_a_wedged_connection_is_noticed_within_45_seconds_and_a_new_one_answers_within_five() -> None:
    wedged = True

    class Wedged(Api):
        async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
            if wedged and self.asked:
                self.asked.append(parameters)
                await asyncio.sleep(IDLE)
            return await super().call(method, parameters, read_timeout=read_timeout)

    intake = Intake(Wedged([[message(5, 1)], [message(6, 1)]]), times=PollTimes(), is_known=True)
    async with intake.open(45) as poller:
        assert poller.trouble() is not None
        assert intake.api.renewals
        await asyncio.sleep(555)
        wedged = False
        await asyncio.sleep(5)
        assert poller.trouble() is None
        assert intake.batches == [[5], [6]]


async def test_a_network_that_needs_longer_than_a_probe_is_heard_all_the_same() -> None:
    class Slow(Api):
        async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
            await asyncio.sleep(9)
            return await super().call(method, parameters, read_timeout=read_timeout)

    intake = Intake(Slow([[message(5, 1)]]), times=PollTimes())
    async with intake.open(20):
        assert intake.batches == [[5]]


async def test_what_waited_over_an_earlier_process_end_comes_with_the_gap() -> None:
    now = LoopClock().now()
    backlog = [message(number, 1) for number in range(3)]
    times = replace(QUICK, limit=2)
    intake = Intake(Api([backlog[:2], backlog[2:], [message(9, 1)]]), times=times, heard_ts=Millis(now - 600_000))
    async with intake.open():
        pass
    assert [gap is not None and round(gap.seconds) for gap in intake.gaps] == [600, 600, False]
    assert len(intake.heard) == 2, "only once nothing of the backlog is left at Telegram"


async def test_an_update_that_can_t_be_taken_in_is_set_aside_and_the_others_are_not() -> None:
    class Telegram(Api):
        async def call(self, _: str, parameters: Mapping[str, object], **__: float) -> Any:
            self.asked.append(parameters)
            offset, limit = parameters.get("offset", 0), parameters["limit"]
            assert isinstance(offset, int)
            assert isinstance(limit, int)
            found = [message(number, 1) for number in range(max(10, offset), 16)][:limit]
            await asyncio.sleep(0 if found else 0.5)
            return found

    intake = Intake(Telegram(), cursed={12})
    async with intake.open(0.4) as poller:
        assert [each for batch in intake.batches for each in batch] == [10, 11, 13, 14, 15]
        assert intake.aside == [12]
        assert poller.stats().set_aside == 1


async def test_an_answer_too_large_to_be_read_is_asked_for_one_by_one_and_then_passed_by() -> None:
    head = b'{"ok":true,"result":[{"update_id":77,"message":{'
    intake = Intake(Api([[]] + [UnreadableAnswer("too large", head=head)] * 4 + [[message(78, 1)]]))
    async with intake.open(0.3):
        assert intake.aside == [77]
        assert intake.batches == [[78]]
    assert [parameters["limit"] for parameters in intake.api.asked[1:6]] == [100, 100, 1, 1, 1]
    assert intake.api.offsets()[5] == 78


async def test_whatever_an_answer_does_to_its_reader_is_a_failure_and_no_end() -> None:
    intake = Intake(Api([RecursionError("deep"), [message(5, 1)]]))
    async with intake.open() as poller:
        assert intake.batches == [[5]]
        assert poller.stats().failures == 1


async def test_a_flood_on_getupdates_is_said_while_it_lasts() -> None:
    intake = Intake(Api([[], FloodWait(100), [message(5, 1)]]), times=PollTimes(long_poll=1, margin=1))
    async with intake.open(50) as poller:
        assert poller.trouble() == "Telegram gives no updates: Flood control exceeded. Retry in 100 seconds"
        await asyncio.sleep(60)
        assert poller.trouble() is None


@pytest.mark.parametrize("nonsense", [{"a": 1}, "updates", [{"no": "id"}], [None], 7])
async def test_an_answer_that_is_no_list_of_updates_is_a_failure_not_a_loop(nonsense: object) -> None:
    intake = Intake(Api([nonsense, [message(5, 1)]]))
    async with intake.open() as poller:
        assert intake.batches == [[5]]
        assert poller.stats().failures == 1


@pytest.mark.parametrize("odd", [2**53, 2**63, 2**64, -1, True, "7"])
async def test_an_odd_update_id_makes_no_offset(odd: object) -> None:
    intake = Intake(Api([[{"update_id": odd}, message(5, 1)], [message(6, 1)]]))
    async with intake.open():
        assert intake.api.offsets()[1] == 6


async def test_a_refused_question_is_put_again_without_its_offset() -> None:
    intake = Intake(Api([[message(5, 1)], BadRequest('Parameter "offset" must be a valid number'), [message(6, 1)]]))
    async with intake.open() as poller:
        assert intake.api.offsets()[1:3] == [6, None]
        assert intake.batches == [[5], [6]]
        assert poller.trouble() is None


async def test_a_flood_without_reason_is_asked_about_after_five_minutes() -> None:
    intake = Intake(Api([[], FloodWait(86_400), [message(5, 1)]]), times=PollTimes(long_poll=1, margin=1))
    async with intake.open(310):
        assert intake.batches == [[5]]


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

"""The daily sweep on a real file: what is old goes, what is young or still needed stays."""

import re

import pytest
from harness.app import ANNA, BORIS, Harness
from harness.fakes import FakeClock
from harness.storage import NOW, new_user

from bot.domain.chat import Button, Dialogue, OutboxMessage
from bot.domain.errors import StorageTrouble
from bot.domain.ids import DAY, ChatId, Millis
from bot.domain.support import Author
from bot.services.housekeeping import Housekeeping, RetentionRule
from bot.wiring.jobs import make_retention_rules
from ops.stack import ROOT
from storage.chat.outbox import SqliteOutbox

OLD, YOUNG = Millis(NOW - 400 * DAY), NOW


async def count(harness: Harness, table: str) -> int:
    ((found,),) = await harness.database.fetch(f"SELECT count(*) FROM {table}")  # noqa: S608  a test's own tables
    return int(found)


async def test_old_promises_go_in_batches_and_waiting_ones_stay(harness: Harness) -> None:
    outbox = SqliteOutbox(harness.database)
    async with harness.store.begin() as unit:
        for number in range(6_000):
            message = OutboxMessage(
                user_id=ANNA, chat_id=ChatId(ANNA), kind="banned", values={}, idempotency_key=f"old:{number}"
            )
            await unit.enqueue(message, OLD)
    await harness.write("UPDATE outbox SET state = 'sent', sent_ts = 1 WHERE outbox_id > 1")
    async with harness.store.begin() as unit:
        await unit.enqueue(
            OutboxMessage(user_id=ANNA, chat_id=ChatId(ANNA), kind="banned", values={}, idempotency_key="young"),
            YOUNG,
        )
    (waiting, young) = await outbox.due(NOW, 10)
    await outbox.sent(young.outbox_id, NOW)
    assert await harness.job(Housekeeping).sweep() == 5_999, "more than one batch"
    assert await count(harness, "outbox") == 2
    assert (await outbox.due(NOW, 10)) == (waiting,)


async def test_dead_buttons_dialogues_and_threads_go(harness: Harness) -> None:
    for user_id in (ANNA, BORIS):
        await harness.services.people.welcome(new_user(user_id))
    async with harness.store.begin() as unit:
        for number, (user_id, expires) in enumerate(((ANNA, OLD), (BORIS, Millis(NOW + 1)))):
            button = Button(
                token=f"{number}" * 22, user_id=user_id, chat_id=ChatId(user_id), action="a", values={},
                expires_ts=expires,
            )  # fmt: skip
            await unit.buttons.add([button], OLD)
            dialogue = Dialogue(user_id=user_id, dialogue="d", version=1, state="s", values={}, expires_ts=expires)
            await unit.dialogues.put(dialogue, OLD)
            for _ in range(2):
                thread = await unit.support.open(user_id, OLD)
                await unit.support.add(thread.thread_id, Author.USER, user_id, "text", OLD)
                await unit.support.close(thread.thread_id, OLD if user_id == ANNA else YOUNG)
        open_thread = await unit.support.open(ANNA, OLD)
    await harness.write("INSERT INTO promo_attempts (user_id, tried_ts) VALUES (?, ?), (?, ?)", ANNA, OLD, ANNA, YOUNG)
    await harness.job(Housekeeping).sweep()
    assert await harness.database.fetch("SELECT user_id FROM buttons") == [(BORIS,)]
    assert await harness.database.fetch("SELECT user_id FROM dialogues") == [(BORIS,)]
    threads = await harness.database.fetch("SELECT thread_id, state FROM support_threads ORDER BY thread_id")
    assert threads == [(3, "closed"), (4, "closed"), (open_thread.thread_id, "open")]
    assert await count(harness, "support_messages") == 2
    assert await harness.database.fetch("SELECT tried_ts FROM promo_attempts") == [(YOUNG,)]


async def test_a_rule_that_fails_is_told_after_the_others_were_swept(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[Millis] = []

    async def broken(_: Millis) -> int:
        raise OSError("the disk is full")

    async def fine(before: Millis) -> int:
        asked.append(before)
        return 3 if len(asked) < 3 else 0

    clock = FakeClock()
    retention_rules = (
        RetentionRule(name="broken", keep=DAY, forget=broken),
        RetentionRule(name="fine", keep=2 * DAY, forget=fine),
    )
    with pytest.raises(StorageTrouble, match="old rows are left of broken"):
        await Housekeeping(rules=retention_rules, clock=clock, pause=0).sweep()
    assert asked == [clock.now() - 2 * DAY] * 3
    assert "old rows of broken could not be deleted" in caplog.text


async def test_the_runbook_has_every_rule_with_its_term(harness: Harness) -> None:
    text = (ROOT / "docs" / "operator.md").read_text().split("## What is kept")[1].split("\n## ")[0]
    told = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    rules = {rule.name: rule.keep // DAY for rule in make_retention_rules(harness.database)}
    assert told.keys() == rules.keys() | {"inbox"}
    for name, days in rules.items():
        assert not days or re.search(rf"\b{days} days?\b", told[name]), name

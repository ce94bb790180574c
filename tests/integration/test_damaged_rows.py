"""Stored values that nobody of ours wrote: a message is set aside, a button is old, a dialogue is over."""

import logging
from typing import Final

import pytest
from harness.app import OWNER, Harness, said
from harness.metrics import one, scraped
from harness.waiting import until

CANARY: Final = "what-somebody-typed"
DAMAGED: Final = {
    "no JSON": f"{{{CANARY}}}",
    "no text": f'{{"days":3,"thread":5,"user":["{CANARY}"],"field":7}}',
    "NaN": '{"a":NaN}',
    "null": '{"a":null}',
    "5,000 digits": f'{{"a":{"9" * 5000}}}',
    "3,000 deep": f'{{"a":{"[" * 3000}{"]" * 3000}}}',
}


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def enqueue(harness: Harness, kind: str, values: str, cause: str) -> None:
    await harness.write(
        "INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, next_try_ts, created_ts)"
        " VALUES (1001, 1001, ?, ?, ?, 1, 1)",
        *(kind, values, cause),
    )


async def states(harness: Harness) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in await harness.database.fetch("SELECT cause, state FROM outbox ORDER BY cause")]


async def is_noted(harness: Harness, cause: str) -> bool:
    """Whether the row of a message says that it was sent."""
    return (cause, "sent") in await states(harness)


@pytest.mark.parametrize("values", DAMAGED.values(), ids=DAMAGED.keys())
async def test_a_damaged_message_is_set_aside_and_the_others_are_sent(
    harness: Harness, values: str, caplog: pytest.LogCaptureFixture
) -> None:
    person = harness.person()
    await person.say("/start")
    for kind, stored, cause in (
        ("restarted", values, "a"),
        ("unbanned", "{}", "b"),
        ("key-attached", '{"account_type":"demo"}', "c"),
    ):
        await enqueue(harness, kind, stored, cause)
    runtime = harness.assembly.runtime
    async with runtime.outbox.open():
        await until(lambda: "was connected" in person.last.text, what="the message after the damaged one")
        await until(lambda: is_noted(harness, "c"), what="its row")
        assert runtime.outbox.trouble() is None
    assert await states(harness) == [("a", "undeliverable"), ("b", "sent"), ("c", "sent")]
    (line,) = errors(caplog)
    assert "message 1 (restarted) is undeliverable" in line
    assert CANARY not in caplog.text
    assert runtime.outbox.stats().undeliverable == 1


async def test_a_message_of_a_moment_after_the_last_year_is_sent(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    await enqueue(harness, "key-expires", f'{{"account_type":"demo","days":"3","date":"{2**63 - 1}"}}', "a")
    await enqueue(harness, "desk-granted", f'{{"kind":"premium","days":"3","end":"{2**63 - 1}"}}', "b")
    async with harness.assembly.runtime.outbox.open():
        await until(lambda: len(person.bubbles) > 2, what="both messages")
    assert [each.text.count("–") for each in person.bubbles[-2:]] == [1, 1]


async def test_what_stops_the_outbox_is_in_the_metrics(harness: Harness) -> None:
    assert one(await scraped(harness.assembly), "perpdesk_outbox_trouble") == 0
    async with harness.assembly.runtime.outbox.open() as outbox:
        await outbox._looking.close()
        assert one(await scraped(harness.assembly), "perpdesk_outbox_trouble") == 1


@pytest.mark.parametrize("action", ["settings.set", "support.close", "terms.accept"])
async def test_a_damaged_button_is_old(harness: Harness, action: str, caplog: pytest.LogCaptureFixture) -> None:
    person = harness.person(OWNER)
    await person.say("/start")
    await harness.terms_accepted(OWNER)
    expected = (await person.tap(f"t:{'A' * 22}")).text
    now = harness.clock.now()
    for number, (name, values) in enumerate(DAMAGED.items()):
        token = f"{number}{'B' * 21}"
        await harness.write(
            "INSERT INTO buttons (token, user_id, chat_id, action, values_json, created_ts, expires_ts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(token, OWNER, OWNER, action, values, now, now + 100_000),
        )
        assert (await person.tap(f"t:{token}")).text == expected, name
    assert errors(caplog) == []
    assert CANARY not in caplog.text


@pytest.mark.parametrize("dialogue", ["support.write", "settings.value", "redeem.code"])
async def test_a_damaged_dialogue_is_over(harness: Harness, dialogue: str, caplog: pytest.LogCaptureFixture) -> None:
    person = harness.person()
    await person.say("/start")
    unasked = (await said(person, "hello there")).text
    now = harness.clock.now()
    for name, values in DAMAGED.items():
        for is_left in (False, True):
            await harness.write(
                "INSERT INTO dialogues (user_id, dialogue, version, state, values_json, updated_ts, expires_ts)"
                " VALUES (1001, ?, 1, 'asked', ?, ?, ?)",
                *(dialogue, values, now, now + 100_000),
            )
            harness.config_changed()
            if is_left:
                await person.say("/cancel")
            else:
                assert (await said(person, "hello there")).text == unasked, name
            assert await harness.rows("dialogues") == [], name
    assert errors(caplog) == []
    assert CANARY not in caplog.text

"""The PIN through the front of the handlers: set, asked for, wrong five times, locked, and what waits behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, KEY_ID, OWNER, SECRET, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import Bubble, Refused
from telegram import Update

from bot.domain.admin import FREE_DAYS, AdminAction, AdminActionKind
from bot.domain.errors import PinRequired
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.pins import LOCKED_FOR, OPEN_FOR
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import Role, UserConfig
from bot.services.admin.user_actions import new_nonce
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.services import Services
from handlers.core.context import UpdateContext
from handlers.core.phrases import is_sentence
from handlers.core.specs import ADMIN, action, command, dialogue
from handlers.registry import TABLE
from handlers.table import HandlerTable
from handlers.views.frame import notice

PIN = "271828"
DONE: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnce(ButtonAction):
    """An act that needs the PIN."""

    ACTION = "test.act"
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDialogue(DialoguePayload):
    """A question whose answer needs the PIN."""

    DIALOGUE = "test.asks"


async def act(ctx: UpdateContext, payload: ActOnce) -> None:
    """An act that needs the PIN, with an effect of its own."""
    ctx.services.pin.demand(ctx.user_id)
    await ctx.services.people.set_language(ctx.user_id, ctx.config.language)
    DONE.append(payload.what)
    await ctx.show(notice(ctx.say("pin-is-set")))


async def typed(ctx: UpdateContext) -> None:
    ctx.services.pin.demand(ctx.user_id)
    DONE.append(" ".join(ctx.arguments))
    await ctx.show(notice(ctx.say("pin-is-set")))


async def offer(ctx: UpdateContext) -> None:
    (button,) = await ctx.buttons([("Do it", ActOnce(what="acted"))])
    await ctx.show(notice(ctx.say("pin-title"), (button,)))


async def begin(ctx: UpdateContext) -> None:
    await ctx.services.dialogues.begin(ctx.user_id, AskedDialogue())


async def answer(ctx: UpdateContext, _: AskedDialogue) -> None:
    ctx.services.pin.demand(ctx.user_id)


ACTS = (
    command("dialogue", begin, access=ADMIN),
    dialogue(AskedDialogue, answer, access=ADMIN, takes=is_sentence),
    command("offer", offer, access=ADMIN),
    command("act", typed, access=ADMIN),
    action(ActOnce, act, access=ADMIN),
)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    DONE.clear()
    async with open_harness(tmp_path, table=HandlerTable((*ACTS, *TABLE.specs))) as built:
        yield built


@pytest.fixture
async def owner(harness: Harness) -> Person:
    person = harness.person(OWNER, name="Olga")
    await person.say("/start")
    return person


async def tap_pin(person: Person, digits: str) -> Bubble:
    bubble = person.last
    for digit in digits:
        bubble = await person.press(digit, bubble=bubble)
    return bubble


async def set_pin(person: Person, digits: str = PIN) -> None:
    await person.say("/pin")
    await person.press("Set a PIN")
    await tap_pin(person, digits)
    bubble = await tap_pin(person, digits)
    assert "Your PIN is set" in bubble.text


def shut(harness: Harness) -> None:
    harness.clock.advance(OPEN_FOR + 1)


async def test_a_pin_is_set_by_taps_twice_and_one_card_changes(harness: Harness, owner: Person) -> None:
    await owner.say("/pin")
    card = await owner.press("Set a PIN")
    assert "Choose a PIN" in card.text
    assert card.labels == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "Cancel"]
    assert "○ ○ ○ ○ ○ ○" in card.text
    await tap_pin(owner, "27")
    assert "● ● ○ ○ ○ ○" in card.text
    await owner.press("⌫")
    assert "● ○ ○ ○ ○ ○" in card.text
    await tap_pin(owner, PIN[1:])
    assert "Once more" in card.text
    await tap_pin(owner, PIN)
    assert "Your PIN is set" in card.text
    (row,) = await harness.rows("pins")
    assert PIN.encode() not in repr(row).encode()
    assert row[3:6] == (16, 8, 1)


async def test_two_that_differ_and_easy_ones_are_not_taken(harness: Harness, owner: Person) -> None:
    await owner.say("/pin")
    await owner.press("Set a PIN")
    for easy in ("111111", "123456", "987654", "789012"):
        assert "too easy" in (await tap_pin(owner, easy)).text
    await tap_pin(owner, PIN)
    assert "not the same" in (await tap_pin(owner, "314159")).text
    await tap_pin(owner, PIN)
    await tap_pin(owner, PIN)
    assert len(await harness.rows("pins")) == 1


async def test_an_act_waits_for_the_pin_and_goes_on_with_it(harness: Harness, owner: Person) -> None:
    await set_pin(owner)
    shut(harness)
    await owner.say("/offer")
    offered = owner.last
    data = offered.button("Do it")["callback_data"]
    card = await owner.press("Do it")
    assert "Your PIN:" in card.text
    assert DONE == []
    await tap_pin(owner, PIN)
    assert DONE == ["acted"]
    assert card.text == "✓ Your PIN is set."
    await owner.tap(data, bubble=offered)  # the same button, tapped a second time from an old screen
    assert DONE == ["acted"]


async def test_the_first_act_asks_for_a_first_pin(harness: Harness, owner: Person) -> None:
    await owner.say("/offer")
    card = await owner.press("Do it")
    assert "you have none yet" in card.text
    await tap_pin(owner, PIN)
    await tap_pin(owner, PIN)
    assert DONE == ["acted"]


async def test_an_open_pin_is_not_asked_for_again_for_five_minutes(harness: Harness, owner: Person) -> None:
    await set_pin(owner)
    harness.clock.advance(OPEN_FOR - 1)
    await owner.say("/act one two")
    assert DONE == ["one two"]
    harness.clock.advance(2)
    await owner.say("/act three")
    assert DONE == ["one two"]
    await tap_pin(owner, PIN)
    assert DONE == ["one two", "three"]


async def test_five_wrong_ones_lock_it_and_the_other_owners_are_told(harness: Harness, owner: Person) -> None:
    boss = harness.person(1009, name="Boss")
    await boss.say("/start")
    async with harness.database.transaction() as transaction:
        await transaction.fetch("UPDATE users SET role = 'owner' WHERE user_id = 1009", ())
    await set_pin(owner)
    shut(harness)
    await owner.say("/act now")
    for left in (4, 3, 2, 1):
        bubble = await tap_pin(owner, "000001")
        assert f"{left} tr" in bubble.text
    bubble = await tap_pin(owner, "000001")
    assert "Too many wrong tries" in bubble.text
    assert [row[1] for row in await harness.rows("outbox") if row[3] == "pin-locked"] == [1009]
    await owner.say("/act now")
    assert "Too many wrong tries" in owner.last.text, "the right one is not even asked for"
    harness.clock.advance(LOCKED_FOR / 1000 + 1)
    await owner.say("/act now")
    await tap_pin(owner, PIN)
    assert DONE == ["now"]
    actions = [row[3] for row in await harness.rows("audit")]
    assert actions == ["pin.set", "pin.locked"]


async def test_a_try_that_a_crash_swallowed_counts(harness: Harness, owner: Person) -> None:
    await set_pin(owner)
    shut(harness)
    async with harness.database.transaction() as transaction:
        await transaction.fetch("UPDATE pins SET failures = 5", ())
    await owner.say("/act now")
    assert "Too many" in (await tap_pin(owner, PIN)).text
    assert DONE == []
    harness.clock.advance(LOCKED_FOR / 1000 + 1)
    await owner.say("/act now")
    await tap_pin(owner, PIN)
    assert DONE == ["now"], "the lock that was missing came, and went"


async def press_in_two_attempts(person: Person, digit: str) -> Bubble:
    """The card of the first attempt is lost on its way."""
    harness, code = person.harness, person.last.button(digit)["callback_data"]
    raw = person.callback(code, person.last)
    for attempt in (1, 2):
        if attempt == 1:
            harness.api.methods["editMessageText"] = lambda _: Refused("Bad Gateway", status=502)
        tried = UpdateAttempt(UpdateId(raw["update_id"]), attempt=attempt)
        token = current_attempt.set(tried)
        try:
            await harness.app.process_update(Update.de_json(raw, harness.app.bot))
        finally:
            current_attempt.reset(token)
            harness.api.methods.pop("editMessageText", None)
        assert (tried.failure is not None, tried.applied) == (attempt == 1, False)
    return person.last


async def test_a_press_that_is_handled_again_is_one_press(harness: Harness, owner: Person) -> None:
    await owner.say("/pin")
    await owner.press("Set a PIN")
    for digit in PIN:
        bubble = await press_in_two_attempts(owner, digit)
    assert "Once more" in bubble.text, "six taps, one PIN"
    assert "●" not in bubble.text, "nothing of the repetition was typed yet"
    await tap_pin(owner, PIN[:-1])
    await press_in_two_attempts(owner, "⌫")
    await tap_pin(owner, PIN[-2:])
    assert "Your PIN is set" in owner.last.text


async def test_a_wrong_pin_that_is_handled_again_is_one_try(harness: Harness, owner: Person) -> None:
    await set_pin(owner)
    shut(harness)
    await owner.say("/act now")
    for left in (4, 3, 2, 1):
        await tap_pin(owner, "00000")
        assert f"{left} tr" in (await press_in_two_attempts(owner, "1")).text
    await tap_pin(owner, "00000")
    assert "Too many wrong tries" in (await press_in_two_attempts(owner, "1")).text


async def test_an_old_pad_is_dead(harness: Harness, owner: Person) -> None:
    await set_pin(owner)
    shut(harness)
    await owner.say("/act one")
    old = owner.last
    data = old.button("5")["callback_data"]
    await owner.say("/act two")
    assert "used or too old" in (await owner.tap(data, bubble=old)).text
    anna = harness.person()
    await anna.say("/start")
    assert "used or too old" in (await anna.tap(data, bubble=anna.last)).text


async def test_whoever_lost_the_role_meanwhile_does_nothing(harness: Harness, owner: Person) -> None:
    admin = harness.person(1008, name="Adam")
    await admin.say("/start")
    async with harness.database.transaction() as transaction:
        await transaction.fetch("UPDATE users SET role = 'admin' WHERE user_id = 1008", ())
    harness.clock.advance(31)
    await admin.say("/offer")
    await admin.press("Do it")
    async with harness.database.transaction() as transaction:
        await transaction.fetch("UPDATE users SET role = 'user' WHERE user_id = 1008", ())
    harness.clock.advance(31)  # the cached role is 30 s old at most
    await tap_pin(admin, PIN)
    await tap_pin(admin, PIN)
    assert DONE == []
    assert (await harness.config(1008)).role is Role.USER


async def test_change_asks_for_the_old_one_even_while_it_is_open(harness: Harness, owner: Person) -> None:
    await set_pin(owner)
    await owner.press("Change")
    assert "Your PIN:" in owner.last.text
    await tap_pin(owner, PIN)
    assert "Choose a PIN" in owner.last.text
    await tap_pin(owner, "314159")
    await tap_pin(owner, "314159")
    shut(harness)
    await owner.say("/act now")
    assert "Wrong" in (await tap_pin(owner, PIN)).text
    await tap_pin(owner, "314159")
    assert DONE == ["now"]


def admin_action(kind: AdminActionKind, **what: Any) -> AdminAction:
    return AdminAction(kind=kind, user_id=UserId(ANNA), reason="asked", nonce=new_nonce(), **what)


@pytest.mark.parametrize(
    "act",
    [
        lambda to, who: to.user_admin.perform(who, admin_action(AdminActionKind.ROLE, role=Role.ADMIN)),
        lambda to, who: to.user_admin.perform(
            who, admin_action(AdminActionKind.GRANT, license_type=LicenseType.BASIC, days=FREE_DAYS + 1)
        ),
        lambda to, who: to.refunds.ask(who.user_id, 1, "asked"),
        lambda to, who: to.broadcasts.start(who.user_id, 1),
        lambda to, who: to.pin.forget(who.user_id, UserId(ANNA)),
        lambda to, who: to.pin.forget(who.user_id, who.user_id),
        lambda to, who: to.pin.guard_keys(who.user_id, on=False),
    ],
    ids=["role", "much license time", "refund", "broadcast", "another's pin", "the own pin", "keys unguarded"],
)
async def test_an_act_that_one_lost_phone_must_not_allow_asks_for_the_pin_first(
    harness: Harness, owner: Person, act: Callable[[Services, UserConfig], Awaitable[object]]
) -> None:
    """Before it looks anything up: none of this is there."""
    await set_pin(owner)
    shut(harness)
    audit = await harness.rows("audit")
    with pytest.raises(PinRequired):
        await act(harness.services, await harness.config(OWNER))
    assert await harness.rows("audit") == audit


async def test_where_nothing_can_go_on_it_is_said_that_the_pin_is_missing(harness: Harness, owner: Person) -> None:
    await owner.say("/dialogue")
    await owner.say("anything")
    assert "needs your PIN" in owner.last.text


async def test_an_owner_removes_the_pin_of_somebody_who_forgot_it(harness: Harness, owner: Person) -> None:
    anna = harness.person()
    await anna.say("/start")
    await set_pin(anna)
    await set_pin(owner)
    bubble = await owner.say("/pin forget 1001")
    assert bubble is not None
    assert "is removed" in bubble.text
    assert await harness.services.pin.stored(UserId(ANNA)) is None
    assert [row[1] for row in await harness.rows("outbox") if row[3] == "pin-forgotten"] == [ANNA]
    refused = await anna.say("/pin forget 1000")
    assert refused is not None
    assert "I don't know /pin" in refused.text


async def test_a_trader_has_it_asked_for_before_keys_change(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    await set_pin(anna)
    await anna.press("Ask for it before keys change")
    assert "asked for before a Bybit key" in anna.last.text
    shut(harness)
    await anna.say("/keys remove demo")
    await anna.press("Yes, remove")
    assert "Your PIN:" in anna.last.text
    assert len((await harness.config()).accounts) == 2
    await tap_pin(anna, PIN)
    assert len((await harness.config()).accounts) == 1
    shut(harness)
    await anna.say(f"/keys add demo {KEY_ID} {SECRET}")
    assert "Your PIN:" in anna.last.text
    assert len((await harness.config()).accounts) == 1
    bubble = await tap_pin(anna, PIN)
    assert "connected" in bubble.text

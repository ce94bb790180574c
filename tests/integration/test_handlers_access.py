"""The authorization matrix, made from the table: who may run what, from where. Handlers are replaced by a recorder."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import Bubble
from harness.payments import paid_update, refunded_update
from harness.stored import a_dialogue, an_action, an_answer

from bot.domain.ids import ChatId, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.payloads import decode
from bot.domain.users import Language, NewUser, Role
from bot.services.chat.buttons import ButtonAction
from handlers.core.specs import (
    ActionSpec,
    CommandSpec,
    DialogueSpec,
    HandlerSpec,
    OtherUpdateSpec,
    Place,
    UpdateKind,
    ViewSpec,
)
from handlers.registry import TABLE
from handlers.table import HandlerTable
from handlers.trading.limit_fields import LimitField

BANNED, STRANGER, EXPIRED, SUPPORTER, ADMIN = map(UserId, (1003, 1004, 1005, 1006, 1007))
PEOPLE = {
    "stranger": STRANGER,
    "user": ANNA,
    "other": BORIS,
    "expired": EXPIRED,
    "banned": BANNED,
    "support": SUPPORTER,
    "admin": ADMIN,
    "owner": OWNER,
}
ROLES = {"support": Role.SUPPORT, "admin": Role.ADMIN, "owner": Role.OWNER}
ARGUMENTS: dict[str, Any] = {
    "account_id": 1,
    "page": 0,
    "symbol": "BTCUSDT",
    "price": Decimal("70000.00"),
    "is_spot": 0,
    "way": "above",
    "is_favorite": 1,
    "curve": "value",
    "interval": "1h",
    "hundredths": 100,
    "intent": 1,
    "order_id": "x",
    "drill": 1,
    "notice": "exits",
    "ring": "on",
    "start": 0,
    "end": 60,
    "hours": 8,
    "command": "balance",
    "category": "linear",
    "language": "uk",
    "setting": "leverage",
    "group": "more",
    "site": "com",
    "account_type": "demo",
    "pad": "A" * 22,
    "key": "5",
    "user_id": ANNA,
    "shown": "all",
    "kind": "ban",
    "broadcast": 1,
    "license": "any",
    "spoken": "all",
    "active": 0,
    "area": "all",
    "before": 0,
    "thread_id": 1,
    "license_type": "premium",
    "days": 30,
    "months": 1,
    "uses": 100,
    "campaign": 1,
    "which": "open",
    "listed": "all",
    "number": 1,
    "ticket": 1,
    "disagreement": 1,
    "plan": 1,
    "part": "m",
    "period": "month",
    "back": 0,
    "by": "all",
    "value": "100$",
    "presets": "sizes",
    "side": "Buy",
    "usdt": 100,
    "position_idx": 0,
    "percent": 50,
    "legs": "all",
    "limit": next(iter(LimitField)).value,
    "mode": "one-way",
    "margin": "ISOLATED_MARGIN",
    "leverage": 3,
}
SENT = {"/keys add": f"demo {KEY_ID} {SECRET}"}
# these lead to other entries; what they lead to is what counts
LEADING = {UpdateKind.PRESS, UpdateKind.TEXT}


@dataclass
class Recorder:
    """Which entries ran."""

    ran: list[str] = field(default_factory=list)

    def table(self) -> HandlerTable:
        return HandlerTable([self._replaced(spec) for spec in TABLE.specs])

    def _replaced(self, spec: HandlerSpec) -> HandlerSpec:
        if isinstance(spec, OtherUpdateSpec) and spec.kind in LEADING:
            return spec

        async def run(*_: object) -> None:
            self.ran.append(spec.name)

        return replace(spec, run=run)  # type: ignore[call-arg]  # every kind of entry has a run


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def harness(tmp_path: Path, recorder: Recorder) -> AsyncIterator[Harness]:
    """Anna, Boris and the owner have accepted the terms; the banned one had, too; the stranger is not known."""
    async with open_harness(tmp_path, table=recorder.table()) as built:
        for user_id in PEOPLE.values():
            if user_id == STRANGER:
                continue
            person = built.person(user_id)
            user = NewUser(
                user_id=user_id,
                username=f"user_{user_id}",
                first_name=person.name,
                language=Language.ENGLISH,
                start_payload=None,
            )
            await built.services.people.welcome(user)
            await built.services.people.accept_terms(user_id)
        await _have_a_past(built)
        enter_pins(built)
        yield built


async def _have_a_past(harness: Harness) -> None:
    """One is banned, one had a license, two were named."""
    await harness.ban(BANNED)
    now = harness.clock.now()
    async with harness.store.begin() as unit:
        await harness.services.licenses.give(
            unit,
            EXPIRED,
            kind=EntryKind.GRANT,
            license_type=LicenseType.PREMIUM,
            millis=1,
            idempotency_key="desk:a",
            actor=None,
        )
        await unit.users.set_role(SUPPORTER, Role.SUPPORT)
        await unit.users.set_role(ADMIN, Role.ADMIN)
    harness.clock.advance(1)
    assert not (await harness.services.reads.license(EXPIRED)).is_active(harness.clock.now())
    assert now < harness.clock.now()


def enter_pins(harness: Harness) -> None:
    """Everybody has entered a PIN just now; that it is asked for is another test's business."""
    for user_id in PEOPLE.values():
        harness.services.pin._open(user_id)


def command_text(spec: CommandSpec, *, suffix: str = "") -> str:
    words = [f"/{spec.command}{suffix}", *((spec.verb,) if spec.verb else ())]
    return " ".join((*words, SENT.get(spec.name, ""))).strip()


def may(spec: HandlerSpec, who: str, *, place: Place = Place.PRIVATE) -> bool:
    """What the entry declares."""
    role = ROLES.get(who, Role.USER)
    has_terms = who != "stranger"
    return (
        (who != "banned" or spec.access.is_exit)
        and place in spec.places
        and spec.access.admits(role)
        and (has_terms or not spec.access.after_terms)
    )


async def outcome(recorder: Recorder, spec: HandlerSpec, act: Callable[[], Any]) -> bool:
    recorder.ran.clear()
    await act()
    return spec.name in recorder.ran


COMMANDS = [each for each in TABLE.specs if isinstance(each, CommandSpec)]
SHOWS = [each for each in TABLE.specs if isinstance(each, ViewSpec)]
WISHES = [each for each in TABLE.specs if isinstance(each, ActionSpec)]
DIALOGUES = [each for each in TABLE.specs if isinstance(each, DialogueSpec)]


def code_of(spec: ViewSpec, owner: UserId | None = None) -> str:
    return spec.code(*(ARGUMENTS[each.name] for each in fields(spec.code))).encode(owner)


async def test_commands_in_private(harness: Harness, recorder: Recorder) -> None:
    for who, user_id in PEOPLE.items():
        for spec in COMMANDS:
            person = harness.person(user_id)
            ran = await outcome(recorder, spec, lambda: person.say(command_text(spec)))  # noqa: B023  awaited at once
            assert ran == may(spec, who), (who, spec.name)


async def test_commands_in_a_group(harness: Harness, recorder: Recorder) -> None:
    for who, user_id in PEOPLE.items():
        for spec in COMMANDS:
            person = harness.person(user_id).in_group()
            text = command_text(spec, suffix="@perpdesk_bot")
            ran = await outcome(recorder, spec, lambda: person.say(text))  # noqa: B023  awaited at once
            assert ran == may(spec, who, place=Place.GROUP), (who, spec.name)


async def test_forwarded_and_edited_commands_run_for_nobody(harness: Harness, recorder: Recorder) -> None:
    for user_id in PEOPLE.values():
        for spec in COMMANDS:
            for person in (harness.person(user_id), harness.person(user_id).in_group()):
                for act in (person.forward, person.edit):
                    ran = await outcome(recorder, spec, lambda: act(command_text(spec)))  # noqa: B023  awaited at once
                    assert not ran, spec.name


async def test_buttons_that_show_in_private(harness: Harness, recorder: Recorder) -> None:
    for who, user_id in PEOPLE.items():
        for spec in SHOWS:
            person = harness.person(user_id)
            ran = await outcome(recorder, spec, lambda: person_taps(person, code_of(spec)))  # noqa: B023  awaited at once
            assert ran == may(spec, who), (who, spec.name)
            another = code_of(spec, BORIS if user_id == ANNA else ANNA)
            assert not await outcome(recorder, spec, lambda: person_taps(person, another))  # noqa: B023  awaited at once


async def test_buttons_that_show_in_a_group_are_their_owners(harness: Harness, recorder: Recorder) -> None:
    """But for those of what is public, which anybody may press."""
    for who, user_id in PEOPLE.items():
        for spec in SHOWS:
            person = harness.person(user_id).in_group()
            own, anybodys = code_of(spec, user_id), code_of(spec)
            anothers = code_of(spec, UserId(77))
            ran = await outcome(recorder, spec, lambda: person_taps(person, own))  # noqa: B023  awaited at once
            assert ran == may(spec, who, place=Place.GROUP), (who, spec.name)
            for data in (anybodys, anothers):
                ran = await outcome(recorder, spec, lambda: person_taps(person, data))  # noqa: B023  awaited at once
                assert ran == (spec.for_anybody and may(spec, who, place=Place.GROUP)), (who, spec.name)
                assert spec.for_anybody or person.alert()


async def test_tokens_are_their_owners_alone(harness: Harness, recorder: Recorder) -> None:
    for who, user_id in PEOPLE.items():
        for spec in WISHES:
            person = harness.person(user_id)
            if who == "stranger":
                await person.say("/start")
            ran = await outcome(recorder, spec, lambda: press_own(harness, person, spec))  # noqa: B023  awaited at once
            assert ran == may(spec, who), (who, spec.name)


async def test_a_token_of_another_is_an_expired_one(harness: Harness, recorder: Recorder) -> None:
    boris = harness.person(BORIS)
    for spec in WISHES:
        (token,) = await harness.services.buttons.issue(OWNER, ChatId(OWNER), [action_of(spec)])
        assert not await outcome(recorder, spec, lambda: person_taps(boris, f"t:{token}"))  # noqa: B023  awaited at once
        assert "used or too old" in boris.last.text
        owner = harness.person(OWNER)
        in_group = owner.in_group()
        assert not await outcome(recorder, spec, lambda: person_taps(in_group, f"t:{token}"))  # noqa: B023  awaited at once
        assert await outcome(recorder, spec, lambda: person_taps(owner, f"t:{token}")), "it was not used up"  # noqa: B023  awaited at once


async def test_money_is_taken_from_everybody_everywhere(harness: Harness, recorder: Recorder) -> None:
    """A banned person's, too: it is refused before and given back after by the handlers, not dropped by a guard."""
    for user_id in PEOPLE.values():
        for person in (harness.person(user_id), harness.person(user_id).in_group()):
            query = {"id": "1", "from": person.message("x")["message"]["from"], "currency": "XTR", "total_amount": 1}
            query |= {"invoice_payload": "x"}
            updates = {
                "any pre-checkout": {"update_id": next(harness.update_ids), "pre_checkout_query": query},
                "any successful-payment": paid_update(person, "x", 1, "stx-1"),
                "any refunded-payment": refunded_update(person, "x", 1, "stx-1"),
            }
            for name, update in updates.items():
                recorder.ran.clear()
                await harness.feed(update)
                assert recorder.ran == [name]


async def test_a_dialogue_goes_on_for_whoever_began_it(harness: Harness, recorder: Recorder) -> None:
    for who, user_id in PEOPLE.items():
        for spec in DIALOGUES:
            answer = an_answer(spec.dialogue)
            person = harness.person(user_id)
            if who == "stranger":
                await person.say("/start")
            await harness.services.dialogues.begin(user_id, decode(spec.payload, a_dialogue(spec.dialogue)))
            ran = await outcome(recorder, spec, lambda: person.say(answer))  # noqa: B023  awaited at once
            assert ran == may(spec, who), (who, spec.name)
            another = harness.person(BORIS if user_id == ANNA else ANNA)
            assert not await outcome(recorder, spec, lambda: another.say(answer))  # noqa: B023  awaited at once
            in_group = person.in_group()
            assert not await outcome(recorder, spec, lambda: in_group.say(answer))  # noqa: B023  awaited at once
            for act in (person.forward, person.edit):
                assert not await outcome(recorder, spec, lambda: act(answer))  # noqa: B023  awaited at once
            await harness.services.dialogues.end(user_id)


async def test_who_may_not_gets_the_answer_of_a_command_that_does_not_exist(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        anna = harness.person()
        denied = await anna.say("/unban 1002 why")
        unknown = await anna.say("/unbam 1002 why")
        assert denied is not None
        assert unknown is not None
        assert denied.text.replace("/unban", "/x") == unknown.text.replace("/unbam", "/x")
        assert denied.labels == unknown.labels
        assert (await harness.person(OWNER).say("/unban 1002 why")) is not None


async def test_roles_go_by_id_never_by_name(harness: Harness, recorder: Recorder) -> None:
    """A user who calls himself like the owner stays a user."""
    imposter = Person(harness, ANNA, "en", "user_1000")
    spec = next(each for each in COMMANDS if each.command == "ban")
    assert not await outcome(recorder, spec, lambda: imposter.say("/ban 1002"))


async def test_a_ban_holds_from_the_very_next_message_on(harness: Harness, recorder: Recorder) -> None:
    """Their config is in the cache when it happens."""
    anna = harness.person()
    spec = next(each for each in COMMANDS if each.command == "balance")
    assert await outcome(recorder, spec, lambda: anna.say("/balance"))
    await harness.ban(ANNA)
    assert not await outcome(recorder, spec, lambda: anna.say("/balance"))
    assert "can't use this bot" in anna.last.text
    await harness.ban(ANNA, banned=False)
    assert await outcome(recorder, spec, lambda: anna.say("/balance"))


async def person_taps(person: Person, data: str) -> None:
    bubble = person.bubbles[-1] if person.bubbles else None
    await person.harness.feed(person.callback(data, bubble or _card(person)))


def _card(person: Person) -> Bubble:
    """A card to tap, where the bot has said nothing yet."""
    api = person.harness.api
    bubble = Bubble(chat_id=person.chat_id, message_id=api.new_message_id(), html="card", keyboard=[])
    api.bubbles[bubble.chat_id, bubble.message_id] = bubble
    return bubble


def action_of(spec: ActionSpec) -> ButtonAction:
    return decode(spec.payload, an_action(spec.action))


async def press_own(harness: Harness, person: Person, spec: ActionSpec) -> None:
    user_id = UserId(person.user_id)
    (token,) = await harness.services.buttons.issue(user_id, ChatId(person.chat_id), [action_of(spec)])
    await person_taps(person, f"t:{token}")

"""/notify and /mute through the front door: what is chosen, what it says, and what then rings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import ANNA, Harness, harness

from bot.domain.broadcasts import Audience
from bot.domain.chat import outbox_message
from bot.domain.ids import UserId
from bot.domain.maintenance import MaintenanceMessage
from bot.domain.notices import NoticeKind
from bot.domain.users import Notifications

ON, SILENT, OFF = Notifications.ON, Notifications.SILENT, Notifications.OFF


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path) as built:
        await built.person().say("/start")
        yield built


async def chosen(app: Harness, kind: NoticeKind) -> Notifications:
    return (await app.config()).settings.choice(kind)


async def test_a_tap_on_a_kind_goes_round(app: Harness) -> None:
    anna = app.person()
    await anna.say("/notify")
    for label, then in (("🔔 Entries", SILENT), ("🔕 Entries", OFF), ("✖ Entries", ON)):
        await anna.press(label)
        assert await chosen(app, NoticeKind.ENTRIES) is then
    assert len([each for each in anna.bubbles if "Messages" in each.text]) == 1, "one screen, edited"


async def test_alarms_are_never_off(app: Harness) -> None:
    anna = app.person()
    await anna.say("/notify")
    for label in ("🔔 Alarms", "🔕 Alarms"):
        assert label in anna.last.labels
        await anna.press(label)
    assert await chosen(app, NoticeKind.ALARMS) is ON
    await anna.say("/notify alarms off")
    assert "not off" in anna.last.text
    await anna.say("/notify all off")
    assert await chosen(app, NoticeKind.ALARMS) is SILENT
    assert await chosen(app, NoticeKind.ENTRIES) is OFF


@pytest.mark.parametrize(
    ("language", "typed", "kind", "ring", "shows"),
    [
        ("en", "/notify entries off", NoticeKind.ENTRIES, OFF, "✓ ✖ Entries"),
        ("ru", "/notify входы тихо", NoticeKind.ENTRIES, SILENT, "✓ 🔕 Входы"),
        ("uk", "/notify звіти звук", NoticeKind.REPORTS, ON, "✓ 🔔 Звіти"),
        ("ru", "уведомления цели выкл", NoticeKind.TARGETS, OFF, "✓ ✖ Цели"),
    ],
)
async def test_a_kind_by_a_line(
    app: Harness, language: str, typed: str, kind: NoticeKind, ring: Notifications, shows: str
) -> None:
    boris = app.person(1002, language=language, name="Boris")
    await boris.say("/start")
    await boris.say(typed)
    assert shows in boris.last.text
    assert (await app.config(1002)).settings.choice(kind) is ring


@pytest.mark.parametrize("typed", ["/notify entries", "/notify moon off", "/notify entries loudly", "/notify a b c"])
async def test_what_is_not_understood_is_shown_how(app: Harness, typed: str) -> None:
    anna = app.person()
    await anna.say(typed)
    assert "/notify entries off" in anna.last.text
    assert (await app.config()).settings.choices == ()


async def test_quiet_hours_by_tap_and_by_line(app: Harness) -> None:
    anna = app.person()
    await anna.say("/settings zone Kyiv")
    await anna.say("/notify")
    await anna.press("Quiet hours")
    await anna.press("23:00–08:00")
    assert "Quiet hours: 23:00–08:00 Kyiv." in anna.last.text
    await anna.press("Quiet hours")
    await anna.say("22:30 - 7")
    assert "Quiet hours: 22:30–07:00 Kyiv." in anna.last.text
    await anna.say("/notify quiet 25-8")
    assert "23-8" in anna.last.text
    await anna.say("/notify quiet off")
    assert "Quiet hours: none." in anna.last.text
    assert (await app.config()).settings.quiet_hours is None


async def test_a_mute_ends_by_itself_or_at_once(app: Harness) -> None:
    anna = app.person()
    await anna.say("/mute 8h")
    assert "Muted until" in anna.last.text
    assert (await app.config()).settings.ring(NoticeKind.ENTRIES, app.clock.now()) is SILENT
    assert (await app.config()).settings.ring(NoticeKind.EXITS, app.clock.now()) is ON
    app.clock.advance(8 * 3600)
    assert (await app.config()).settings.ring(NoticeKind.ENTRIES, app.clock.now()) is ON
    await anna.say("/notify")
    assert "not muted." in anna.last.text
    await anna.press("Mute 1 h")
    await anna.press("End mute now")
    assert "not muted." in anna.last.text
    assert (await app.config()).settings.muted_until == 0


@pytest.mark.parametrize("typed", ["/mute 8ч", "/mute 30 хв", "/mute до 08:00", "mute 2 days", "/mute until 8"])
async def test_mutes_as_they_are_typed(app: Harness, typed: str) -> None:
    anna = app.person()
    await anna.say(typed)
    assert (await app.config()).settings.muted_until > app.clock.now(), anna.last.text
    await anna.say("/mute off")
    assert (await app.config()).settings.muted_until == 0


@pytest.mark.parametrize("typed", ["/mute 8 days", "/mute soon", "/mute until noon", "/mute 0h"])
async def test_a_mute_that_is_none(app: Harness, typed: str) -> None:
    anna = app.person()
    await anna.say(typed)
    assert "/mute until 08:00" in anna.last.text
    assert (await app.config()).settings.muted_until == 0


async def test_the_setting_of_all_messages_ends_those_by_kind(app: Harness) -> None:
    anna = app.person()
    await anna.say("/notify entries off")
    await anna.say("/settings")
    assert "By kind" in anna.last.text
    await anna.say("/settings notify silent")
    assert await chosen(app, NoticeKind.ENTRIES) is SILENT


async def test_who_wants_no_announcements_is_not_counted_for_a_broadcast(app: Harness) -> None:
    broadcasts, audience = app.services.broadcasts, Audience()
    before = await broadcasts.size(audience)
    await app.person().say("/notify news off")
    assert await broadcasts.size(audience) == before - 1
    await app.person().say("/notify all off")
    assert await broadcasts.size(audience) == before - 1
    await app.person().say("/notify news silent")
    assert await broadcasts.size(audience) == before


async def test_the_choice_of_the_moment_in_which_it_is_sent_counts(app: Harness) -> None:
    """What is off is told as far as it is wanted: it does not stay due, and is not sent when it is on again."""
    anna = app.person()
    message = MaintenanceMessage(title="t", end=app.clock.now())
    async with app.store.begin_aside() as unit:
        await unit.enqueue(outbox_message(message, user_id=UserId(ANNA), idempotency_key="m:1"), app.clock.now())
    await anna.say("/notify news off")
    listener = app.assembly.runtime.sender
    (row,) = [each for each in await app.queued() if each.message.kind == MaintenanceMessage.KIND]
    before = len(anna.bubbles)
    await listener.send(row.message.kind, row.message.values, user_id=UserId(ANNA), chat_id=row.message.chat_id)
    assert len(anna.bubbles) == before
    await anna.say("/notify news silent")
    before = len(anna.bubbles)
    await listener.send(row.message.kind, row.message.values, user_id=UserId(ANNA), chat_id=row.message.chat_id)
    assert len(anna.bubbles) == before + 1

"""How each kind of message rings, hour by hour; what is typed about it; and how messages become one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from harness.fakes import FakeClock
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.merging import RecentMessages
from bot.domain.chat import Merging
from bot.domain.ids import HOUR, MINUTE, ChatId, Millis
from bot.domain.notices import ALWAYS, URGENT, NoticeKind, QuietHours
from bot.domain.time_zones import next_at
from bot.domain.users import Notifications, UserSettings
from handlers.users.notify_words import KINDS, RINGS, hours_of, length_of, minute_of

ON, SILENT, OFF = Notifications.ON, Notifications.SILENT, Notifications.OFF
NIGHT = QuietHours(start=23 * 60, end=8 * 60)
KYIV = ZoneInfo("Europe/Kyiv")
HERE = ChatId(7)


def at(text: str, zone: ZoneInfo = KYIV, *, fold: int = 0) -> Millis:
    return Millis(int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp() * 1000))


def test_what_nobody_chose_rings_but_reports() -> None:
    usual = {kind: UserSettings().choice(kind) for kind in NoticeKind}
    assert usual == dict.fromkeys(NoticeKind, ON) | {NoticeKind.REPORTS: SILENT}


def test_what_must_be_heard_of_is_silent_where_all_is_off() -> None:
    off = UserSettings(notifications=OFF, choices=((NoticeKind.ALARMS, OFF), (NoticeKind.REPORTS, ON)))
    chosen = {kind: off.choice(kind) for kind in NoticeKind}
    assert chosen == dict.fromkeys(NoticeKind, OFF) | dict.fromkeys(ALWAYS, SILENT) | {NoticeKind.REPORTS: ON}


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_mute_and_quiet_hours_silence_all_but_what_is_urgent(kind: NoticeKind) -> None:
    now = at("2026-03-01T03:00")
    for hushed in (UserSettings(muted_until=Millis(now + 1)), UserSettings(time_zone="Europe/Kyiv", quiet_hours=NIGHT)):
        assert hushed.ring(kind, now) is (ON if kind in URGENT else SILENT)
    later = UserSettings(muted_until=now)
    assert later.ring(kind, now) is later.choice(kind)
    off = UserSettings(choices=((kind, OFF),), muted_until=Millis(now + 1))
    assert off.ring(kind, now) is off.choice(kind), "a mute makes nothing louder"


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        (NIGHT, ("23:00", "00:00", "07:59"), ("08:00", "22:59", "12:00")),
        (QuietHours(start=0, end=540), ("00:00", "08:59"), ("09:00", "23:59")),
    ],
)
def test_quiet_hours_go_by_the_clock_of_the_place(
    hours: QuietHours, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    settings = UserSettings(time_zone="Europe/Kyiv", quiet_hours=hours)
    for day in ("2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"):  # before and after the clock is turned
        assert all(settings.is_quiet(at(f"{day}T{clock}")) for clock in inside)
        assert not any(settings.is_quiet(at(f"{day}T{clock}")) for clock in outside)


def test_the_night_in_which_the_clock_is_turned_is_an_hour_shorter_or_longer() -> None:
    settings = UserSettings(time_zone="Europe/Kyiv", quiet_hours=NIGHT)
    for evening, hours in (("2026-03-28T23:00", 8), ("2026-10-24T23:00", 10), ("2026-07-01T23:00", 9)):
        begin = at(evening)
        quiet = [Millis(begin + minutes * MINUTE) for minutes in range(12 * 60)]
        assert sum(map(settings.is_quiet, quiet)) == hours * 60


@pytest.mark.parametrize(
    ("now", "minute", "then"),
    [
        ("2026-03-01T07:59", 480, "2026-03-01T08:00"),
        ("2026-03-01T08:00", 480, "2026-03-02T08:00"),
        ("2026-03-28T23:00", 480, "2026-03-29T08:00"),  # nine hours later by the clock, eight in truth
        ("2026-03-28T23:00", 210, "2026-03-29T04:30"),  # 03:30 is skipped
        ("2026-10-24T23:00", 480, "2026-10-25T08:00"),
    ],
)
def test_until_a_clock_shows_a_time(now: str, minute: int, then: str) -> None:
    assert next_at(at(now), minute, "Europe/Kyiv") == at(then)


def test_a_place_that_is_not_known_has_utc() -> None:
    noon = Millis(int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000))
    assert next_at(noon, 13 * 60, "Mars/Crater") == noon + HOUR


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("8h", 8 * HOUR),
        ("8", 8 * HOUR),
        ("30 min", 30 * MINUTE),
        ("30м", 30 * MINUTE),
        ("8ч", 8 * HOUR),
        ("8 годин", 8 * HOUR),
        ("2 дні", 48 * HOUR),
        ("2 дня", 48 * HOUR),
        ("1 Day", 24 * HOUR),
        ("0h", None),
        ("8x", None),
        ("", None),
        ("-8h", None),
        ("8h 30m", None),
    ],
)
def test_lengths_of_time_in_three_languages(typed: str, length: int | None) -> None:
    assert length_of(typed) == length


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("23-8", NIGHT),
        ("23:00–08:00", NIGHT),
        ("23.00 - 8.00", NIGHT),
        ("23 до 8", NIGHT),
        ("23 to 8", NIGHT),
        ("24-9", QuietHours(start=0, end=540)),
        ("8-8", None),
        ("23", None),
        ("25-8", None),
        ("23:60-8", None),
        ("a-b", None),
    ],
)
def test_quiet_hours_as_they_are_typed(typed: str, hours: QuietHours | None) -> None:
    assert hours_of(typed) == hours


def test_words_for_every_kind_and_ring() -> None:
    assert set(KINDS.values()) == set(NoticeKind)
    assert set(RINGS.values()) == set(Notifications)
    assert minute_of("8:05") == 485


# --- messages that become one -------------------------------------------------------------------------------------

FILL = Merging(thread="1:BTCUSDT:0", subject="order-1")
STOP = Merging(thread="1:BTCUSDT:0", joins=True)


def keyboard(*rows: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(each, callback_data=each) for each in row.split()] for row in rows]
    )


def test_the_fills_of_an_order_take_each_others_place() -> None:
    recent = RecentMessages(FakeClock())
    recent.sent(HERE, FILL, 9, "BTC\n1 of 3", rings=True)
    merged = recent.merged(HERE, FILL, "BTC\n3 of 3", rings=False)
    assert merged is not None
    assert (merged.message_id, merged.text_html) == (9, "BTC\n3 of 3")


def test_what_follows_is_added_without_the_line_that_it_begins_with() -> None:
    recent = RecentMessages(FakeClock())
    recent.sent(HERE, FILL, 9, "BTC\nTarget 1", keyboard("Share", "Receipt BTC", "Trades"), rings=True)
    merged = recent.merged(HERE, STOP, "BTC\nStop moved", keyboard("BTC", "Trades"), rings=False)
    assert merged is not None
    assert merged.text_html == "BTC\nTarget 1\n\nStop moved"
    assert merged.keyboard is not None
    rows = [[each.text for each in row] for row in merged.keyboard.inline_keyboard]
    assert rows == [["Share"], ["Receipt"], ["BTC"], ["Trades"]], "what a text offers stays with it"
    recent.note(HERE, STOP, merged)
    again = recent.merged(HERE, FILL, "BTC\nTarget 1, all of it", rings=False)
    assert again is not None
    assert again.text_html == "BTC\nTarget 1, all of it\n\nStop moved"


def test_a_message_of_its_own() -> None:
    recent = RecentMessages(clock := FakeClock())
    assert recent.merged(HERE, STOP, "BTC\nStop moved", rings=False) is None, "nothing to add it to"
    recent.sent(HERE, FILL, 9, "BTC\nTarget 1", rings=True)
    assert recent.merged(ChatId(8), STOP, "x", rings=False) is None, "another chat"
    assert recent.merged(HERE, Merging(thread="1:ETHUSDT:0", joins=True), "x", rings=False) is None, "another leg"
    assert recent.merged(HERE, Merging(thread="1:BTCUSDT:0", subject="order-2"), "x", rings=False) is None, (
        "another exit rings"
    )
    assert recent.merged(HERE, STOP, "x" * 4_000, rings=False) is None, "longer than a message"
    clock.advance(10)
    assert recent.merged(HERE, STOP, "BTC\nStop moved", rings=False) is None, "too long ago"

"""Days and moments in words that people use: 3 Aug, 2 Sep 14:05 UTC; with the year when it is another one."""

from datetime import UTC, datetime, tzinfo

from bot.domain.ids import MINUTE, Millis
from handlers.texts.catalog import Translator
from handlers.views.render_context import RenderContext
from handlers.views.times import NO_DATE, in_calendar, zone


def day_of(viewer: RenderContext, at: Millis) -> str:
    """3 Aug on the reader's own calendar."""
    return _day(viewer.say, at, viewer.now, zone(viewer.config.settings.time_zone) or UTC)


def moment_of(viewer: RenderContext, at: Millis) -> str:
    """2 Sep 14:05 UTC."""
    there = in_calendar(at, UTC)
    return NO_DATE if there is None else f"{_day(viewer.say, at, viewer.now, UTC)} {there:%H:%M} UTC"


def last_minute(viewer: RenderContext, end: Millis) -> str:
    """31 Dec 23:59 UTC for what ends with that day."""
    return moment_of(viewer, Millis(end - MINUTE))


def _day(say: Translator, at: Millis, now: Millis, where: tzinfo) -> str:
    there, today = in_calendar(at, where), datetime.fromtimestamp(now / 1000, where)
    if there is None:
        return NO_DATE
    text = f"{there.day} {say.plain('month-short', month=there.month)}"
    return text if there.year == today.year else f"{text} {there.year}"

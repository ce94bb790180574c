"""Days and moments in words that people use: 3 Aug, 2 Sep 14:05 UTC; with the year when it is another one."""

from datetime import UTC, datetime, tzinfo

from bot.domain.ids import MINUTE, Millis
from handlers.texts.catalog import Translator
from handlers.views.render_context import RenderContext
from handlers.views.times import zone


def day_of(viewer: RenderContext, at: Millis) -> str:
    """3 Aug on the reader's own calendar."""
    return _day(viewer.say, at, viewer.now, zone(viewer.config.settings.time_zone) or UTC)


def moment_of(viewer: RenderContext, at: Millis) -> str:
    """2 Sep 14:05 UTC."""
    return f"{_day(viewer.say, at, viewer.now, UTC)} {datetime.fromtimestamp(at / 1000, UTC):%H:%M} UTC"


def last_minute(viewer: RenderContext, end: Millis) -> str:
    """31 Dec 23:59 UTC for what ends with that day."""
    return moment_of(viewer, Millis(end - MINUTE))


def _day(say: Translator, at: Millis, now: Millis, where: tzinfo) -> str:
    there, today = (datetime.fromtimestamp(each / 1000, where) for each in (at, now))
    text = f"{there.day} {say.plain('month-short', month=there.month)}"
    return text if there.year == today.year else f"{text} {there.year}"

"""What somebody holds, as the license screen and the price list say it."""

from bot.domain.ids import DAY, Millis
from bot.domain.licensing import License, Segment
from handlers.texts.catalog import Markup
from handlers.views.render_context import RenderContext
from handlers.views.times import span


def holding(viewer: RenderContext, held: License) -> list[Markup]:
    """A line for what runs, one for each segment that is banked behind it; or what was, or that there is nothing."""
    say = viewer.say
    running = held.segment_at(viewer.now)
    if running is None:
        if not held.segments:
            return [say("license-none"), say("license-practice")]
        last = held.segments[-1]
        return [
            say("license-ended", kind=type_name(viewer, last), date=viewer.when(last.end)),
            say("license-practice"),
        ]
    lines = [
        say("license-running", kind=type_name(viewer, running), date=viewer.when(running.end)),
        _left(viewer, running.end),
    ]
    lines += [
        say(
            "license-then",
            kind=type_name(viewer, segment),
            days=days_of(segment.end - segment.start),
            start=viewer.when(segment.start),
            end=viewer.when(segment.end),
        )
        for segment in held.banked_at(viewer.now)
    ]
    return lines


def type_name(viewer: RenderContext, segment: Segment) -> str:
    """Trial, Basic, Premium in the reader's language."""
    return viewer.say.plain("license-type", kind=segment.license_type.value)


def days_of(millis: int) -> int:
    """Started days count: a trial of seven days has seven left from its first moment on."""
    return -(-millis // DAY)


def _left(viewer: RenderContext, end: Millis) -> Markup:
    left = end - viewer.now
    if left < DAY:
        return viewer.say("license-hours-left", span=span(viewer.say, left / 1000))
    return viewer.say("license-days-left", days=days_of(left))

"""What somebody holds and what stops behind it, as screens, price lists and reminders say it."""

from collections.abc import Sequence

from bot.domain.ids import DAY, Millis
from bot.domain.licensing import License, LicenseType, Segment, plan_change
from handlers.texts.catalog import Markup, Translator
from handlers.views.figures import Figures
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


def changes(viewer: RenderContext, held: License) -> list[Markup]:
    """For each end to come, what stops then: a lower type follows, at last nothing does."""
    segments = [each for each in (held.segment_at(viewer.now), *held.banked_at(viewer.now)) if each is not None]
    lines: list[Markup] = []
    for number, segment in enumerate(segments, 1):
        then = segments[number].license_type if number < len(segments) else None
        stops = what_stops(viewer.say, segment.license_type, then)
        if stops:
            lines += [viewer.say("license-from-then", date=viewer.when(segment.end)), *stops]
    return lines


def what_stops(say: Translator, before: LicenseType | None, after: LicenseType | None) -> Sequence[Markup]:
    """No new entries on these accounts; these limits. Nothing where the second type opens as much as the first."""
    change = plan_change(before, after)
    lines = []
    if change.closed:
        names = (say.plain("license-account", account_type=each.value) for each in change.closed)
        lines.append(say("license-no-entries", accounts=", ".join(names)))
    if change.limits:
        limits = (f"{say.plain('license-limit', limit=limit.value)} {most}" for limit, most in change.limits)
        lines.append(say("license-at-most", limits=", ".join(limits)))
    return lines


def stars(say: Translator, amount: int) -> str:
    """13,500 ⭐, grouped as the language does."""
    return f"{Figures(say.language).count(amount)} ⭐"


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

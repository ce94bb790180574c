"""What /health shows."""

from decimal import Decimal
from typing import Final

from bot.domain.health import Health
from handlers.core.links import RunCommand
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card
from handlers.views.frame import menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.tables import table
from handlers.views.times import span

_TENTH: Final = Decimal("0.1")


def health_card(viewer: RenderContext, health: Health) -> Card:
    """Ready or why not, Telegram, Bybit, the cache."""
    say = viewer.say
    reasons = [
        say("health-reason", reason=reason.text, age=span(say, (viewer.now - reason.since) / 1000))
        for reason in health.reasons
    ]
    parts = [say("health-title", version=health.version, schema=health.schema)]
    parts += [say("health-ready")] if not reasons else [say("health-not-ready"), *reasons]
    parts += [Markup(""), say("health-telegram"), table(_telegram(viewer, health))]
    parts += [Markup(""), say("health-bybit"), table(_bybit(viewer, health))]
    if health.hit_rates:
        rates = [(say.plain("health-region", region=name), _rate(viewer, rate)) for name, rate in health.hit_rates]
        parts += [Markup(""), say("health-cache"), table(rates)]
    rows = ((*refresh_button(viewer, RunCommand("health")), *menu_row(viewer)),)
    return Card(text=join(parts), rows=rows)


def _telegram(viewer: RenderContext, health: Health) -> list[tuple[str, str]]:
    say = viewer.say
    age = span(say, health.poll_age_s)
    return [
        (say.plain("health-poll-age"), age),
        (say.plain("health-updates"), str(health.updates_waiting)),
        (say.plain("health-promises"), str(health.outbox_waiting)),
        (say.plain("health-limited"), say.plain("user-yes" if health.telegram_limited else "user-no")),
    ]


def _bybit(viewer: RenderContext, health: Health) -> list[tuple[str, str]]:
    say = viewer.say
    banned = say.plain("user-no") if health.bybit_banned_s <= 0 else span(say, health.bybit_banned_s)
    skew = say.plain("none")
    if health.clock_skew_ms is not None:
        skew = say.plain("health-millis", millis=viewer.figures.count(health.clock_skew_ms))
    return [
        (say.plain("health-banned"), banned),
        (say.plain("health-calls"), str(health.bybit_waiting)),
        (say.plain("health-clients"), str(health.bybit_clients)),
        (say.plain("health-skew"), skew),
    ]


def _rate(viewer: RenderContext, rate: float | None) -> str:
    return "–" if rate is None else viewer.figures.percent(Decimal(rate), step=_TENTH, signed=False)

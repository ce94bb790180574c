"""Reasons not to be ready: which come first, and how old they are."""

from harness.fakes import FakeClock

from bot.domain.health import ReasonKind
from bot.wiring.readiness import Progress, ReadinessCollector, ReasonSource


def said(progress: Progress) -> list[tuple[str, str, float]]:
    """Kind, words and age in seconds of each reason."""
    now = progress.clock.now()
    return [(each.kind.value, each.text, (now - each.since) / 1000) for each in progress.reasons()]


def test_a_reason_keeps_its_age_while_its_figures_change_and_begins_anew_when_it_was_gone() -> None:
    clock, troubles = FakeClock(), ["nothing for 40 s"]
    progress = Progress(clock=clock, problems=(ReasonSource(ReasonKind.TELEGRAM, lambda: tuple(troubles)),), step=None)
    assert said(progress) == [("telegram", "nothing for 40 s", 0)]
    clock.advance(3)
    troubles[:] = ["nothing for 43 s", "another word"]
    assert said(progress) == [("telegram", "nothing for 43 s", 3), ("telegram", "another word", 0)]
    troubles[:] = []
    assert said(progress) == []
    troubles[:] = ["nothing for 50 s"]
    assert said(progress) == [("telegram", "nothing for 50 s", 0)]
    troubles[:] = ["refused: \ud800\x1b[31m\n" + "x" * 1_000]  # as Telegram may say it
    assert said(progress) == [("telegram", ("refused:   [31m " + "x" * 1_000)[:300], 0)]


def test_a_start_and_a_stop_are_the_only_reasons_while_they_last() -> None:
    source = ReasonSource(ReasonKind.BYBIT, lambda: ("banned",))
    progress = Progress(clock=FakeClock(), problems=(source,))
    assert said(progress) == [("starting", "starting", 0)]
    progress.step = lambda: ("Telegram has not been reached yet",)
    assert said(progress) == [("starting", "Telegram has not been reached yet", 0)]
    progress.step = None
    assert said(progress) == [("bybit", "banned", 0)]
    progress.is_stopping = True
    assert said(progress) == [("stopping", "stopping", 0)]


def test_every_kind_of_reason_is_a_series() -> None:
    source = ReasonSource(ReasonKind.BYBIT, lambda: ("banned", "used up"))
    progress = Progress(clock=FakeClock(), problems=(source,), step=None)
    (family,) = ReadinessCollector(progress).collect()
    shown = {sample.labels["reason"]: sample.value for sample in family.samples}
    assert shown == {kind.value: float(kind is ReasonKind.BYBIT) for kind in ReasonKind}

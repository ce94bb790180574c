"""Every series of a closed set of labels is there before its first event: a rate over it misses nothing."""

from pathlib import Path

from harness.app import harness
from prometheus_client import CollectorRegistry, generate_latest

from bot.wiring.metrics import ChatCollector, ExchangeCollector


async def test_a_process_that_just_began_shows_calls_polls_and_requests_at_zero(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        registry = CollectorRegistry()
        registry.register(ChatCollector(made.assembly.runtime.stats))
        registry.register(ExchangeCollector(made.assembly.bybit.stats))
        shown = generate_latest(registry).decode().splitlines()
    for series in (
        'perpdesk_telegram_calls_total{method="send",outcome="flood"} 0.0',
        'perpdesk_telegram_polls_total{outcome="conflicts"} 0.0',
        'perpdesk_exchange_requests_total{endpoint="wallet_balance",outcome="ok"} 0.0',
        'perpdesk_exchange_requests_total{endpoint="positions",outcome="unknown"} 0.0',
    ):
        assert series in shown

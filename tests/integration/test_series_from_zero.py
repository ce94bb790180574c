"""Every series of a closed set of labels is there before its first event: a rate over it misses nothing."""

from pathlib import Path

from harness.app import harness
from harness.metrics import metrics_text


async def test_a_process_that_just_began_shows_calls_polls_and_requests_at_zero(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        shown = (await metrics_text(made.assembly)).splitlines()
    for series in (
        'perpdesk_telegram_calls_total{method="send",outcome="flood"} 0.0',
        'perpdesk_telegram_polls_total{outcome="conflicts"} 0.0',
        'perpdesk_exchange_requests_total{endpoint="wallet_balance",outcome="ok"} 0.0',
        'perpdesk_exchange_requests_total{endpoint="positions",outcome="unreadable"} 0.0',
        'perpdesk_exchange_requests_total{endpoint="order_create",outcome="unknown"} 0.0',
        'perpdesk_exchange_requests_total{endpoint="other",outcome="key_trouble"} 0.0',
        'perpdesk_telegram_update_seconds_count{type="callback_query"} 0.0',
        'perpdesk_apologies_total{kind="unexpected"} 0.0',
        'perpdesk_log_messages_total{level="error"} 0.0',
    ):
        assert series in shown

"""The ways out: what makes connections to Telegram and to Bybit, straight or through the proxy of the settings."""

from bot.domain.ports.clock import Clock
from bot.proxy import Connectors, connectors
from bot.settings import Settings, revealed


def to_telegram(settings: Settings, clock: Clock) -> Connectors:
    return connectors(revealed(settings.telegram_proxy), setting="PERPDESK_TELEGRAM_PROXY", clock=clock)


def to_bybit(settings: Settings, clock: Clock) -> Connectors:
    return connectors(revealed(settings.bybit_proxy), setting="PERPDESK_BYBIT_PROXY", clock=clock)

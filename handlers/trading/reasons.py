"""Why an exchange refused something, in words or by its own code."""

from bot.domain.ids import Symbol
from bot.domain.trade_plans import OrderIntent
from handlers.texts.catalog import Markup, Translator


def reason_text(say: Translator, symbol: Symbol, key: str, code: int) -> Markup:
    """In words where there are any, else Bybit's code; nothing where there is neither (`key` "", `code` 0)."""
    if key and say.texts.has(key):
        return say(key, code=code, symbol=symbol)
    return say("intent-refused", code=code) if code else Markup("")


def refusal_text(say: Translator, intent: OrderIntent) -> Markup:
    """Of a request that is known to be refused: at least that."""
    return reason_text(say, intent.leg.symbol, intent.reason, intent.code or 0) or say("order-no")

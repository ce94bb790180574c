"""Readers of cards, for tests of views: Anna with a practice and a demo account."""

from decimal import Decimal
from typing import Any

from bot.domain.accounts import Account, AccountType, Exchange, TradeSettings
from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.market import Category, Instrument, Instruments
from bot.domain.users import Language, Role, UserConfig, UserSettings
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.texts.catalog import Texts, Translator
from handlers.views.cards import Card
from handlers.views.render_context import RenderContext

NOW = Millis(1_760_011_205_000)  # 2025-10-09 12:00:05 UTC
TEXTS = Texts.load()


def account(kind: AccountType, account_id: int, label: str = "label") -> Account:
    return Account(
        account_id=AccountId(account_id),
        user_id=UserId(1001),
        exchange=Exchange.BYBIT,
        account_type=kind,
        host="com",
        label=label,
        bybit_uid=None,
        settings=TradeSettings(),
    )


PAPER = account(AccountType.PAPER, 1)
DEMO = account(AccountType.DEMO, 2)
TRADED = frozenset({AccountType.PAPER, AccountType.DEMO})


def viewer(language: Language = Language.ENGLISH, *, owner: UserId | None = None, **changes: Any) -> RenderContext:
    values: dict[str, Any] = {
        "user_id": UserId(1001),
        "username": "anna",
        "first_name": "Anna",
        "language": language,
        "role": Role.USER,
        "is_banned": False,
        "terms_version": 1,
        "settings": UserSettings(),
        "default_account_id": None,
        "accounts": (PAPER, DEMO),
        "first_seen_ts": NOW,
    }
    config = UserConfig(**(values | changes))
    return RenderContext(say=Translator(TEXTS, language), config=config, now=NOW, owner=owner, traded=TRADED)


def labels(card: Card) -> list[list[str]]:
    return [[button.text for button in row] for row in card.rows if row]


def datas(card: Card) -> list[str]:
    return [str(button.callback_data) for row in card.rows for button in row if button.callback_data]


def rules(symbol: str, tick: str, step: str, category: Category = Category.LINEAR) -> Instrument:
    """A symbol's rules, of which the digits are shown."""
    return Instrument(
        category=category,
        symbol=Symbol(symbol),
        status="Trading",
        base_coin="",
        quote_coin="",
        tick_size=Decimal(tick),
        qty_step=Decimal(step),
        min_order_qty=Decimal(step),
        max_order_qty=Decimal(100),
        max_market_order_qty=Decimal(100),
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
    )


KNOWN = (
    Instruments(
        category=Category.LINEAR,
        items=(
            rules("1000PEPEUSDT", "0.0000001", "100"),
            rules("BTCUSDT", "0.10", "0.001"),
            rules("ETHUSDT", "0.01", "0.01"),
        ),
        as_of=NOW,
    ),
)


def known(value: Any, **outcome: Any) -> Any:
    """A screen's value beside the rules of Bitcoin, Ether and Pepe."""
    return Shown(WithInstruments(value, KNOWN), **outcome)

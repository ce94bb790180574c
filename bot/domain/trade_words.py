"""The words of a typed order in English, Russian and Ukrainian, and those that stand around one in a pasted signal.

A table, nothing else: what stands in no row has no meaning, and an order is never read past a word that may turn it
around (`DOUBTFUL`).
"""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType
from typing import Final


class WordKind(StrEnum):
    """What a word does in an order."""

    BUY = auto()
    SELL = auto()
    STOP = auto()
    TARGET = auto()
    ENTRY = auto()  # a price of the entry follows
    AT = auto()  # the same, where a plain number follows
    MARKET = auto()  # an entry at the price of now
    ZONE = auto()  # a range is one entry, not two
    RISK = auto()
    SIZE = auto()
    MAX = auto()  # as much as the free money is margin for
    LEVERAGE = auto()
    SHARES = auto()
    BREAKEVEN = auto()
    TRAILING = auto()  # a stop that follows the best price: its distance in percent comes behind
    WITHOUT = auto()
    DOLLARS = auto()
    PERCENT = auto()
    SPOT = auto()
    PERPETUAL = auto()
    ACCOUNT = auto()
    NOISE = auto()  # a label of an indicator: what stands behind it is no part of the order
    DOUBTFUL = auto()  # it may change what the order is, and is not understood
    UNUSED = auto()  # understood, and not taken: the account's own settings say it
    FILLER = auto()


_TABLE: Final[Mapping[WordKind, str]] = MappingProxyType(
    {
        WordKind.BUY: "buy long longing купить купи куплю купим лонг лонгую лонгуем лонгани лонгую покупка "
        "покупаю купити купую купуй купимо лонгуємо покупаем",
        WordKind.SELL: "sell short shorting продать продай продам продаем продаём шорт шорчу шортим шортани продажа "
        "продаю продати продаємо продаж шортимо",
        WordKind.STOP: "sl s/l stop stoploss stops stop-loss стоп стопа стопом стоплосс стоплос стоп-лосс стоп-лос сл",
        WordKind.TARGET: "tp t/p tps target targets takeprofit take-profit take profit тп тейк тейки тейка тейком "
        "тейкпрофит тейк-профит тейк-профіт цель цели цель ціль цілі цілей таргет таргеты таргети профит профіт",
        WordKind.ENTRY: "limit lmt entry entries enter лимит лимитка лимиткой лимитный лимитом лимитку ліміт "
        "лімітка ліміткою лімітний лімітом вход входы входа вхід входи входу",
        WordKind.AT: "at по",
        WordKind.MARKET: "market mkt cmp рынок рынку рынком рыночный маркет маркету ринок ринку ринком ринковий",
        WordKind.ZONE: "zone зона зоне зоны зону зоні зони",
        WordKind.RISK: "risk риск риска риском ризик ризику ризиком",
        WordKind.SIZE: "size amount qty quantity volume размер объем объём сумма сумму количество розмір обсяг сума "
        "суму кількість",
        WordKind.MAX: "max maximum макс максимум",
        WordKind.LEVERAGE: "leverage lev плечо плечом плеча плече x х ×",
        WordKind.SHARES: "shares share split доли доля долями частки частка",
        WordKind.BREAKEVEN: "breakeven break-even бу безубыток безубытка б/у беззбиток беззбитковість",
        WordKind.TRAILING: "trailing trail trailing-stop trailingstop "
        "трейлинг трейл трейлинг-стоп трейлинга трейлінг трейлінг-стоп",
        WordKind.WITHOUT: "no without w/o без none",
        WordKind.DOLLARS: "usdt usd usdc dollar dollars bucks tether доллар доллара долларов баксов бакс бакса долл "
        "дол долар долара доларів юсдт тезер тизер u",
        WordKind.PERCENT: "percent pct процент процента процентов проц відсоток відсотка відсотків",
        WordKind.SPOT: "spot спот спотовый спотовий споте споті",
        WordKind.PERPETUAL: "perp perps perpetual linear future futures перп перпы перпи фьючерс фьючерсы фьючах "
        "ф'ючерс ф'ючерси",
        WordKind.NOISE: "rr r/r atr rsi oi cvd bb macd ema sma score quality confidence tf timeframe trigger winrate "
        "vol z таймфрейм тф уверенность ema200 rating grade duration leverage-mode",
        WordKind.DOUBTFUL: "not don't dont never if unless when until above below over under cancel close closed exit "
        "margin dca averaging all half everything double minus maybe or "
        "не нет если когда выше ниже закрыть закрой отмена отмени маржа маржи маржу усреднение всё все "
        "весь половина половину или минус "
        "ні якщо коли вище нижче закрити закрий скасувати маржу усереднення усе увесь половину або мінус",
        WordKind.UNUSED: "cross isolated iso ioc fok postonly gtc кросс изолированная изолированный крос ізольована",
        WordKind.FILLER: "a an the my me with and of for in on to please pls go i want would like now order position "
        "price coin pair loss signal from into take set put let's lets new trade balance account equity "
        "и с со на в во к до от за из у мне мой моё хочу давай надо пожалуйста ордер ордером позиция позицию цена цене "
        "ценой монета пара сделка сигнал счёта счета баланса депозита депо сейчас поставь открой открыть открываем "
        "й та і з зі із від під мені мій хочу треба будь ласка ціна ціні ціною угода рахунку балансу зараз постав "
        "відкрий відкрити лосс лос after после після then затем потім move",
    }
)
KINDS: Final[Mapping[str, WordKind]] = MappingProxyType(
    {word: kind for kind, words in reversed(tuple(_TABLE.items())) for word in words.split()}
)
"""Each word in lower case; of two rows the earlier one counts."""
THOUSANDS: Final = frozenset({"k", "к", "тыс", "тис"})
OTHER_MONEY: Final = frozenset(
    {
        "€",
        "£",
        "₽",
        "₴",
        "¥",
        *("eur", "euro", "gbp", "евро", "євро"),
        *("руб", "рублей", "рубля", "rub", "грн", "гривень", "uah"),
    }
)

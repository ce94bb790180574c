"""Which symbol is meant by what somebody types: coins by name in three languages, the market's words, near misses.

Pure: what trades comes as sets of symbols. Latin names are compared in capitals, words in lower case.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput, UnknownSymbol
from bot.domain.ids import Symbol
from bot.domain.market import Category

LONGEST_TYPED: Final = 40
_MOST_NEAREST: Final = 3
_LIKENESS: Final = 0.66  # of base coins: one letter of three
_QUOTES: Final = ("USDT", "USDC", "USDE", "EUR", "BTC", "ETH", "USD")
_DOLLARS: Final = ("USDT", "USDC", "USD")
_NAME: Final = re.compile(r"[A-Z0-9]{2,30}")
_SEPARATORS: Final = re.compile(r"[/\\\-–—:_,\s]+")
_ENDING: Final = re.compile(r"(?<=[а-яёіїєґ]{3})(?:ами|ом|ов|ів|а|у|е|и|ы|і|ю|я)$")
_AROUND: Final = "$#«»„“”\"'`()[]?!.…;"
_MULTIPLIERS: Final = ("1000", "10000", "100000", "1000000", "10000000")
"""Of Bybit's perpetuals of coins that cost little: 1000PEPEUSDT, SHIB1000USDT."""

_COINS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: coin
        for coin, names in {
            "BTC": "bitcoin xbt биткоин биткойн біткоїн біткойн биток біток бтк бтц битка",
            "ETH": "ethereum ether эфириум этериум эфир ефір ефіріум етер етеріум этх еф",
            "SOL": "solana солана сол",
            "XRP": "ripple рипл риппл ріпл хрп",
            "DOGE": "dogecoin доге додж дож догекоин догікоїн",
            "PEPE": "пепе",
            "SHIB": "shiba shibainu шиба шиб шибаину шібаіну",
            "TON": "toncoin тон тонкоин тонкоїн",
            "LTC": "litecoin лайткоин лайткоїн лтц лайт",
            "BCH": "bitcoincash биткоинкеш біткоїнкеш бч",
            "ADA": "cardano кардано ада",
            "BNB": "binancecoin бнб",
            "TRX": "tron трон",
            "DOT": "polkadot полкадот дот",
            "LINK": "chainlink чейнлинк чейнлінк линк лінк",
            "AVAX": "avalanche авакс аваланч",
            "NEAR": "ниар ніар",
            "SUI": "суи суї",
            "APT": "aptos аптос",
            "ARB": "arbitrum арбитрум арбітрум",
            "OP": "optimism оптимизм",
            "POL": "polygon matic полигон полігон матик матік",
            "ATOM": "cosmos космос атом",
            "XLM": "stellar стеллар стелар",
            "ETC": "ethereumclassic",
            "XMR": "monero монеро",
            "UNI": "uniswap юнисвап юнісвап",
            "NOT": "notcoin ноткоин ноткоїн",
            "WIF": "dogwifhat виф віф",
            "BONK": "бонк",
            "HYPE": "hyperliquid хайп гайп",
            "TRUMP": "трамп",
        }.items()
        for name in names.split()
    }
)
_STEMS: Final[Mapping[str, str]] = MappingProxyType({_ENDING.sub("", name): coin for name, coin in _COINS.items()})
_CATEGORIES: Final[Mapping[str, Category]] = MappingProxyType(
    {
        word: category
        for category, words in {
            Category.SPOT: "spot спот спотовый спотовий",
            Category.LINEAR: "p perp perps perpetual perpetuals linear future futures перп перпы перпи фьючерс "
            "фьючерсы ф'ючерс ф'ючерси бессрочный бессрочные безстроковий безстрокові",
        }.items()
        for word in words.split()
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSymbol:
    """A symbol that somebody meant. `typed` is the coin they named where the symbol bears another name."""

    symbol: Symbol
    category: Category = Category.LINEAR
    typed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedSymbol:
    """What was typed, in Latin capitals. `category` None: none was named."""

    name: str
    category: Category | None = None
    is_known: bool = False  # a coin of the table, whatever trades


def quote_of(symbol: str) -> str:
    """The coin a symbol is priced in; USDC for Bybit's …PERP, nothing for what is not told by its name."""
    if symbol.endswith("PERP"):
        return "USDC"
    return next((quote for quote in _QUOTES if symbol.endswith(quote) and symbol != quote), "")


def base_of(symbol: str) -> str:
    """The coin that is traded; the symbol itself where its name does not tell."""
    return symbol.removesuffix("PERP" if symbol.endswith("PERP") else quote_of(symbol))


def category_named(word: str) -> Category | None:
    """The market of a word such as spot, perp, спот."""
    return _CATEGORIES.get(word.casefold())


def read_symbol(typed: str) -> TypedSymbol:
    """btc, BTC/USDT, $btc, btcusdt.p, btc spot, эфир. Raises BadInput for text that can be no symbol."""
    words = _words(typed)
    category = None
    if len(words) > 1 and (category := category_named(words[-1])) is not None:
        words.pop()
    joined = "".join(words)
    coin = _coin_named(joined)
    if coin is not None:
        return TypedSymbol(name=coin, category=category, is_known=True)
    name = _quoted_coin(words) or joined.upper()
    if name.endswith(".P"):
        name, category = name.removesuffix(".P"), category or Category.LINEAR
    elif name.endswith("PERP") and name != "PERP":
        name, category = name.removesuffix("PERP"), category or Category.LINEAR
    if not _NAME.fullmatch(name):
        raise BadInput("error-symbol")
    return TypedSymbol(name=name, category=category, is_known=name in _KNOWN)


def find_symbol(typed: TypedSymbol, trading: Mapping[Category, Collection[str]]) -> FoundSymbol | None:
    """The symbol of that name: the perpetual before the spot pair, the coin itself before its thousands.

    None if nothing of that name is in `trading`, which holds the categories that are known.
    """
    for category in _wanted(typed):
        names = trading.get(category, ())
        for name in _spellings(typed.name):
            if name in names:
                return FoundSymbol(symbol=Symbol(name), category=category)
        for name in _thousands(typed.name):
            if name in names:
                return FoundSymbol(symbol=Symbol(name), category=category, typed=_coin_of(typed.name))
    return None


def assumed(typed: TypedSymbol) -> FoundSymbol:
    """The symbol of that name while nobody can say what trades."""
    return FoundSymbol(symbol=Symbol(_spellings(typed.name)[0]), category=typed.category or Category.LINEAR)


def unknown_symbol(typed: TypedSymbol, trading: Mapping[Category, Collection[str]]) -> UnknownSymbol:
    """That there is none, with those whose coin looks like it, best first."""
    coin = _coin_of(typed.name)
    of_coin: dict[str, str] = {}
    for symbol in trading.get(Category.LINEAR, ()):
        of_coin.setdefault(base_of(symbol), symbol)
    near = get_close_matches(coin, of_coin, n=_MOST_NEAREST, cutoff=_LIKENESS)
    return UnknownSymbol(typed.name, tuple(of_coin[each] for each in near))


def _words(typed: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED])
    plain = (
        "".join(letter for letter in plain if unicodedata.category(letter) != "Cf").replace("ʼ", "'").replace("’", "'")
    )
    return [word for each in _SEPARATORS.split(plain) if (word := each.strip(_AROUND))]


def _coin_named(word: str) -> str | None:
    """The coin of a name, also as Russian and Ukrainian decline it: біткоїна, эфиром."""
    word = word.casefold()
    return _COINS.get(word) or _STEMS.get(_ENDING.sub("", word))


def _quoted_coin(words: list[str]) -> str | None:
    """BTCUSDT of "биток usdt"."""
    if len(words) != 2 or words[1].upper() not in _DOLLARS:  # noqa: PLR2004  a coin and what it is priced in
        return None
    coin = _coin_named(words[0])
    return None if coin is None else coin + words[1].upper()


def _wanted(typed: TypedSymbol) -> Iterable[Category]:
    return Category if typed.category is None else (typed.category,)


def _coin_of(name: str) -> str:
    return next((name.removesuffix(each) for each in _DOLLARS if name.endswith(each) and name != each), name)


def _spellings(name: str) -> tuple[str, ...]:
    return (name,) if name.endswith("USDT") and name != "USDT" else (f"{name}USDT", name)


def _thousands(name: str) -> Iterator[str]:
    coin = _coin_of(name)
    for many in _MULTIPLIERS:
        yield f"{many}{coin}USDT"
        yield f"{coin}{many}USDT"


_KNOWN: Final = frozenset(_COINS.values())

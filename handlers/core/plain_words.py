"""What people type without a slash, in three languages: words that are commands, words of trading, account types.

Tables of known words. What stands in none of them is never guessed, because a wrong guess may be about money.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from bot.domain.account_words import ACCOUNT_WORDS
from bot.domain.accounts import AccountType
from bot.domain.symbol_names import category_named

LONGEST: Final = 80  # letters of what can be a command; longer texts are sentences
_AROUND: Final = "/\"'«»„“”`.,!?…:;()"
_POINTS: Final = ".,"
_MOST_REST: Final = 3
_LONGEST_LINE: Final = 9  # words
GREETING: Final = "start"  # the command of hello
_SHORTEST_SLIP: Final = 4  # letters of a word in which one may be wrong


class _Rest(Enum):
    """What may follow a word for it to be a command."""

    NOTHING = auto()
    ACCOUNT = auto()
    MARKET = auto()
    SYMBOL = auto()
    LINE = auto()  # a symbol and what is wanted of it
    ANYTHING = auto()


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


OFF: Final = _all("off none stop end выкл откл нет стоп вимк ні немає")  # that something shall not be any more
_COMMANDS: Final[Mapping[str, tuple[_Rest, str]]] = MappingProxyType(
    {
        GREETING: (_Rest.NOTHING, "start hello hi hey привет привіт здравствуйте вітаю hola"),
        "menu": (_Rest.NOTHING, "menu меню"),
        "help": (_Rest.NOTHING, "help помощь помоги довідка допомога справка"),
        "cancel": (_Rest.NOTHING, "cancel отмена отменить скасувати відміна"),
        "balance": (_Rest.ACCOUNT, "balance balances wallet баланс балансы баланси кошелек кошелёк гаманець"),
        "positions": (_Rest.ACCOUNT, "positions position позиции позиция позиції позиція"),
        "orders": (_Rest.ACCOUNT, "orders order ордера ордер ордери заявки заявка"),
        "trades": (_Rest.ACCOUNT, "trades trade сделки сделка угоди угода"),
        "fills": (_Rest.ACCOUNT, "fills исполнения виконання"),
        "receipt": (_Rest.NOTHING, "receipt квитанция квитанцию квитанція квитанцію"),
        "stats": (_Rest.ANYTHING, "stats statistics статистика статистику"),
        "export": (_Rest.ANYTHING, "export экспорт експорт csv"),
        "price": (_Rest.SYMBOL, "price prices quote цена цены ціна ціни курс котировка"),
        "chart": (_Rest.SYMBOL, "chart charts graph график графики графік графіки чарт"),
        "book": (_Rest.SYMBOL, "book orderbook depth стакан"),
        "symbols": (_Rest.MARKET, "symbols tickers coins монеты монети пары пари котировки котирування"),
        "favorites": (_Rest.NOTHING, "favorites favourites watchlist избранное избранные обране обрані"),
        "alert": (_Rest.LINE, "alert алерт оповести сповісти"),
        "alerts": (_Rest.NOTHING, "alerts алерты алерти"),
        "keys": (_Rest.NOTHING, "keys key connect ключи ключ ключі подключить підключити"),
        "settings": (_Rest.ANYTHING, "settings настройки налаштування"),
        "notify": (_Rest.ANYTHING, "notify notifications уведомления оповещения сповіщення"),
        "mute": (_Rest.ANYTHING, "mute тишина тиша"),
        "lang": (_Rest.ANYTHING, "lang language язык мова"),
        "license": (_Rest.NOTHING, "license licence лицензия ліцензія"),
        "redeem": (_Rest.NOTHING, "redeem promo promocode промо промокод"),
        "subscribe": (_Rest.NOTHING, "subscribe subscription подписка підписка"),
        "paysupport": (_Rest.NOTHING, "paysupport support поддержка підтримка"),
        "privacy": (_Rest.NOTHING, "privacy приватность приватність конфиденциальность конфіденційність"),
        "terms": (_Rest.NOTHING, "terms условия умови"),
        "whoami": (_Rest.NOTHING, "whoami"),
        "buy": (_Rest.NOTHING, "buy long купить купи куплю купити купую лонг"),
        "sell": (_Rest.NOTHING, "sell short продать продай продам продати продаю шорт"),
        "close": (_Rest.SYMBOL, "close закрыть закрой закрити закрий"),
        "trail": (_Rest.LINE, "trail trailing трейл трейлинг трейлинг-стоп трейлінг трейлінг-стоп"),
        "sl": (_Rest.LINE, "sl stop stoploss stop-loss стоп стоп-лосс стоплосс сл"),
        "tp": (_Rest.LINE, "tp target targets тейк тейки тп цель цели ціль цілі"),
        "breakeven": (_Rest.LINE, "breakeven break-even be безубыток бу беззбиток"),
        "edit": (_Rest.LINE, "edit amend изменить измени поправить змінити зміни"),
        "panic": (_Rest.NOTHING, "panic паника паніка"),
        "pause": (_Rest.NOTHING, "pause пауза"),
        "resume": (_Rest.NOTHING, "resume"),
        "limits": (_Rest.NOTHING, "limits лимиты ліміти"),
    }
)
_TRADING: Final = _all(
    "buy sell long short close panic market limit limits tp sl dca exit enter trail trailing stop target targets be "
    "стоп тейк цель цели ціль цілі бу "
    "купить купи куплю продать продай продам лонг шорт закрыть закрой паника лимит "
    "купити купую продати продаю закрити закрий паніка ліміт"
)
_FILLERS: Final = _all(
    "a an the my me show is of for what whats what's please give now current move set to "
    "мой моя моё мои мне покажи показать какой какая сколько пожалуйста на по сейчас "
    "поставь переставь передвинь сдвинь "
    "мій моє мої мені показати який яка скільки зараз постав перестав пересунь зсунь"
)
_BY_WORD: Final[Mapping[str, str]] = MappingProxyType(
    {word: command for command, (_, words) in _COMMANDS.items() for word in words.split()}
)
_AFTER_A_SYMBOL: Final = frozenset({"price", "chart"})  # btc price
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A command as it was said in plain words."""

    command: str
    arguments: tuple[str, ...] = field(default=(), repr=False)


def account_type_named(word: str) -> AccountType | None:
    """paper, demo, live and the words for them; None for any other word: it may be about real money."""
    return ACCOUNT_WORDS.get(plain(word))


def words_of(text: str) -> list[str]:
    """The words of a short text in one case, without what stands around them; none of a long text."""
    if len(text) > LONGEST:
        return []
    return [word for each in plain(text).split() if (word := _bare(each))]


def _bare(word: str) -> str:
    """Without what stands around it; the point of a fraction is a part of it: .5 is not 5."""
    bare = word.strip(_AROUND)
    before = word[: word.find(bare)][-1:]
    return before + bare if bare[:1].isdigit() and before and before in _POINTS else bare


def plain(text: str) -> str:
    """Compatibility forms and case unified, without invisible letters."""
    unified = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    visible = "".join(letter for letter in unified if unicodedata.category(letter) != "Cf")
    return _DASHES.sub("-", visible).casefold().strip()


def command_said(text: str) -> Phrase | None:
    """balance, баланс демо, price btc, btc price, "what is my balance?"; None for what says no command."""
    words = [word for word in words_of(text) if word not in _FILLERS]
    if not words:
        return None
    command = _BY_WORD.get(words[0])
    if command is None and len(words) > 1 and _BY_WORD.get(words[-1]) in _AFTER_A_SYMBOL:
        command, words = _BY_WORD[words[-1]], [words[-1], *words[:-1]]
    if command is None or not _fits(_COMMANDS[command][0], words[1:]):
        return None
    return Phrase(command=command, arguments=tuple(words[1:]))


def command_meant(text: str) -> str | None:
    """The one command that a sentence names somewhere; None if it names none, several, or an act of trading."""
    words = words_of(text)
    found = {_BY_WORD[word] for word in words if word in _BY_WORD} - {GREETING}
    return next(iter(found)) if len(found) == 1 and _TRADING.isdisjoint(words) else None


def command_of_word(word: str) -> str | None:
    """The command that a word stands for, as it is or with one slip of the finger."""
    word = plain(word).strip(_AROUND)
    if word in _TRADING:
        return None
    return _BY_WORD.get(word) or next((_BY_WORD[each] for each in one_slip(word, _BY_WORD)), None)


def one_slip(word: str, known: Iterable[str]) -> list[str]:
    """The known words that one wrong, missing, doubled or swapped letter makes of it, or that it begins."""
    if len(word) < _SHORTEST_SLIP:
        return []
    return [each for each in known if each.startswith(word) or _is_one_slip(word, each)]


def _fits(rest: _Rest, words: list[str]) -> bool:
    match rest:
        case _Rest.NOTHING:
            return not words
        case _Rest.ACCOUNT:
            return not words or (len(words) == 1 and words[0] in ACCOUNT_WORDS)
        case _Rest.MARKET:
            return not words or (len(words) == 1 and category_named(words[0]) is not None)
        case _Rest.LINE:
            return len(words) <= _LONGEST_LINE
        case _:
            return len(words) <= _MOST_REST


def _is_one_slip(typed: str, known: str) -> bool:
    if abs(len(typed) - len(known)) > 1 or len(known) < _SHORTEST_SLIP:
        return False
    same = next((index for index, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), None)
    if same is None:
        return True
    rest, other = typed[same:], known[same:]
    is_swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or is_swapped

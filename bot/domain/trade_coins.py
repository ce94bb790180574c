"""Which word of a typed order names the coin."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.symbol_names import TypedSymbol, read_symbol
from bot.domain.trade_tokens import NumberToken, SignToken, Token, WordToken
from bot.domain.trade_words import WordKind

_ENDINGS: Final = ("USDT", "USDC", "PERP")
_SHORTEST: Final = 2  # letters of a coin that is known by no list


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCoin:
    """A coin's place among the tokens. `others`: words that name another coin as plainly."""

    token: WordToken | None = field(default=None, repr=False)
    end: int = 0
    name: str = ""
    is_known: bool = False  # by its form, its name, or as one that trades
    places: frozenset[int] = frozenset()  # of every token that names it
    others: tuple[WordToken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    index: int
    token: WordToken = field(repr=False)
    end: int
    name: str
    rank: int
    places: tuple[int, ...]


def coin_of(text: str, tokens: Sequence[Token], listed: Collection[str]) -> NamedCoin:
    """The one named most plainly: BTCUSDT or $btc, then a coin's name in any language, then what is listed.

    Failing these, a word behind the side that is no other word of an order.
    """
    found = [each for index in range(len(tokens)) if (each := _candidate(text, tokens, index, listed)) is not None]
    if not found:
        return NamedCoin()
    best = min(each.rank for each in found)
    first = next(each for each in found if each.rank == best)
    same = [each for each in found if each.name == first.name]
    others = [each.token for each in found if each.rank == best and each.name != first.name and best < _WEAK]
    return NamedCoin(
        token=first.token,
        end=first.end,
        name=first.name,
        is_known=best < _WEAK,
        places=frozenset(place for each in same for place in each.places),
        others=tuple(others),
    )


_STRONG, _KNOWN, _LISTED, _WEAK = range(4)


def _candidate(text: str, tokens: Sequence[Token], index: int, listed: Collection[str]) -> _Candidate | None:
    token = tokens[index]
    if not isinstance(token, WordToken) or token.kind is not None or len(token.typed) < _SHORTEST:
        return None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if isinstance(following, WordToken) and following.kind is None and following.word.isalpha():
        pair = _read(text[token.start : following.end])
        if pair is not None and pair.is_known and not _is_quoted(following.typed):
            return _Candidate(
                index=index, token=token, end=following.end, name=pair.name, rank=_KNOWN, places=(index, index + 1)
            )
    symbol = _read(token.typed) or TypedSymbol(name=token.word.upper())
    rank = _rank(token, symbol, listed, is_behind_side=_is_behind_side(tokens, index))
    if rank is None:
        return None
    return _Candidate(index=index, token=token, end=token.end, name=_base(symbol), rank=rank, places=(index,))


def _rank(token: WordToken, symbol: TypedSymbol, listed: Collection[str], *, is_behind_side: bool) -> int | None:
    if _is_quoted(token.typed) or token.typed.startswith("$"):
        return _STRONG
    if symbol.is_known:
        return _KNOWN
    if symbol.name in listed:
        return _LISTED
    is_name = len(symbol.name) >= _SHORTEST and symbol.name[-1].isalpha()
    return _WEAK if is_behind_side and is_name else None


def _is_behind_side(tokens: Sequence[Token], index: int) -> bool:
    """Whether it follows buy or sell with nothing but fillers and numbers between."""
    for token in _before(tokens, index):
        if isinstance(token, WordToken) and token.kind in {WordKind.BUY, WordKind.SELL}:
            return True
        is_between = isinstance(token, NumberToken) or (
            isinstance(token, WordToken) and token.kind in {WordKind.FILLER, WordKind.ENTRY, WordKind.MARKET}
        )
        if not is_between:
            return False
    return False


def _before(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    for token in reversed(tokens[:index]):
        if not isinstance(token, SignToken):
            yield token


def _is_quoted(typed: str) -> bool:
    """BTCUSDT, BTC/USDT, BTCUSDT.P."""
    name = typed.lstrip("$#").upper().removesuffix(".P")
    return any(name.endswith(each) and len(name) > len(each) + 1 for each in _ENDINGS) or "/USD" in name


def _base(symbol: TypedSymbol) -> str:
    return next((symbol.name.removesuffix(each) for each in _ENDINGS if symbol.name.endswith(each)), symbol.name)


def _read(typed: str) -> TypedSymbol | None:
    try:
        return read_symbol(typed)
    except BadInput:
        return None

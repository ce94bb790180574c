"""Typed orders: every token has a meaning, is filler, or is doubtful; no money is guessed."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.accounts import AccountType
from bot.domain.ids import AccountId, Symbol
from bot.domain.order_drafts import OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_reader import read_trade
from bot.domain.trade_reading import TradeReading, settled
from bot.domain.trade_text import DoubtKind, with_words
from bot.domain.trade_tokens import LONGEST_TEXT

PRICES = {
    coin: Decimal(price)
    for coin, price in {
        "BTC": "64210",
        "ETH": "3100",
        "SOL": "150",
        "SUSHI": "0.3149",
        "ADA": "0.37",
        "MERL": "0.17",
        "AVNT": "0.2951",
        "1INCH": "0.25",
    }.items()
}


def read(text: str, price: Decimal | None = None) -> TradeReading:
    found = read_trade(text, PRICES.keys())
    return settled(found, price or PRICES.get(found.coin_name))


def says(text: str) -> str:
    """What was understood, in one line."""
    read_text = read_trade(text, PRICES.keys())
    order = settled(read_text, PRICES.get(read_text.coin_name))
    assert order.doubts == (), order.doubts
    parts = ["" if order.side is None else order.side.value, read_text.coin_name]
    if order.size is not None:
        parts.append(f"{order.size.kind.value}={order.size.amount}")
    parts += [f"limit={each.normalize():f}" for each in order.limits]
    parts += ["market"] * read_text.is_market + ["zone"] * bool(order.zone)
    if order.stop is not None:
        parts.append(f"sl={level(order.stop)}")
    parts += ["nosl"] * order.no_stop + ["notp"] * order.no_target
    shares = [f"/{each}" for each in order.shares] or [""] * len(order.targets)
    parts += [f"tp={level(each)}{share}" for each, share in zip(order.targets, shares, strict=True)]
    if order.leverage is not None:
        parts.append(f"x{order.leverage}")
    parts += ["be"] * order.breakeven
    if order.account is not None:
        parts.append(order.account.value)
    return " ".join(parts)


def level(each: PriceLevel) -> str:
    return f"{each.percent.normalize():f}%" if each.percent is not None else f"{each.price or 0:f}"


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("long btc 2% sl 3% tp 64k 66k 68k", "Buy BTC equity=2 sl=3% tp=64000 tp=66000 tp=68000"),
        ("sell eth $500 limit 3,120", "Sell ETH value=500 limit=3120"),
        ("sell eth 500$ limit 3120", "Sell ETH value=500 limit=3120"),
        ("Limit buy BTC 100$ 64000", "Buy BTC value=100 limit=64000"),
        ("buy limit 64000 btc 100$", "Buy BTC value=100 limit=64000"),
        ("buy btc @ 64000 100$", "Buy BTC value=100 limit=64000"),
        ("buy btc at 64000 $100", "Buy BTC value=100 limit=64000"),
        ("buy btc $100, entry at 64000, stop at 62000, tp at 66k", "Buy BTC value=100 limit=64000 sl=62000 tp=66000"),
        ("long btc $100\nEntry: at market\nSL 62000", "Buy BTC value=100 market sl=62000"),
        ("лонг биток 100$\nВход: по рынку\nСтоп: 62000", "Buy BTC value=100 market sl=62000"),
        ("шорт біток 100$, вхід за ринком, стоп 66000", "Sell BTC value=100 market sl=66000"),
        ("buy 0.01 btc sl 62k", "Buy BTC qty=0.01 sl=62000"),
        ("buy 0,5 BTC no stop no tp", "Buy BTC qty=0.5 nosl notp"),
        ("buy btc 100 usdt risk-free", "Buy BTC value=100"),
        ("long btc risk 1% sl 62.5k", "Buy BTC risk=1 sl=62500.0"),
        ("long btc 1% risk s/l 62k t/p 66k", "Buy BTC risk=1 sl=62000 tp=66000"),
        ("long btc 1 000$ stop loss 62 000 take profit 66 000 70 000", "Buy BTC value=1000 sl=62000 tp=66000 tp=70000"),
        ("buy btc 100$ limit 63k-64k sl 60k", "Buy BTC value=100 limit=63000 limit=64000 sl=60000"),
        ("buy btc 100$ entry zone 63k-64k", "Buy BTC value=100 limit=64000 zone"),
        ("buy btc 100$ zone 63k-64k", "Buy BTC value=100 limit=64000 zone"),
        ("лонг btc зона 63к-64к 100$ стоп 3%", "Buy BTC value=100 limit=64000 zone sl=3%"),
        ("short btc 100$ entry zone 65k – 66k", "Sell BTC value=100 limit=65000 zone"),
        ("buy btc 100$ tp 66k 68k 70k 50/30/20", "Buy BTC value=100 tp=66000/50 tp=68000/30 tp=70000/20"),
        ("buy btc 100$ tp 66k 50% 68k 50%", "Buy BTC value=100 tp=66000/50 tp=68000/50"),
        ("buy btc 100$ tp 68k (40%) 66k (60%)", "Buy BTC value=100 tp=66000/60 tp=68000/40"),
        ("buy btc 100$ tp1 66k tp2: 68k be after tp1", "Buy BTC value=100 tp=66000 tp=68000 be"),
        ("buy btc 100$ targets: 1) 66k 2) 68k BE", "Buy BTC value=100 tp=66000 tp=68000 be"),
        ("buy btc 100$ sl -3% tp +5% 10%", "Buy BTC value=100 sl=3% tp=5% tp=10%"),
        ("short btc 100$ sl +3% tp -5%", "Sell BTC value=100 sl=3% tp=5%"),
        ("buy btc 100$ x5", "Buy BTC value=100 x5"),
        ("buy btc 100$ 5x market", "Buy BTC value=100 market x5"),
        ("buy $sol 100$ leverage 10", "Buy SOL value=100 x10"),
        ("sl3% buy btc 100$ tp5%", "Buy BTC value=100 sl=3% tp=5%"),
        ("BTCUSDT.P LONG 100$ SL=62k TP=66k", "Buy BTC value=100 sl=62000 tp=66000"),
        ("buy btc demo 100$ entry: market", "Buy BTC value=100 market demo"),
        ("buy 100$ of 1inch", "Buy 1INCH value=100"),
        ("buy btc max sl 3%", "Buy BTC max=100 sl=3%"),
        ("лонг btc 100$ 10 плечо стоп 3%", "Buy BTC value=100 sl=3% x10"),
        ("BTC long 100$ Stop: none, TP: 66k", "Buy BTC value=100 nosl tp=66000"),
        ("продаи\u0306 эфир 100$", "Sell ETH value=100"),
        ("buy btc 2 percent sl 3 percent", "Buy BTC equity=2 sl=3%"),
        ("лонг биток 100$ стоп 3%", "Buy BTC value=100 sl=3%"),
        ("шорт эфир 100 долларов стоп 3200 тейк 3000 2900 плечо 5", "Sell ETH value=100 sl=3200 tp=3000 tp=2900 x5"),
        ("купи солану на 50$ без стопа", "Buy SOL value=50 nosl"),
        ("купить эфир на 2,5% стоп 2,5% тейк 5%", "Buy ETH equity=2.5 sl=2.5% tp=5%"),
        ("продай битка на 100$ по рынку", "Sell BTC value=100 market"),
        ("купи btc по 64000 на 100$ 5х", "Buy BTC value=100 limit=64000 x5"),
        ("шорт BTC/USDT 2% стоп 66к цели 63к/62к/60к", "Sell BTC equity=2 sl=66000 tp=63000 tp=62000 tp=60000"),
        ("лонг btc 100$ лимит зона 63к-64к", "Buy BTC value=100 limit=64000 zone"),
        ("лонг битка 100$ тейк 66к 68к доли 50/50 бу после тп1", "Buy BTC value=100 tp=66000/50 tp=68000/50 be"),
        ("лонг біткоїн ризик 1% стоп 62к ціль 66к", "Buy BTC risk=1 sl=62000 tp=66000"),
        ("купити ефір на 100 доларів, стоп 3 000, ціль 3200", "Buy ETH value=100 sl=3000 tp=3200"),
        ("продаю солану 0,5% без стопа практика", "Sell SOL equity=0.5 nosl paper"),
        ("шорт сол 100$ ліміт 152 плече 3", "Sell SOL value=100 limit=152 x3"),
    ],
)
def test_an_order_in_three_languages(typed: str, understood: str) -> None:
    assert says(typed) == understood


@pytest.mark.parametrize(
    ("typed", "doubt", "word", "choices"),
    [
        ("buy btc 100", DoubtKind.BARE, "100", ("100$", "100 BTC")),
        ("buy 100 $btc", DoubtKind.BARE, "100", ("100$", "100 BTC")),
        ("buy btc 100$ 10 плечо 5", DoubtKind.BARE, "10", ()),
        ("buy btc 64000", DoubtKind.BARE, "64000", ("limit 64000", "64000$", "64000 BTC")),
        ("buy btc 1 200$", DoubtKind.BARE, "1 200", ("1200",)),
        ("buy btc 3,120$", DoubtKind.AMBIGUOUS, "3,120$", ("3.12$", "3120$")),
        ("buy btc 100$ limit 3,120", DoubtKind.AMBIGUOUS, "3,120", ("3.12", "3120")),
        ("buy btc 100$ tp 66000,68000", DoubtKind.AMBIGUOUS, "66000,68000", ("66000.68", "66000 68000")),
        ("buy btc 100$ sl 62", DoubtKind.FAR, "62", ("62000", "≡62")),
        ("buy btc 100$ sl 3", DoubtKind.FAR, "3", ("3%", "≡3")),
        ("купити ефір на 100$ ціль 3 200", DoubtKind.FAR, "3 200", ("3200",)),
        ("buy btc 100$ sl 62 500", DoubtKind.FAR, "62 500", ("62500",)),
        ("buy btc 100$ limit 6400", DoubtKind.FAR, "6400", ("≡6400",)),
        ("buy btc 100$ stpo 3%", DoubtKind.UNKNOWN_WORD, "stpo", ()),
        ("buy btc cross: 100$", DoubtKind.BARE, "", ()),
        ("buy btc margin 100$", DoubtKind.WORD, "margin", ()),
        ("don't buy btc 100$", DoubtKind.WORD, "don't", ()),
        ("не покупай btc, купи eth 100$", DoubtKind.TWO_SYMBOLS, "eth", ()),
        ("buy btc eth 100$", DoubtKind.TWO_SYMBOLS, "eth", ()),
        ("buy btc 100$ 200$", DoubtKind.SECOND, "200$", ()),
        ("buy btc 100$ 2%", DoubtKind.SECOND, "2%", ()),
        ("buy sell btc 100$", DoubtKind.SECOND, "sell", ()),
        ("buy btc 100$ sl 62k sl 61k", DoubtKind.SECOND, "61k", ()),
        ("buy btc 100$ limit 64k market", DoubtKind.SECOND, "64k", ()),
        ("buy btc 100$ limit", DoubtKind.LACKS, "limit", ()),
        ("buy btc 100$ sl tp 66k", DoubtKind.LACKS, "sl", ()),
        ("buy btc risk 20$", DoubtKind.PERCENT, "20$", ()),
        ("buy btc risk 1", DoubtKind.PERCENT, "1", ("1%",)),
        ("buy btc 100$ tp 66k 68k 50/40", DoubtKind.FAR, "50", ("50000", "50%", "≡50")),
        ("buy btc 100$ tp 66k 50% 68k 40%", DoubtKind.SHARES, "40%", ()),
        ("buy btc 100$ tp 66k (30%) 68k (30%)", DoubtKind.SHARES, "30%", ()),
        ("buy btc 100$ sl +3%", DoubtKind.SIGN, "+3%", ()),
        ("buy btc -100$", DoubtKind.SIGN, "-100$", ()),
        ("buy btc 100$ tp 66k 70k 68k", DoubtKind.ORDER, "68k", ()),
        ("buy btc 100€", DoubtKind.MONEY, "100€", ()),
        ("buy btc 100 руб", DoubtKind.MONEY, "100 руб", ()),
        ("buy btc 100$ x2.5", DoubtKind.LEVERAGE, "x2.5", ()),
        ("buy btc 100$ x500", DoubtKind.LEVERAGE, "x500", ()),
        ("buy btc spot 100$", DoubtKind.SPOT, "spot", ()),
        ("btc 100$ sl 3%", DoubtKind.SIDE, "", ("buy", "sell")),
        ("buy 100$ sl 3%", DoubtKind.SYMBOL, "", ()),
        ("buy btc 100$ limit 64k 63k 62k", DoubtKind.TOO_MANY, "62k", ()),
        ("buy btc a% sl 3%", DoubtKind.UNREADABLE, "%", ()),
        ("buy btc $ sl 3%", DoubtKind.UNREADABLE, "$", ()),
        ("buy btc max 100$", DoubtKind.SECOND, "100$", ()),
        ("buy btc 100$ max leverage 5", DoubtKind.WORD, "max", ()),
        ("купи биток на все", DoubtKind.WORD, "все", ()),
        ("buy btc 100$ without leverage 3", DoubtKind.WORD, "without", ()),
    ],
)
def test_what_is_doubtful_is_asked(typed: str, doubt: DoubtKind, word: str, choices: tuple[str, ...]) -> None:
    order = read(typed)
    if doubt is DoubtKind.BARE and not word:  # harmless words of settings before a number
        assert order.doubts == ()
        return
    first = order.doubts[0]
    assert (first.kind, order.text[first.start : first.end], first.choices) == (doubt, word, choices)


@pytest.mark.parametrize(
    "number",
    [
        *("1e309", "0.1.2", "1_000", "１２", "٣", "10²", "1E+999999", "0x10", "9" * 300, "½", "0", "-0", "0%"),
        *("1,2,3", "1..2", "5kk", "5k$k", "$-5%", "1/2"),
    ],
)
def test_what_is_no_number_never_becomes_money(number: str) -> None:
    order = read(f"buy btc {number} sl 3%")
    assert order.doubts
    assert order.size is None or order.size.amount in {Decimal(1), Decimal(2), Decimal(5)}


@pytest.mark.parametrize("choice", [0, 1])
def test_a_choice_put_into_the_text_is_no_question_any_more(choice: int) -> None:
    order = read("buy btc 3,120$ sl 3%")
    (doubt,) = order.doubts
    again = read(with_words(order.text, doubt.start, doubt.end, doubt.choices[choice]))
    assert again.doubts == ()
    assert again.size == OrderSize(SizeKind.VALUE, (Decimal("3.12"), Decimal(3120))[choice])


@pytest.mark.parametrize(
    "typed",
    [
        "buy btc 100",
        "buy btc 64000",
        "buy btc 100$ sl 62",
        "buy btc 100$ sl 3",
        "btc 100$ sl 3%",
        "buy btc 100$ tp 66000,68000",
        "buy btc risk 1",
        "buy btc 1 200$ sl 62 500 tp 66 500",
    ],
)
def test_every_choice_of_every_question_ends_in_an_order(typed: str) -> None:
    waiting, seen = [typed], 0
    while waiting:
        order = read(waiting.pop())
        seen += 1
        assert seen < 50
        if order.doubts:
            doubt = order.doubts[0]
            assert doubt.choices
            waiting += [with_words(order.text, doubt.start, doubt.end, each) for each in doubt.choices]
        else:
            assert order.draft(AccountId(1), Symbol("BTCUSDT")).side in Side


def test_without_a_price_an_ambiguous_number_is_asked_about() -> None:
    found = read_trade("sell eth $500 limit 3,120")
    assert [each.kind for each in settled(found, None).doubts] == [DoubtKind.AMBIGUOUS]
    assert settled(found, Decimal(3)).limits == (Decimal("3.120"),)
    assert settled(found, Decimal(3_000)).limits == (Decimal(3120),)


def test_words_without_a_meaning_are_named() -> None:
    order = read("buy btc 100$ yolo now")
    assert ([each.typed for each in order.unread], order.doubts) == (["yolo"], ())


@pytest.mark.parametrize(
    "typed", ["what is a long position?", "long", "hello", "close btc", "my sell was bad luck today"]
)
def test_a_sentence_is_no_order(typed: str) -> None:
    assert not read_trade(typed, PRICES.keys()).is_order


def test_a_draft_holds_what_was_typed() -> None:
    draft = read("short eth 100$ sl 3200 tp 3000 2900 live").draft(AccountId(7), Symbol("ETHUSDT"))
    assert (draft.account_id, draft.symbol, draft.side) == (7, "ETHUSDT", Side.SELL)
    assert draft.stop == PriceLevel(price=Decimal(3200))
    assert read("short eth 100$ live").account is AccountType.LIVE
    with pytest.raises(ValueError, match="doubtful"):
        read("buy btc 100").draft(AccountId(7), Symbol("BTCUSDT"))


SIGNALS = {
    "Elcaro\n🔔 SUSHIUSDT 📉 SHORT 🟢⚪⚪\n⏱️ D | score\n\n💰 Entry: 0.314900\n🛑 SL: 0.352004 (11.78%) [OB]\n"
    "🎯 TP: 0.265429 (15.71%) [AGG]\n\n📊 RR: 4.0:1 | ATR Exit:  ✅\n📉 ATR: 14 | ×2.0 | Trigger: 18%": (
        "Sell SUSHI limit=0.3149 sl=0.352004 tp=0.265429"
    ),
    "📊 FIBONACCI EXTENSION STRATEGY\n\n🪙 ADAUSDT | —\n📉 SHORT\n\n⏱ TF: 240\n🎯 Entry Zone: 0.36442 – 0.37576\n"
    "🛑 Stop Loss: 0.39700\n✅ Target 1: 0.35452\n\n⚡ Trigger: Price in 141.4%-161.8% zone\n🟢 Quality: A (84/100)": (
        "Sell ADA limit=0.36442 zone sl=0.39700 tp=0.35452"
    ),
    "🟢 LONG MERLUSDT\n📊 Score: 51% ⭐ C\n📈 (BB:15 RSI:12 Vol:0 OI:0)\n⏱ TF: 1h\n💲 Entry: 0.17049000\n"
    "🎯 TP1: 0.19270062 (3.0×ATR)\n🎯 TP2: 0.20380592\n🛑 SL: 0.15568292 (2.0×ATR)\n📏 ATR: 0.00740354\n"
    "📊 RSI(14): 15.7\n🔼 BB Position: Below Lower": (
        "Buy MERL limit=0.17049 sl=0.15568292 tp=0.19270062 tp=0.20380592"
    ),
    "🎯 OI SIGNAL ⭐️⭐️⭐️⭐️\n🚀 SQUEEZE (Сквиз шортов)\n📈 LONG BTCUSDT @ 65432.50\n📊 OI: +5.23% | Vol z=2.1\n"
    "🎯 Score: 4.2": "Buy BTC limit=65432.5",
    "SCRIPTOMER SHORT AVNTUSDT @ 0.2951": "Sell AVNT limit=0.2951",
    "#BTC/USDT LONG\nLeverage: cross 5x\nEntry: 63000 - 64000\nTargets:\n1) 66000\n2) 68000\nStop: 60000": (
        "Buy BTC limit=63000 limit=64000 sl=60000 tp=66000 tp=68000 x5"
    ),
}


@pytest.mark.parametrize("typed", SIGNALS)
def test_a_pasted_signal(typed: str) -> None:
    assert says(typed) == SIGNALS[typed]


NAUGHTY = [
    "'; DROP TABLE users; --",
    "\u202eabc",
    "💎" * 50,
    "\x00\x01",
    "a" * 4000,
    "<b>x</b>",
    "{{7*7}}",
    "%s%n",
    "\ud800",
]


@pytest.mark.parametrize("text", [*NAUGHTY, *(f"buy btc {each} 100$" for each in NAUGHTY), "1 " * 3000, "(" * 3000])
def test_naughty_strings_are_read_and_harmless(text: str) -> None:
    order = read(text)
    assert len(order.text) <= LONGEST_TEXT
    assert order.size in {None, OrderSize(SizeKind.VALUE, Decimal(100))}


WORDS = [
    *("buy", "sell", "лонг", "btc", "eth", "BTCUSDT", "sl", "tp", "стоп", "limit", "риск", "x5", "zone", "no", "risk"),
    *("$", "%", "k", "-", "/", "(", ")", ":", "\n", "|", "100", "3,120", "2%", "64k", "0.5", "1 000", "64000,66000"),
    *("size", "50/50", "hello", "@", "market", "5x", "после", "be", "not", "tp1", "1)", "score", "т", "½", "€"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_whatever_is_typed_money_stands_in_the_text(text: str) -> None:
    """An order without a doubt takes its numbers from the text as they stand there, and each at most once."""
    order = read(text)
    if order.doubts:
        return
    standing = [
        *(Decimal(each) for each in re.findall(r"\d+(?:\.\d+)?", text.replace("1 000", "1000"))),
        *(Decimal(each) * 1000 for each in re.findall(r"(\d+) ?k", text)),
        *(Decimal(each) for each in ("3120", "3.12", "66000", "64000")),
    ]
    used = [] if order.size is None else [order.size.amount]
    for each in (*((order.stop,) if order.stop else ()), *order.targets):
        used += [value for value in (each.price, each.percent) if value is not None]
    assert all(each in standing for each in (*used, *order.limits))


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    order = read(text, Decimal(64_000))
    for doubt in order.doubts:
        assert 0 <= doubt.start <= doubt.end <= len(order.text)


@given(st.text(alphabet="buyselbtc 0123456789.,$%k-/()xх\u00a0'", max_size=40))
def test_texts_of_the_signs_of_orders_are_read(text: str) -> None:
    order = read(f"buy btc {text}", Decimal(64_000))
    if not order.doubts and order.size is not None:
        assert order.size.amount > 0

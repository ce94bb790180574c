"""A trade while it comes to be: each state in its own words, and nothing reads as failed while it is not known."""

from dataclasses import replace
from decimal import Decimal

import pytest
from harness.viewers import NOW, viewer

from bot.domain.ids import AccountId, ChatId, Millis, OrderLinkId, Symbol, UserId
from bot.domain.market import Category
from bot.domain.orders import OrderRequest, TimeInForce, TriggerBy
from bot.domain.portfolio import LegKey, OrderType, Side
from bot.domain.trade_plans import (
    Breakeven,
    CardPlace,
    IntentKind,
    IntentState,
    ManagedTrade,
    OrderIntent,
    PlannedTarget,
    PlanState,
    TradePlan,
)
from bot.domain.users import Language
from handlers.trading.live_views import Ending, ending_of, is_answered, is_over, left_over, told_of, trade_card

D = Decimal
BTC = Symbol("BTCUSDT")
LEG = LegKey(account_id=AccountId(1), category=Category.LINEAR, symbol=BTC, position_idx=0)
PLAN = TradePlan(
    plan_id=1,
    user_id=UserId(1001),
    account_id=AccountId(1),
    category=Category.LINEAR,
    symbol=BTC,
    position_idx=0,
    side=Side.BUY,
    state=PlanState.OPEN,
    stop=D(62_000),
    stop_trigger_by=TriggerBy.LAST,
    targets=(PlannedTarget(number=1, price=D(66_000), share=D(1)),),
    breakeven=Breakeven.OFF,
    stop_verified_ts=None,
    protected_ts=None,
    stop_changed_ts=None,
    first_fill_ts=None,
    card=CardPlace(chat_id=ChatId(1001), message_id=5),
    created_ts=NOW,
    ended_ts=None,
)


def entry(
    state: IntentState, *, exec_qty: str = "0", booked: str = "0", is_market: bool = True, reason: str = ""
) -> OrderIntent:
    return OrderIntent(
        intent_id=1,
        kind=IntentKind.ENTRY,
        state=state,
        leg=LEG,
        user_id=UserId(1001),
        plan_id=1,
        order_link_id=OrderLinkId("p-1"),
        request=OrderRequest(
            order_link_id=OrderLinkId("p-1"),
            category=Category.LINEAR,
            symbol=BTC,
            position_idx=0,
            side=Side.BUY,
            order_type=OrderType.LIMIT,
            qty=D("0.031"),
            price=D("64400.5"),
            time_in_force=TimeInForce.IOC if is_market else TimeInForce.GTC,
        ),
        target_number=None,
        remaining=None,
        card_price=None,
        good_until=None,
        card=None,
        order_id="o",
        cum_exec_qty=D(exec_qty),
        avg_price=D("64210.5") if D(exec_qty) else None,
        fills_qty=D(booked),
        code=None,
        reason=reason,
        exit_reason=None,
        is_told=False,
        created_ts=NOW,
        sent_ts=Millis(NOW + 38),
        acknowledged_ts=Millis(NOW + 71),
        final_ts=None,
    )


def trade(*entries: OrderIntent, verified: bool = False) -> ManagedTrade:
    plan = replace(PLAN, stop_verified_ts=NOW if verified else None)
    return ManagedTrade(plan=plan, intents=entries, position=None)


def text_of(shown: ManagedTrade, language: Language = Language.ENGLISH) -> str:
    return trade_card(viewer(language=language), shown, None, ()).text.replace("\N{NO-BREAK SPACE}", " ")


S = IntentState
CASES = [
    (entry(S.INTENT), "Sending 0.031 BTC"),
    (entry(S.SENDING), "Sending 0.031 BTC"),
    (entry(S.ACKNOWLEDGED), "Accepted: 0.031 BTC"),
    (entry(S.OPEN, is_market=False), "Resting: 0.031 BTC at 64,400.5"),
    (entry(S.OPEN), "Accepted"),
    (
        entry(S.PARTIALLY_FILLED, exec_qty="0.01", booked="0.01", is_market=False),
        "Resting at 64,400.5: 0.01 BTC of 0.031 BTC filled @ 64,210.5",
    ),
    (entry(S.PARTIALLY_FILLED, exec_qty="0.01", booked="0.01"), "Filled 0.01 BTC of 0.031 BTC, counting"),
    (entry(S.FILLED, exec_qty="0.031", booked="0.01"), "Filled 0.031 BTC of 0.031 BTC, counting"),
    (entry(S.FILLED, exec_qty="0.031", booked="0.031"), "<b>Filled</b> 0.031 BTC @ 64,210.5"),
    (entry(S.CANCELED, exec_qty="0.02", booked="0.02"), "Filled 0.02 BTC of 0.031 BTC @ 64,210.5</b>: the rest moved"),
    (entry(S.CANCELED, exec_qty="0.02", booked="0.02", is_market=False), "the rest was canceled"),
    (entry(S.CANCELED), "Nothing was filled: the price moved beyond 64,400.5"),
    (entry(S.CANCELED, is_market=False), "Canceled: 0.031 BTC at 64,400.5"),
    (entry(S.REJECTED, reason="EC_NoEnoughQtyToFill"), "The exchange refused it"),
    (entry(S.UNKNOWN), "unknown until"),
    (entry(S.NOT_PLACED), "never reached the exchange"),
    (entry(S.ABANDONED), "Not sent"),
]


def test_times_of_what_was_found_later_are_not_told() -> None:
    """The receipt has its fills before that moment."""
    filled = replace(entry(S.FILLED, exec_qty="0.031", booked="0.031"), final_ts=Millis(NOW + 190))
    assert "sent +38 ms · accepted +71 ms · filled +190 ms" in text_of(trade(filled))
    found = replace(filled, acknowledged_ts=Millis(NOW + 13_000), final_ts=Millis(NOW + 13_000))
    assert "accepted" not in text_of(trade(found))
    accepted = replace(filled, final_ts=Millis(NOW + 20_000))
    assert "accepted +71 ms</i>" in text_of(trade(accepted))


@pytest.mark.parametrize(("intent", "words"), CASES)
def test_every_state_has_its_words(intent: OrderIntent, words: str) -> None:
    assert words in text_of(trade(intent))


@pytest.mark.parametrize("language", list(Language))
def test_what_is_unknown_never_reads_as_failed(language: Language) -> None:
    text = text_of(trade(entry(S.UNKNOWN)), language).lower()
    for word in ("fail", "refused", "nothing", "не удал", "ничего", "не вдал", "нічого", "ошибк", "помилк"):
        assert word not in text


def test_counting_is_never_filled() -> None:
    assert "✅" not in text_of(trade(entry(S.FILLED, exec_qty="0.031", booked="0.01")))
    assert not is_over(trade(entry(S.FILLED, exec_qty="0.031", booked="0.01"), verified=True))


def test_it_is_over_when_its_stop_stands() -> None:
    filled = entry(S.FILLED, exec_qty="0.031", booked="0.031")
    assert not is_over(trade(filled))
    assert is_over(trade(filled, verified=True))
    assert is_over(trade(entry(S.CANCELED))), "nothing is there to be protected"
    assert "being checked" in text_of(trade(filled))
    assert "✓ seen at the exchange" in text_of(trade(filled, verified=True))
    assert "Target 66,000" in text_of(trade(filled))


def test_only_last_words_are_told() -> None:
    final, resting = entry(S.FILLED, exec_qty="0.031", booked="0.031"), entry(S.OPEN, is_market=False)
    assert told_of(trade(final, resting)) == (final,)
    assert is_answered(trade(final, resting))
    assert not is_answered(trade(final, entry(S.SENDING)))


@pytest.mark.parametrize(
    ("intent", "ending"),
    [
        (entry(S.FILLED, exec_qty="0.031", booked="0.031"), None),
        (entry(S.CANCELED, exec_qty="0.02", booked="0.02"), Ending.PART),
        (entry(S.CANCELED), Ending.NOTHING),
        (entry(S.ABANDONED), Ending.NOTHING),
        (entry(S.NOT_PLACED), Ending.NOT_PLACED),
        (entry(S.UNKNOWN), None),
        (entry(S.CANCELED, exec_qty="0.02", booked="0.01"), None),
    ],
)
def test_what_is_left_to_be_done(intent: OrderIntent, ending: Ending | None) -> None:
    assert ending_of(trade(intent)) is ending


def test_the_rest_is_what_was_not_filled() -> None:
    assert left_over(trade(entry(S.CANCELED, exec_qty="0.02", booked="0.02"))) == D("0.011")

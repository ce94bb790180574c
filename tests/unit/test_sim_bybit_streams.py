"""The stand-in's public and private WebSockets, frame by frame, against Bybit's documentation."""

from typing import Any

import pytest
from harness.sim_streams import StreamDesk

from ops.sim.bybit.clock import MINUTE, SECOND
from ops.sim.bybit.control import Control
from ops.sim.bybit.streams.hub import HandshakeRefusedError

LINEAR, SPOT, OPTION = "/v5/public/linear", "/v5/public/spot", "/v5/public/option"


@pytest.fixture
def desk() -> StreamDesk:
    return StreamDesk()


def applied(levels: list[list[str]], changes: list[list[str]], *, reverse: bool) -> list[list[str]]:
    """A side of a book after a delta, as a client keeps it."""
    kept = dict(map(tuple, levels)) | dict(map(tuple, changes))
    return sorted(
        ([price, size] for price, size in kept.items() if size != "0"),
        key=lambda level: float(level[0]),
        reverse=reverse,
    )


def test_nothing_comes_before_the_client_asks(desk: StreamDesk) -> None:
    for path in (LINEAR, SPOT, OPTION, "/v5/private"):
        client = desk.open(path)
        desk.wait(SECOND)
        assert client.heard() == []


@pytest.mark.parametrize("given", ["x1", 7, None])
def test_answers_carry_the_request_id_unchanged(desk: StreamDesk, given: str | int | None) -> None:
    ids = {} if given is None else {"req_id": given}
    ack = desk.open(LINEAR).say(op="subscribe", args=["tickers.BTCUSDT"], unknown=1, **ids)
    assert list(ack) == ["success", "ret_msg", "conn_id", "req_id", "op"]
    assert (ack["success"], ack["ret_msg"], ack["op"]) == (True, "subscribe", "subscribe")
    assert ack["req_id"] == ("" if given is None else given)
    spot = desk.open(SPOT).say(op="subscribe", args=["tickers.BTCUSDT"], **ids)
    assert (spot["ret_msg"], spot.get("req_id")) == ("subscribe", given)
    pong = desk.open(SPOT).say(op="ping", **ids)
    assert (pong["success"], pong["ret_msg"], pong["op"], pong.get("req_id")) == (True, "pong", "ping", given)
    private = desk.open("/v5/private")
    pong = private.say(op="ping", **ids)
    assert (pong["op"], pong["args"], pong.get("req_id")) == ("pong", [str(desk.clock())], given)
    assert '"op":"pong"' in private.outlet.texts[-1]


def test_a_topic_that_is_not_there_refuses_the_whole_request(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    for wrong in (
        "tickers.NOPE",
        "orderbook.7.BTCUSDT",
        "kline.2.BTCUSDT",
        "order",
        "publicTrade",
        "tickers.1.BTCUSDT",
    ):
        answer = client.say(op="subscribe", args=["tickers.ETHUSDT", wrong])
        assert (answer["success"], answer["ret_msg"]) == (False, f"error:handler not found,topic:{wrong}")
    desk.wait(SECOND)
    assert client.heard("tickers.ETHUSDT") == []
    eleven = [f"publicTrade.{symbol}" for symbol in list(desk.world.market.listed("spot"))[:11]]
    assert desk.open(SPOT).say(op="subscribe", args=eleven)["ret_msg"] == "args size >10"


def test_options_answer_topic_by_topic(desk: StreamDesk) -> None:
    symbol = next(iter(desk.world.market.listed("option")))
    answer = desk.open(OPTION).say(op="subscribe", args=[f"tickers.{symbol}", "tickers.NOPE"])
    assert answer["type"] == "COMMAND_RESP"
    assert answer["data"] == {"failTopics": ["tickers.NOPE"], "successTopics": [f"tickers.{symbol}"]}
    assert desk.open(OPTION).say(op="ping") == {"args": [str(desk.clock())], "op": "pong"}


def test_a_linear_ticker_is_a_snapshot_and_then_what_changed(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    client.follow("tickers.BTCUSDT")
    first = client.heard("tickers.BTCUSDT")[0]
    assert list(first) == ["topic", "type", "data", "cs", "ts"]
    assert first["type"] == "snapshot"
    assert "usdIndexPrice" not in first["data"]
    kept = first["data"]
    for _ in range(8):
        desk.wait(250)
        for frame in client.heard("tickers.BTCUSDT"):
            assert frame["type"] == "delta"
            assert frame["data"]["symbol"] == "BTCUSDT"
            assert all(kept[name] != value for name, value in frame["data"].items() if name != "symbol")
            kept |= frame["data"]
    late = desk.open(LINEAR)
    late.follow("tickers.BTCUSDT")
    assert late.heard("tickers.BTCUSDT")[0]["data"] == kept


def test_spot_and_option_tickers_are_always_whole(desk: StreamDesk) -> None:
    option = next(iter(desk.world.market.listed("option")))
    for path, symbol in ((SPOT, "BTCUSDT"), (OPTION, option)):
        client = desk.open(path)
        client.say(op="subscribe", args=[f"tickers.{symbol}"])
        for _ in range(8):
            desk.wait(250)
        frames = client.heard(f"tickers.{symbol}")
        assert len(frames) > 1
        assert {frame["type"] for frame in frames} == {"snapshot"}
        assert len({tuple(frame["data"]) for frame in frames}) == 1
    spot = desk.open(SPOT)
    spot.follow("tickers.ETHUSDT")
    assert "usdIndexPrice" in spot.heard("tickers.ETHUSDT")[0]["data"]


@pytest.mark.parametrize("path", [LINEAR, SPOT])
def test_deltas_lead_to_the_book_that_the_endpoint_shows(desk: StreamDesk, path: str) -> None:
    topic, category = "orderbook.50.BTCUSDT", path.rpartition("/")[2]
    one = desk.world.market.any_of("BTCUSDT", category)
    client = desk.open(path)
    client.follow(topic)
    first = client.heard(topic)[0]
    assert list(first) == ["topic", *(["ts", "type"] if path == SPOT else ["type", "ts"]), "data", "cts"]
    bids, asks, u = first["data"]["b"], first["data"]["a"], first["data"]["u"]
    for _ in range(60):
        desk.wait(250)
        for frame in client.heard(topic):
            assert (frame["type"], frame["data"]["u"]) == ("delta", u + 1)
            u += 1
            bids = applied(bids, frame["data"]["b"], reverse=True)
            asks = applied(asks, frame["data"]["a"], reverse=False)
        assert (bids, asks) == desk.world.books.sides(one, desk.clock(), 50)


def test_level_one_is_whole_and_comes_again_after_three_seconds(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    desk.control.set_price({"symbol": "BTCUSDT", "price": 60_000})
    client.follow("orderbook.1.BTCUSDT")
    said = client.heard("orderbook.1.BTCUSDT")
    for _ in range(4):
        desk.wait(SECOND)
        said += client.heard("orderbook.1.BTCUSDT")
    assert [(frame["type"], frame["data"]["u"]) for frame in said] == [("snapshot", said[0]["data"]["u"])] * 2


def test_a_set_price_is_told_with_the_next_tick(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    client.follow("tickers.BTCUSDT")
    desk.control.set_price({"symbol": "BTCUSDT", "price": 50_000})
    desk.wait(0)
    assert client.heard("tickers.BTCUSDT")[-1]["data"]["lastPrice"] == "50000.00"


def test_a_candle_that_is_over_is_confirmed_once(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    client.follow("kline.1.BTCUSDT")
    for _ in range(62):
        desk.wait(SECOND)
    frames = client.heard("kline.1.BTCUSDT")
    done = [frame["data"][0] for frame in frames if frame["data"][0]["confirm"]]
    assert [row["end"] - row["start"] for row in done] == [MINUTE - 1]
    assert all(frame["type"] == "snapshot" for frame in frames)
    market, one = desk.world.market, desk.world.market.any_of("BTCUSDT", "linear")
    candle = market.candle(one, done[0]["start"], done[0]["end"] + 1)
    assert (done[0]["close"], done[0]["high"]) == (one.price.text(candle.close), one.price.text(candle.high))


def test_trades_come_once_and_in_order(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    client.follow("publicTrade.BTCUSDT")
    for _ in range(10):
        desk.wait(600)
    rows = [row for frame in client.heard("publicTrade.BTCUSDT") for row in frame["data"]]
    assert [row["seq"] for row in rows] == list(range(rows[0]["seq"], rows[0]["seq"] + 24))
    assert [row["T"] for row in rows] == sorted(row["T"] for row in rows)
    assert {"PlusTick", "MinusTick"} <= {row["L"] for row in rows}


def test_liquidations_of_others_and_of_accounts_here(desk: StreamDesk) -> None:
    made, client = desk.account(), desk.open(LINEAR)
    client.follow("allLiquidation.BTCUSDT")
    fill = {"symbol": "BTCUSDT", "execType": "BustTrade", "side": "Sell", "execQty": "2", "execPrice": "1"}
    desk.publish(made, "execution", fill)
    desk.wait(SECOND)
    own = client.heard("allLiquidation.BTCUSDT")[0]["data"]
    assert {"s": "BTCUSDT", "S": "Buy", "v": "2", "p": "1"}.items() <= own[0].items()
    for _ in range(60):
        desk.wait(SECOND)
    assert client.heard("allLiquidation.BTCUSDT")


def test_private_topics_are_refused_before_signing_in(desk: StreamDesk) -> None:
    answer = desk.open("/demo/v5/private").say(op="subscribe", args=["order"], req_id="r")
    assert (answer["success"], answer["ret_msg"], answer["req_id"]) == (False, "Request not authorized", "r")


@pytest.mark.parametrize("as_text", [True, False])
def test_expires_may_be_a_number_or_text(desk: StreamDesk, as_text: bool) -> None:
    made, client = desk.account(), desk.open("/demo/v5/private")
    answer = client.say(op="auth", args=desk.auth(made, as_text=as_text))
    assert list(answer) == ["success", "ret_msg", "op", "conn_id"]
    assert (answer["success"], answer["ret_msg"], answer["op"]) == (True, "", "auth")


def test_wrong_signatures_keys_and_times_are_shut_out(desk: StreamDesk) -> None:
    made, live = desk.account(), desk.account(environment="live")
    good = desk.auth(made)
    tries = (
        ("/demo/v5/private", [good[0], good[1], "0" * 64]),
        ("/demo/v5/private", desk.auth(made, ahead=0)),
        ("/demo/v5/private", good[:2]),
        ("/v5/private", good),
        ("/demo/v5/private", desk.auth(live)),
    )
    for path, args in tries:
        client = desk.open(path)
        answer = client.say(op="auth", args=args)
        assert (answer["success"], answer["op"], client.outlet.closed) == (False, "auth", 1000)
    desk.control.add_fault({"kind": "key_revoked", "uid": made["uid"]})
    assert not desk.open("/demo/v5/private").say(op="auth", args=good)["success"]


def test_news_reach_the_topics_that_were_asked_for(desk: StreamDesk) -> None:
    made, other = desk.account(), desk.account()
    everything = desk.private(made, "order", "execution", "position", "wallet", "execution.fast")
    spot = desk.private(made, "order.spot", "execution.fast.spot")
    row: dict[str, Any] = {"symbol": "BTCUSDT", "seq": 5, "execType": "Trade", "isMaker": True, "orderLinkId": "mine"}
    row |= dict.fromkeys(("category", "execId", "execPrice", "execQty", "orderId", "side", "execTime"), "x")
    desk.publish(other, "order", {"orderId": "no"})
    desk.publish(made, "order", {"orderId": "1"})
    desk.publish(made, "execution", row, row | {"execType": "Funding"})
    desk.publish(made, "wallet", {"accountType": "UNIFIED"}, category="")
    order, execution, fast, wallet = everything.heard()
    assert list(order) == ["id", "topic", "creationTime", "data"]
    assert (order["topic"], order["data"], order["creationTime"]) == ("order", [{"orderId": "1"}], desk.clock())
    assert execution["id"] == f"{made['uid']}_BTCUSDT_5"
    assert len(execution["data"]) == 2
    assert list(fast) == ["topic", "creationTime", "data"]
    assert [(one["orderLinkId"], len(one)) for one in fast["data"]] == [("", 11)]
    assert wallet["topic"] == "wallet"
    assert spot.heard() == []
    desk.publish(made, "order", {"orderId": "2"}, category="spot")
    assert [frame["topic"] for frame in spot.heard()] == ["order.spot"]
    everything.say(op="unsubscribe", args=["order"])
    everything.heard()
    desk.publish(made, "order", {"orderId": "3"})
    assert everything.heard("order") == []


def test_all_in_one_and_categorised_topics_need_two_requests(desk: StreamDesk) -> None:
    client = desk.private(desk.account(), "wallet")
    assert not client.say(op="subscribe", args=["order", "position.linear"])["success"]
    assert client.say(op="subscribe", args=["order.linear", "wallet"])["success"]


def test_faults_of_a_stream(desk: StreamDesk) -> None:
    made = desk.account()

    def heard(client: Any, *numbers: int) -> list[str]:
        for number in numbers:
            desk.publish(made, "order", {"orderId": str(number)})
        return [frame["data"][0]["orderId"] for frame in client.heard("order")]

    def fault(kind: str, **fields: Any) -> None:
        desk.control.add_fault({"kind": kind, "path": "/v5/private", "uid": made["uid"], **fields})

    client = desk.private(made, "order")
    fault("stream_duplicate")
    assert heard(client, 1, 2) == ["1", "1", "2"]
    fault("stream_reorder")
    assert heard(client, 3, 4, 5) == ["4", "3", "5"]
    fault("stream_reorder")
    assert heard(client, 6) == []
    desk.wait(SECOND)
    assert heard(client) == ["6"]
    stall = {"kind": "stream_stall", "path": "/v5/private", "seconds": 5}
    desk.control.add_fault(stall)
    assert heard(client, 7, 8) == []
    client.session.receive('{"op":"ping"}')
    assert client.heard() == []
    desk.wait(5 * SECOND)
    assert heard(client, 9) == ["7", "8", "9"]
    fault("mute_stream", seconds=30)
    assert heard(client, 10) == []
    assert client.say(op="ping")["op"] == "pong"
    client.heard()
    desk.wait(30 * SECOND)
    fault("stream_drop", cause="message")
    assert heard(client, 11, 12) == ["12"]
    fault("stream_drop", probability=1)
    desk.wait(0)
    assert heard(client, 13, 14) == []
    assert client.outlet.is_cut
    fault("stream_auth")
    assert not desk.open("/demo/v5/private").say(op="auth", args=desk.auth(made))["success"]
    assert desk.private(made, "order").session.is_open


def test_a_drop_that_is_ordered_does_not_wait_for_a_message(desk: StreamDesk) -> None:
    first, second = desk.open(LINEAR), desk.open(LINEAR)
    desk.control.add_fault({"kind": "stream_drop", "path": "/v5/public"})
    desk.wait(0)
    assert (first.outlet.is_cut, second.outlet.is_cut) == (True, False)


def test_a_handshake_meets_the_faults_that_name_it(desk: StreamDesk) -> None:
    desk.control.add_fault({"kind": "html_502", "times": 1})
    assert desk.open("/v5/private").session.is_open
    desk.control.add_fault({"kind": "html_502", "path": "/v5/private", "times": 2})
    for _ in range(2):
        with pytest.raises(HandshakeRefusedError, match="502"):
            desk.open("/demo/v5/private")
    assert desk.open("/v5/private").session.is_open


def test_a_sign_in_meets_a_code_that_names_it(desk: StreamDesk) -> None:
    made = desk.account()
    desk.control.add_fault({"kind": "code", "code": 10010, "path": "/v5/private/auth"})
    assert not desk.open("/demo/v5/private").say(op="auth", args=desk.auth(made))["success"]
    assert desk.private(made, "order").session.is_open


def test_silent_connections_are_closed(desk: StreamDesk) -> None:
    quick, slow, busy = (desk.open("/v5/private", query) for query in ("max_active_time=30s", "", "max_active_time=1m"))
    desk.wait(30 * SECOND)
    busy.say(op="ping")
    desk.wait(30 * SECOND)
    assert (quick.outlet.closed, slow.outlet.closed, busy.outlet.closed) == (1000, None, None)
    desk.wait(9 * MINUTE)
    assert (slow.outlet.closed, busy.outlet.closed) == (1000, 1000)


def test_a_moved_clock_cuts_nobody(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    client.follow("kline.1.BTCUSDT", "publicTrade.BTCUSDT")
    for offset in (8 * 86_400, 0, -3_600):
        desk.control.move_clock({"offset_s": offset})
        desk.wait(31 * SECOND)
        assert client.outlet.closed is None
        assert client.heard()


def test_a_changed_tick_begins_with_a_snapshot(desk: StreamDesk) -> None:
    client = desk.open(LINEAR)
    client.follow("orderbook.50.BTCUSDT", "tickers.BTCUSDT")
    client.heard()
    desk.control.add_fault({"kind": "limits_changed", "symbol": "BTCUSDT", "tick": "5"})
    desk.wait(SECOND)
    first = client.heard("orderbook.50.BTCUSDT")[0]
    assert first["type"] == "snapshot"
    assert all(float(price) % 5 == 0 for price, _ in first["data"]["b"])


def test_five_hundred_connections_in_five_minutes() -> None:
    desk = StreamDesk(limits=True)
    for _ in range(500):
        desk.hub.close(desk.open("/v5/private").session)
    with pytest.raises(HandshakeRefusedError):
        desk.open(LINEAR)
    desk.open("/demo/v5/private")
    desk.wait(5 * MINUTE)
    assert desk.open(LINEAR).session.is_open


def test_faults_of_streams_leave_requests_alone(desk: StreamDesk) -> None:
    Control(desk.world).add_fault({"kind": "stream_drop"})
    assert desk.world.faults.draw("/v5/market/time", None, desk.clock()) is None

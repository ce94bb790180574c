"""The stand-in's order entry over a WebSocket: the frames of Bybit's guideline, and the account behind them."""

from typing import Any

import pytest
from harness.sim_streams import Client, StreamDesk

from ops.sim.bybit.clock import SECOND

TRADE = "/v5/trade"


class OrderDesk(StreamDesk):
    """A live account and its connection for orders."""

    def __init__(self, *, limits: bool = False) -> None:
        super().__init__(limits=limits)
        self.made = self.account(environment="live")
        self.uid = int(self.made["uid"])
        self.control.set_price({"symbol": "BTCUSDT", "price": 60_000})
        self.client = self.sign_in()

    def sign_in(self) -> Client:
        client = self.open(TRADE)
        assert client.say(op="auth", args=self.auth(self.made))["retCode"] == 0
        client.heard()
        return client

    def order(self, **more: Any) -> dict[str, Any]:
        """A limit order that rests; `header`, `op`, `reqId` and fields of the order may be given."""
        frame = {name: more.pop(name) for name in ("op", "reqId", "header") if name in more}
        body = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01"}
        header = {"X-BAPI-TIMESTAMP": str(self.clock())}
        given = {"header": header, "op": "order.create", "args": [body | {"price": "59000"} | more], **frame}
        answer: dict[str, Any] = self.client.say(**given)
        return answer


@pytest.fixture
def desk() -> OrderDesk:
    return OrderDesk()


def test_an_order_is_taken_on_changed_and_taken_back(desk: OrderDesk) -> None:
    private = desk.private(desk.made, "order", path="/v5/private")
    answer = desk.order(reqId="test-005", orderLinkId="mine")
    assert list(answer) == ["reqId", "retCode", "retMsg", "op", "data", "retExtInfo", "header", "connId"]
    assert (answer["reqId"], answer["retCode"], answer["retMsg"]) == ("test-005", 0, "OK")
    assert answer["op"] == "order.create"
    assert answer["data"]["orderLinkId"] == "mine"
    assert answer["retExtInfo"] == {}
    limits = {name: answer["header"][name] for name in ("X-Bapi-Limit", "Timenow")}
    assert limits == {"X-Bapi-Limit": "10", "Timenow": str(desk.clock())}
    (order,) = desk.control.account(str(desk.uid))["orders"]
    assert order["orderId"] == answer["data"]["orderId"]
    assert [frame["data"][0]["orderStatus"] for frame in private.heard("order")] == ["New"]
    named = {"category": "linear", "symbol": "BTCUSDT", "orderId": order["orderId"]}
    assert desk.order(op="order.amend", price="58000", **named)["retCode"] == 0
    assert desk.control.account(str(desk.uid))["orders"][0]["price"] == "58000.00"
    assert desk.order(op="order.cancel", **named)["retCode"] == 0
    gone = desk.order(op="order.cancel", **named)
    assert (gone["retCode"], gone["data"]) == (110001, {})
    assert "reqId" not in gone


def test_signing_in_twice_is_said_and_harms_nothing(desk: OrderDesk) -> None:
    again = desk.client.say(op="auth", args=desk.auth(desk.made), reqId="a")
    assert (again["reqId"], again["retCode"], again["retMsg"], again["op"]) == ("a", 20001, "Repeat auth", "auth")
    assert desk.order()["retCode"] == 0


def test_a_wrong_signature_or_a_demo_key_is_shut_out(desk: OrderDesk) -> None:
    for made, code in ((desk.made | {"api_secret": "wrong"}, 10004), (desk.account(), 10003)):
        client = desk.open(TRADE)
        answer = client.say(op="auth", args=desk.auth(made))
        assert list(answer) == ["retCode", "retMsg", "op", "connId"]
        assert (answer["retCode"], client.outlet.closed) == (code, 1000)


def test_ping(desk: OrderDesk) -> None:
    answer = desk.client.say(op="ping")
    assert list(answer) == ["retCode", "retMsg", "op", "data", "connId"]
    assert (answer["op"], answer["data"]) == ("pong", [str(desk.clock())])


def test_what_is_wrong_with_a_request_has_its_code(desk: OrderDesk) -> None:
    late = {"X-BAPI-TIMESTAMP": desk.clock() - 5_001}
    assert desk.order(header=late)["retCode"] == 10002
    assert desk.order(header=late | {"X-BAPI-RECV-WINDOW": "8000"})["retCode"] == 0
    assert desk.order(header={})["retCode"] == 10001
    assert desk.order(op="order.buy")["retCode"] == 10404
    assert desk.order(category="futures")["retCode"] == 10404
    assert desk.order(category=["linear"])["retCode"] == 10404
    assert desk.order(reqId="x" * 37)["retCode"] == 10001
    assert desk.order(reqId="x" * 36)["retCode"] == 0
    assert desk.order(reqId="x" * 36)["retCode"] == 20006
    assert desk.order(qty="0")["retCode"] == 10001
    assert desk.client.say(op="order.create", header={"X-BAPI-TIMESTAMP": desk.clock()}, args=[])["retCode"] == 10001
    assert len(desk.control.account(str(desk.uid))["orders"]) == 2
    stranger = desk.open(TRADE)
    assert stranger.say(op="order.create", args=[{}])["retCode"] == 10007


def test_the_rate_is_one_with_that_of_requests() -> None:
    desk = OrderDesk(limits=True)
    other = desk.sign_in()
    for _ in range(10):
        assert desk.order()["retCode"] == 0
    desk.client = other
    assert desk.order()["retCode"] == 10006
    desk.wait(SECOND)
    assert desk.order()["retCode"] == 0


def test_a_batch_is_answered_order_by_order_and_counts_each() -> None:
    desk = OrderDesk(limits=True)
    good = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "50000"}
    answer = desk.order(op="order.create-batch", request=[good, good | {"qty": "0"}, good])
    assert [code["code"] for code in answer["retExtInfo"]["list"]] == [0, 10001, 0]
    assert [bool(row["orderId"]) for row in answer["data"]["list"]] == [True, False, True]
    assert answer["header"]["X-Bapi-Limit-Status"] == "7"
    assert desk.order()["header"]["X-Bapi-Limit-Status"] == "9"


def test_faults_of_order_entry(desk: OrderDesk) -> None:
    desk.control.add_fault({"kind": "trade_no_reqid"})
    answer = desk.order(reqId="a")
    assert ("reqId" in answer, answer["retCode"]) == (False, 0)
    desk.control.add_fault({"kind": "trade_10019", "times": 20})
    before = len(desk.control.account(str(desk.uid))["orders"])
    answers = [desk.order(reqId=f"b{number}")["retCode"] for number in range(20)]
    placed = len(desk.control.account(str(desk.uid))["orders"]) - before
    assert (set(answers), 0 < placed < 20) == ({10019}, True)
    for kind, code in (("code_10429", 10429), ("code_10016", 10016)):
        desk.control.add_fault({"kind": kind, "path": TRADE})
        assert desk.order()["retCode"] == code
    desk.control.add_fault({"kind": "lost_answer", "path": TRADE})
    with pytest.raises(IndexError):
        desk.order(orderLinkId="lost")
    assert "lost" in {order["orderLinkId"] for order in desk.control.account(str(desk.uid))["orders"]}
    desk.control.add_fault({"kind": "late_answer", "path": TRADE, "seconds": 2})
    desk.client.heard()
    with pytest.raises(IndexError):
        desk.order(reqId="late")
    desk.wait(2 * SECOND)
    assert [frame["reqId"] for frame in desk.client.heard()] == ["late"]
    desk.control.add_fault({"kind": "code", "code": 10001})
    assert desk.order()["retCode"] == 0


def test_a_key_changed_by_a_driver_is_obeyed_at_once(desk: OrderDesk) -> None:
    desk.control.change_account(str(desk.uid), {"read_only": True})
    assert desk.order()["retCode"] == 10005
    desk.control.remove_account(str(desk.uid))
    assert desk.order()["retCode"] == 10003

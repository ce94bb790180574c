"""Order entry over a WebSocket: the same endpoints as by REST, in the frames of the trade stream.

Source: Bybit v5 documentation, page websocket/trade/guideline.
"""

from collections import deque
from typing import Any, Final

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.answers import limit_headers
from ops.sim.bybit.auth import check_window
from ops.sim.bybit.calling import Outcome, count, endpoint_of, left
from ops.sim.bybit.calling import write as call
from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.errors import INVALID_KEY, TOO_MANY, BybitError, refused, wrong_parameter
from ops.sim.bybit.facts import ERROR_TEXTS, Endpoint
from ops.sim.bybit.fault_kinds import CODES
from ops.sim.bybit.faults import LATE_SECONDS, Fault
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.streams.frames import ClientFrame, write
from ops.sim.bybit.streams.line import Outlet
from ops.sim.bybit.streams.sessions import Session
from ops.sim.bybit.streams.stream_facts import LIMITS
from ops.sim.bybit.world import World

_PATHS: Final = {
    f"order.{verb}{kind}": f"/v5/order/{verb}{kind}"
    for verb in ("create", "amend", "cancel")
    for kind in ("", "-batch")
}
"""What may be ordered, and the endpoint that does it."""
_CATEGORIES: Final = frozenset({"spot", "linear", "inverse", "option"})
_ENVIRONMENT: Final = "live"
"""Demo accounts have no order entry over WebSockets."""
_NOT_SIGNED_IN: Final = 10007
_RESTARTING: Final = 10019
_IP_RATE: Final = 10403
_NO_SUCH_OP: Final = 10404
_REPEATED: Final = 20001
_DUPLICATE: Final = 20006
_CODE: Final = "code"
_LOST: Final = "lost_answer"
_LATE: Final = "late_answer"
_SPOILING: Final = frozenset({*CODES, _CODE, _LOST, _LATE})
"""Faults of requests that hit orders here, too, where they name the path."""
_REMEMBERED: Final = 10_000
"""Request ids that a connection remembers."""


class TradeSession(Session):
    """A connection that places, changes and takes back orders, once it has signed in."""

    def __init__(
        self,
        world: World,
        path: str,
        outlet: Outlet,
        spent: deque[int],
        *,
        number: int,
        active_for: int,
        peer: str,
    ) -> None:
        """`spent`: when the requests of the last second came from this address, over all its connections."""
        super().__init__(world, path, outlet, number=number, active_for=active_for, peer=peer)
        self._spent = spent
        self._used: dict[str, None] = {}
        self._name = self.short_id()

    def work(self, frame: ClientFrame) -> None:
        if frame.op == "ping":
            now = str(self.world.now())
            head = {"retCode": 0, "retMsg": "OK", "op": "pong"}
            self.say(write({**head, "data": [now], "connId": self._name}))
        elif frame.op == "auth":
            self._sign_in(frame)
        else:
            self._order(frame)

    def unreadable(self) -> None:
        self.say(write({"retCode": 10001, "retMsg": "Params Error", "op": "", "connId": self._name}))

    def _sign_in(self, frame: ClientFrame) -> None:
        """A refused client is shut out; one that signs in again is told so and stays."""
        if self.uid is not None:
            self._answer_auth(frame, _REPEATED, "Repeat auth")
            return
        try:
            account = self.admit(frame, _ENVIRONMENT)
        except BybitError as error:
            self._answer_auth(frame, error.ret_code, error.ret_msg)
            self.line.close()
            return
        self.uid = account.uid
        self._answer_auth(frame, 0, "OK")

    def _answer_auth(self, frame: ClientFrame, code: int, text: str) -> None:
        self.log("auth", code)
        self.say(write({**_req_id(frame), "retCode": code, "retMsg": text, "op": "auth", "connId": self._name}))

    # orders

    def _order(self, frame: ClientFrame) -> None:
        """Work on an order, or spoil it as a fault orders; either way it is noted."""
        at, uid = self.world.now(), self.uid
        restarting = self.line.hit("trade_10019", uid) if uid is not None else None
        fault = self._fault(frame.op)
        taken = CODES.get(fault.kind, fault.code) if fault else 0
        headers: dict[str, str] = {}
        if taken:
            found = _refusal(BybitError(taken, ERROR_TEXTS.get(taken, "")))
        elif restarting and not _is_worked_on(restarting):
            found = _restarting()
        else:
            found = self._outcome(frame, at, headers)
            found = _restarting() if restarting else found
        is_lost = fault is not None and fault.kind == _LOST
        self.log(frame.op or "?", found.ret_code, status=None if is_lost else 200)
        text = self._write(frame, found, headers, at)
        if fault is not None and fault.kind == _LATE:
            seconds = LATE_SECONDS if fault.seconds is None else fault.seconds
            self.line.answer_later(text, at + int(seconds * SECOND))
        elif not is_lost:
            self.say(text)

    def _fault(self, op: str) -> Fault | None:
        """What hits this order of those faults that name this stream."""
        now = self.world.now()
        for fault in tuple(self.world.faults.standing):
            if fault.kind not in _SPOILING or not fault.path:
                continue
            if fault.fits(f"{self.path}/{op}", self.uid, now) and fault.hits():
                self.world.touch()
                return fault
        return None

    def _outcome(self, frame: ClientFrame, at: int, headers: dict[str, str]) -> Outcome:
        try:
            account, endpoint, body = self._check(frame, at)
            category = str(body.get("category"))
            allowance = count(self.world, endpoint, account, category, at)
            headers.update(limit_headers(allowance))
            if allowance.exceeded:
                raise refused(TOO_MANY)
        except BybitError as error:
            return _refusal(error)
        found = call(self.world, endpoint, account, body, at)
        headers.update(limit_headers(left(self.world, endpoint, account, category, at)))
        return found

    def _check(self, frame: ClientFrame, at: int) -> tuple[Account, Endpoint, dict[str, Any]]:
        """Who orders what. Raises BybitError."""
        if self.uid is None:
            raise refused(_NOT_SIGNED_IN)
        account = self.world.accounts.get(self.uid)
        if account is None:
            raise refused(INVALID_KEY)
        endpoint = endpoint_of("POST", _PATHS.get(frame.op, ""))
        if endpoint is None:
            raise BybitError(_NO_SUCH_OP, "op type is not found")
        self._take_turn(at)
        self._use(frame)
        timestamp, window = (frame.header.get(name, "") for name in ("X-BAPI-TIMESTAMP", "X-BAPI-RECV-WINDOW"))
        check_window(str(timestamp), str(window), at)
        if len(frame.args) != 1 or not isinstance(frame.args[0], dict):
            raise wrong_parameter("params error: args invalid")
        body: dict[str, Any] = frame.args[0]
        if str(body.get("category")) not in _CATEGORIES:
            raise BybitError(_NO_SUCH_OP, "category is not correct/supported")
        return account, endpoint, body

    def _take_turn(self, at: int) -> None:
        """Count against the address's requests a second. Raises BybitError 10403."""
        while self._spent and self._spent[0] <= at - SECOND:
            self._spent.popleft()
        if self.world.uid_limits.is_enforced and len(self._spent) >= LIMITS["trade_requests_a_second"]:
            raise BybitError(_IP_RATE, "Too many visits. Exceeded the API Rate Limit.")
        self._spent.append(at)

    def _use(self, frame: ClientFrame) -> None:
        """Remember the request's id. Raises BybitError 10001 or 20006."""
        name = frame.ids.get("reqId")
        if name is None:
            return
        if not isinstance(name, str) or len(name) > LIMITS["req_id_characters"]:
            raise wrong_parameter("params error: reqId invalid")
        if name in self._used:
            raise BybitError(_DUPLICATE, "reqId is duplicated")
        self._used[name] = None
        if len(self._used) > _REMEMBERED:
            del self._used[next(iter(self._used))]

    def _write(self, frame: ClientFrame, found: Outcome, headers: dict[str, str], at: int) -> str:
        head = {} if self.line.hit("trade_no_reqid", self.uid) else _req_id(frame)
        words = Noise(self.world.seed, f"traces {self._name}").words(0, self.world.calls.last_seq)
        return write(
            {
                **head,
                "retCode": found.ret_code,
                "retMsg": found.ret_msg,
                "op": frame.op,
                "data": found.result,
                "retExtInfo": found.beside.get("retExtInfo", {}),
                "header": {**headers, "Traceid": "".join(f"{word:08x}" for word in words[:4]), "Timenow": str(at)},
                "connId": self._name,
            }
        )


def _req_id(frame: ClientFrame) -> dict[str, Any]:
    return {name: value for name, value in frame.ids.items() if name == "reqId"}


def _refusal(error: BybitError) -> Outcome:
    return Outcome(ret_code=error.ret_code, ret_msg=error.ret_msg, result=error.result)


def _restarting() -> Outcome:
    return _refusal(refused(_RESTARTING))


def _is_worked_on(fault: Fault) -> bool:
    """A restarting service carries out every other request that it answers with 10019: by the fault's seed."""
    return Noise(fault.seed, "worked on").unit(0, fault.met) >= 0.5  # noqa: PLR2004 - the half

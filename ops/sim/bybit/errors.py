"""What the stand-in refuses: in Bybit's shape to its clients, in a plain one to drivers.

Exception
├── BybitError     {"retCode": …, "retMsg": …, "result": {}} with HTTP 200
└── ControlError   {"error": …} with a 4xx, for the calls under /sim
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from ops.sim.bybit.facts import ERROR_TEXTS

PARAMETER: Final = 10001
WINDOW: Final = 10002
INVALID_KEY: Final = 10003
SIGN: Final = 10004
PERMISSION: Final = 10005
TOO_MANY: Final = 10006
UNMATCHED_IP: Final = 10010
SERVER_ERROR: Final = 10016
IP_RATE: Final = 10018
NOT_ON_DEMO: Final = 10032
SYSTEM_RATE: Final = 10429
EXPIRED_KEY: Final = 33004
SERVER_TIMEOUT: Final = 10000
NOT_FINAL: Final = 181017
NO_SUCH_ORDER: Final = 110001
PRICE_RANGE: Final = 110003
DUPLICATE_LINK_ID: Final = 110072
CALL_AUCTION: Final = 110095
NO_PRE_MARKET_ON_DEMO: Final = 110100
SLIPPAGE_TICKS: Final = 110108
SLIPPAGE_PERCENT: Final = 110109
MARKET_MAKERS_ONLY: Final = 110119


class BybitError(Exception):
    """A refusal as Bybit gives it."""

    def __init__(
        self,
        ret_code: int,
        ret_msg: str,
        result: Mapping[str, Any] | None = None,
        *,
        ext_info: Mapping[str, Any] | None = None,
    ) -> None:
        """`ext_info`: what stands in retExtInfo."""
        super().__init__(f"{ret_code} {ret_msg}")
        self.beside = {"retExtInfo": dict(ext_info)} if ext_info else {}
        self.ret_code = ret_code
        self.ret_msg = ret_msg
        self.result = dict(result or {})


def refused(ret_code: int, **values: object) -> BybitError:
    """The refusal with that code's documented text; `values` fill its blanks."""
    return BybitError(ret_code, ERROR_TEXTS[ret_code].format(**values))


def wrong_parameter(text: str, result: Mapping[str, Any] | None = None) -> BybitError:
    """10001 with the sentence of the endpoint."""
    return BybitError(PARAMETER, text, result)


class ControlError(Exception):
    """A refusal of a call under /sim."""

    def __init__(self, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status

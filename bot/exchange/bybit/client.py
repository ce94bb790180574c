"""One account's Bybit client: pybit's endpoints and signing, our transport. The only module that imports pybit.

Every endpoint method of pybit 5.17 ends in `_submit_request(method, path, query, auth)`. Ours answers with a call that
signs what pybit prepared (`_clean_query`, `prepare_payload`, `_auth`) and sends exactly those bytes. pybit's own
`__init__` is never run: no requests.Session, no log handler, no retries, no sleeps. tests/unit/test_exchange_seams.py
pins the seams.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Generator, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pybit._v5_account import AccountHTTP
from pybit._v5_market import MarketHTTP
from pybit._v5_misc import MiscHTTP
from pybit._v5_position import PositionHTTP
from pybit._v5_trade import TradeHTTP
from pybit._v5_user import UserHTTP
from yarl import URL

from bot.domain.accounts import KeyType
from bot.domain.errors import KeyTrouble
from bot.domain.patience import BYBIT
from bot.domain.secrets import Secret
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.decode import Json
from bot.exchange.bybit.endpoints import BY_PATH, CREATE, DEMO_FUNDS, OTHER, Endpoint
from bot.exchange.bybit.pipeline import Prepare, RequestPipeline, SignedCall
from bot.exchange.bybit.transport import Request
from bot.exchange.request_keys import RequestKey
from bot.exchange.retcodes import Channel

_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}").fullmatch  # it goes into a header
_REQUEST_ID: Final = "cdn-request-id"  # by which Bybit's support finds a request (v5 documentation, "Integration")
_QUERY_SAFE: Final = "%:,/@!$'()*;"  # "%": a cursor comes quoted and goes back as it came

T = TypeVar("T")


class SigningKey:
    """An opened key that never shows itself. Raises KeyTrouble for a private key that can't be read."""

    __slots__ = ("_secret", "api_key", "rsa")

    def __init__(self, *, key_type: KeyType, api_key: Secret, api_secret: Secret) -> None:
        if not _KEY_ID(api_key.reveal()):
            raise KeyTrouble("that is no API key")
        self.api_key = api_key
        self._secret = api_secret
        self.rsa = _private_key(api_secret) if key_type is KeyType.RSA else None

    @property
    def secret(self) -> str:
        return self._secret.reveal()


@dataclass(frozen=True, slots=True)
class Call:
    """One call that is yet to be made: `await call.read(decode)`, or `await call` for the bare `result`."""

    pipeline: RequestPipeline
    signed_call: SignedCall
    prepare: Prepare

    async def read(self, decode: Callable[[Answer], T]) -> T:
        """What `decode` makes of the answer: one that can't be read counts as that. Raises ExchangeErrors."""
        return await self.pipeline.run(self.signed_call, self.prepare, decode)

    def __await__(self) -> Generator[Any, None, Json]:
        return self.read(_bare).__await__()


def _bare(answer: Answer) -> Json:
    return answer.fields


class BybitClient(MarketHTTP, TradeHTTP, AccountHTTP, PositionHTTP, UserHTTP, MiscHTTP):  # type: ignore[misc]  # no types
    """Bybit v5 for one key on one host, or for public data (no key). Every endpoint method returns an awaitable."""

    rsa_authentication = False  # pybit's own RSA path is never taken: see _auth

    def __init__(
        self,
        *,
        host: str,
        pipeline: RequestPipeline,
        owner: Hashable | None = None,
        key: SigningKey | None = None,
        recv_window: int = BYBIT.recv_window,
    ) -> None:
        self.recv_window = recv_window  # ms
        self.endpoint = host.rstrip("/")
        self._origin = str(URL(self.endpoint).origin())
        self._routes: dict[tuple[str, str, Channel], SignedCall] = {}
        self._pipeline = pipeline
        self._owner = owner
        self._key = key

    @property
    def api_key(self) -> str | None:
        return None if self._key is None else self._key.api_key.reveal()

    @property
    def api_secret(self) -> str | None:
        return None if self._key is None else self._key.secret

    def _submit_request(
        self,
        method: str | None = None,
        path: str | None = None,
        query: Mapping[str, Any] | None = None,
        auth: bool = False,
    ) -> "Call":
        """The call that an endpoint method of pybit makes, as a value. Raises TypeError for one that lacks a part."""
        if method is None or path is None or (auth and self._key is None):
            raise TypeError("a call needs a method and a path, and a private one a key")
        payload, is_write = self._payload(method, query), method != "GET"
        channel = Channel.DERIVATIVES if is_write and (query or {}).get("category") != Channel.SPOT else Channel.SPOT
        call = self._signed_call(method, path, auth, channel)
        request_id = (query or {}).get("orderLinkId", "") if call.is_create else ""
        return Call(
            self._pipeline,
            call,
            lambda: self._request(method, path, payload, is_signed=auth, request_id=request_id),
        )

    def request_key(self, endpoint: Endpoint, *, is_signed: bool = True) -> RequestKey:
        """What a call of that endpoint is to the budget."""
        owner = self._owner if is_signed else None
        return RequestKey(endpoint=endpoint.name, host=self.endpoint, owner=owner, uid_limit=endpoint.uid_limit)

    def apply_demo_money(self, **query: Any) -> Call:
        """Play money of a demo account (POST /v5/account/demo-apply-money), for which pybit's method has no fields."""
        return self._submit_request("POST", f"{self.endpoint}{DEMO_FUNDS.path}", query, auth=True)

    def _signed_call(self, method: str, path: str, is_signed: bool, channel: Channel) -> SignedCall:
        call = self._routes.get((method, path, channel))
        if call is None:
            endpoint = BY_PATH.get(path.removeprefix(self.endpoint), OTHER)
            call = SignedCall(
                key=self.request_key(endpoint, is_signed=is_signed),
                is_signed=is_signed,
                is_write=method != "GET",
                hide=self.api_key,
                is_create=endpoint is CREATE,
                channel=channel,
            )
            self._routes[method, path, channel] = call
        return call

    def _payload(self, method: str, query: Mapping[str, Any] | None) -> str:
        """What is signed and sent: the query, quoted before it is signed, or the body."""
        cleaned = self._clean_query(dict(query or {}))
        if method == "GET":
            cleaned = {name: quote(str(value), safe=_QUERY_SAFE) for name, value in cleaned.items()}
        payload: str = self.prepare_payload(method, cleaned)
        return payload

    def _request(self, method: str, path: str, payload: str, *, is_signed: bool, request_id: str) -> Request:
        headers = self._headers(payload) if is_signed else {}
        if request_id:
            headers[_REQUEST_ID] = request_id
        target = path.removeprefix(self._origin)
        if method == "GET":
            return Request(method, self.endpoint, f"{target}?{payload}" if payload else target, headers, b"")
        headers["Content-Type"] = "application/json"
        return Request(method, self.endpoint, target, headers, payload.encode())

    def _headers(self, payload: str) -> dict[str, str]:
        timestamp = self._pipeline.server_time.now()
        return {
            "X-BAPI-API-KEY": self._key.api_key.reveal() if self._key else "",
            "X-BAPI-SIGN": self._auth(payload, self.recv_window, timestamp),
            "X-BAPI-SIGN-TYPE": "2",
            "X-BAPI-TIMESTAMP": str(timestamp),
            "X-BAPI-RECV-WINDOW": str(self.recv_window),
        }

    def sign_stream(self, expires: int) -> tuple[str, str]:
        """The key's id, and its signature of a stream's login that is good until then (epoch ms, Bybit's clock).

        Bybit v5 documentation, "WebSocket Connect"; a key pair signs the same text as it signs requests.
        """
        if self._key is None:
            raise TypeError("a private stream needs a key")
        signed = f"GET/realtime{expires}".encode()
        if self._key.rsa is not None:
            signature = base64.b64encode(self._key.rsa.sign(signed, PKCS1v15(), SHA256())).decode()
        else:
            signature = hmac.new(self._key.secret.encode(), signed, hashlib.sha256).hexdigest()
        return self._key.api_key.reveal(), signature

    def _auth(self, payload: str, recv_window: int, timestamp: int) -> str:
        """The signature by pybit; for RSA by a key that is parsed once, where pybit parses it each time (11 ms)."""
        if self._key is None or self._key.rsa is None:
            signature: str = super()._auth(payload, recv_window, timestamp)
            return signature
        signed = f"{timestamp}{self.api_key}{recv_window}{payload}".encode()
        return base64.b64encode(self._key.rsa.sign(signed, PKCS1v15(), SHA256())).decode()

    def __repr__(self) -> str:
        return f"BybitClient(host={self.endpoint!r}, owner={self._owner!r})"  # pybit's own shows the secret

    __eq__ = object.__eq__  # pybit's own compares secrets
    __hash__ = object.__hash__

    def __reduce__(self) -> str:
        raise TypeError("a client holds a key: it is not pickled or copied")


def _private_key(pem: Secret) -> RSAPrivateKey:
    """The parsed key, unchecked: the vault's seal proves that it is the one that was made here."""
    try:
        key = load_pem_private_key(pem.reveal().encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise KeyTrouble("the private key can't be read")
    return key

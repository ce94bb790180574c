"""Who asks, and whether they may: time window, key, signature, expiry, address and permission, as Bybit checks them.

Source: Bybit v5 documentation, page guide (parameters for authenticated endpoints).
"""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from ops.sim.bybit.accounts import Account, ApiKey
from ops.sim.bybit.errors import (
    EXPIRED_KEY,
    INVALID_KEY,
    SIGN,
    UNMATCHED_IP,
    WINDOW,
    ControlError,
    refused,
    wrong_parameter,
)
from ops.sim.bybit.fields import is_whole

KEY_HEADER: Final = "X-BAPI-API-KEY"
_TIMESTAMP: Final = "X-BAPI-TIMESTAMP"
_WINDOW: Final = "X-BAPI-RECV-WINDOW"
_SIGN: Final = "X-BAPI-SIGN"
_DEFAULT_WINDOW: Final = 5000
_AHEAD: Final = 1000
"""Milliseconds a client's clock may be ahead, not counting the last one."""
_SMALLEST_RSA: Final = 1024
_SHA256: Final = SHA256()
_PADDING: Final = PKCS1v15()


def authenticate(
    headers: Mapping[str, str],
    payload: str,
    accounts: Mapping[str, Account],
    *,
    environment: str,
    peer: str,
    now: int,
) -> Account:
    """The account that signed the request. Raises BybitError.

    `payload` is the exact query string or body, `accounts` is by API key, `peer` is the client's address and
    `now` the server's time in epoch milliseconds.
    """
    timestamp, key, sign = (headers.get(name, "") for name in (_TIMESTAMP, KEY_HEADER, _SIGN))
    if not (timestamp and key and sign):
        raise wrong_parameter(f"empty value: apiTimestamp[{timestamp}] apiKey[{key}] apiSignature[{sign}]")
    recv_window = headers.get(_WINDOW, "")
    check_window(timestamp, recv_window, now)
    account = accounts.get(key)
    if account is None or account.environment != environment:
        raise refused(INVALID_KEY)
    origin = f"{timestamp}{key}{recv_window}{payload}"
    if not is_signed(account.key, origin, sign):
        raise refused(SIGN, origin=origin)
    if account.key.is_expired(now):
        raise refused(EXPIRED_KEY)
    if account.key.ips and peer not in account.key.ips:
        raise refused(UNMATCHED_IP)
    return account


def check_window(timestamp: str, recv_window: str, now: int) -> None:
    """server_time - recv_window <= timestamp < server_time + 1000. Raises BybitError 10001 or 10002."""
    sent, window = _whole(timestamp), _whole(recv_window) if recv_window else _DEFAULT_WINDOW
    if sent is None or window is None:
        raise wrong_parameter("params error: timestamp or recv_window invalid")
    if not now - window <= sent < now + _AHEAD:
        raise refused(WINDOW, timestamp=sent, now=now, recv_window=window)


def _whole(text: str) -> int | None:
    return int(text) if is_whole(text) else None


def is_signed(key: ApiKey, origin: str, sign: str) -> bool:
    """Whether `sign` is that key's signature over the origin string: hex HMAC, or base64 RSA (PKCS#1 v1.5)."""
    message = origin.encode("utf-8", "surrogateescape")
    if not key.public_key:
        expected = hmac.digest(key.secret.encode(), message, "sha256").hex()
        return hmac.compare_digest(expected.encode(), sign.lower().encode("utf-8", "replace"))
    try:
        signature = b64decode(sign, validate=True)
        _rsa(key.public_key).verify(signature, message, _PADDING, _SHA256)
    except (Base64Error, InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _rsa(pem: str) -> RSAPublicKey:
    public_key = load_pem_public_key(pem.encode())
    if not isinstance(public_key, RSAPublicKey) or public_key.key_size < _SMALLEST_RSA:
        raise ValueError("no RSA key")
    return public_key


def check_public_key(pem: str) -> str:
    """The PEM text of an RSA public key. Raises ControlError."""
    text = pem.strip()
    try:
        _rsa(text)
    except ValueError:
        raise ControlError(f"public_key: must be an RSA public key in PEM, at least {_SMALLEST_RSA} bits") from None
    return text

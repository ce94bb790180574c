"""Signing in over a WebSocket: ["key", expires, signature of "GET/realtime" + expires]. Source: page ws/connect."""

from typing import Final

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.auth import is_signed
from ops.sim.bybit.errors import (
    EXPIRED_KEY,
    INVALID_KEY,
    SIGN,
    UNMATCHED_IP,
    BybitError,
    refused,
    wrong_parameter,
)
from ops.sim.bybit.fault_kinds import KEY_REVOKED
from ops.sim.bybit.fields import is_whole
from ops.sim.bybit.streams.frames import ClientFrame
from ops.sim.bybit.world import World

_PARTS: Final = 3
_EXPIRED: Final = -1


def sign_in(world: World, frame: ClientFrame, *, path: str, environment: str, peer: str) -> Account:
    """Whose key it is. Raises BybitError."""
    if len(frame.args) != _PARTS:
        raise wrong_parameter("Params Error")
    key, given, sign = frame.args
    expires = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if not isinstance(key, str) or not isinstance(sign, str) or not is_whole(expires):
        raise wrong_parameter("Params Error")
    now = world.now()
    if int(expires) <= now:
        raise BybitError(_EXPIRED, f"request expired: o@{expires}, now[{now}] diff[{int(expires) - now}]")
    account = world.by_key.get(key)
    if account is None or account.environment != environment or _is_revoked(world, account.uid, path):
        raise refused(INVALID_KEY)
    if not is_signed(account.key, f"GET/realtime{expires}", sign):
        raise BybitError(SIGN, "Invalid sign")
    if account.key.is_expired(now):
        raise refused(EXPIRED_KEY)
    if account.key.ips and peer not in account.key.ips:
        raise refused(UNMATCHED_IP)
    return account


def _is_revoked(world: World, uid: int, path: str) -> bool:
    """Whether a driver has taken the key away, as long as that lasts."""
    return any(fault.kind == KEY_REVOKED and fault.fits(path, uid, world.now()) for fault in world.faults.standing)

"""Methods by which bots get their updates."""

import re
from typing import Final

from ops.sim.telegram.errors import bad_request, conflict
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.model import JsonObject, Webhook
from ops.sim.telegram.updates import DEFAULT_ALLOWED, PendingUpdate, allowed_from

LONGEST_POLL_SECONDS: Final = 50
_LIMIT: Final = FACTS.limits["getUpdates.limit"]
_CONNECTIONS: Final = FACTS.limits["setWebhook.max_connections"]
_DEFAULT_CONNECTIONS: Final = 40
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")
_MAX_SECRET: Final = FACTS.limits["setWebhook.secret_token"].most
_URL: Final = re.compile(r"(https?)://[^/\s?#]+(?:[/?#]\S*)?", re.IGNORECASE)


async def get_updates(call: Call) -> list[PendingUpdate]:
    if call.bot.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _set_allowed(call)
    limit = max(_LIMIT.least, min(_LIMIT.most, call.params.get("limit", _LIMIT.most)))
    seconds = max(0, min(LONGEST_POLL_SECONDS, call.params.get("timeout", 0)))
    return await call.bot.updates.get(call.params.get("offset", 0), limit, seconds)


def _set_allowed(call: Call) -> None:
    names = call.params.get("allowed_updates")
    if names is not None:
        call.bot.updates.allowed = allowed_from(names)
        call.world.changed("bot", call.bot.id)


def set_webhook(call: Call) -> bool:
    """An http address is taken too, since the stand-in lives on this machine only."""
    url = call.params.get("url", "").strip()
    if not url:
        return delete_webhook(call)
    secret = call.params.get("secret_token", "")
    if not _URL.fullmatch(url):
        raise bad_request("invalid webhook URL specified")
    if len(secret) > _MAX_SECRET:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    wished = call.params.get("max_connections", _DEFAULT_CONNECTIONS)
    if call.params.get("drop_pending_updates"):
        call.bot.updates.clear()
    _set_allowed(call)
    call.bot.updates.abort_poll("terminated by setWebhook request")
    call.bot.webhook = Webhook(
        url=url,
        secret_token=secret,
        max_connections=max(_CONNECTIONS.least, min(_CONNECTIONS.most, wished)),
        ip_address=call.params.get("ip_address", ""),
        has_certificate="certificate" in call.files,
    )
    call.world.changed("bot", call.bot.id)
    call.bot.updates.arrived()
    return True


def delete_webhook(call: Call) -> bool:
    if call.params.get("drop_pending_updates"):
        call.bot.updates.clear()
    call.bot.webhook = None
    call.world.changed("bot", call.bot.id)
    call.bot.updates.arrived()
    return True


def get_webhook_info(call: Call) -> JsonObject:
    call.bot.updates.expire()
    webhook = call.bot.webhook
    info: JsonObject = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": bool(webhook and webhook.has_certificate),
        "pending_update_count": len(call.bot.updates.pending),
    }
    if webhook is not None:
        info["max_connections"] = webhook.max_connections
        if webhook.ip_address:
            info["ip_address"] = webhook.ip_address
        if webhook.last_error_date:
            info["last_error_date"] = webhook.last_error_date
            info["last_error_message"] = webhook.last_error_message
    if call.bot.updates.allowed != DEFAULT_ALLOWED:
        info["allowed_updates"] = sorted(call.bot.updates.allowed)
    return info

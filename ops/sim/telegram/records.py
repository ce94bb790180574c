"""How the things of the world are written as JSON rows, and made again from them."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, Final

import orjson

from ops.sim.telegram.files import StoredFile
from ops.sim.telegram.model import CallbackQuery, Chat, JsonObject, Profile, Topic, User, Webhook
from ops.sim.telegram.star_records import STAR_DUMPS, restore_stars
from ops.sim.telegram.updates import PendingUpdate
from ops.sim.telegram.world import World

META: Final = "meta"
_GAP_UPDATES: Final = 1_000
"""After a kill these many ids are skipped: those given since the last save must not be given again."""
_GAP_MESSAGES: Final = 100
_GAP_EVENTS: Final = 10_000
_NEW: Final[JsonObject] = {"clean": True, "starts": 0, "last_seq": 0, "last_bot": 0, "next_ids": {}}
_CHAT_FIELDS: Final = (
    "id", "type", "title", "owner", "next_message_id", "pinned", "opened", "blocked", "keyboard", "instance",
    "is_forum", "migrated_to",
)  # fmt: skip


def dump(world: World, kind: str, key: Iterable[Any], *, clean: bool = False) -> bytes | None:
    """The row of one thing; None if it is gone."""
    if kind == META:
        return orjson.dumps(_meta(world, clean=clean))
    value = _DUMPS[kind](world, *key)
    return None if value is None else orjson.dumps(value)


def _meta(world: World, *, clean: bool) -> JsonObject:
    return {
        "clean": clean,
        "starts": world.starts,
        "last_seq": world.events.last_seq,
        "last_bot": world.bot().id,
        "clock_offset": world.clock_offset,
        "next_ids": {str(bot.id): [bot.updates.next_id, bot.next_message_id] for bot in world.known_bots()},
    }


def _dump_user(world: World, user_id: int) -> JsonObject | None:
    user = world.users.get(user_id)
    return asdict(user) if user else None


def _find_chat(world: World, owner: int, chat_id: int) -> Chat | None:
    if chat_id < 0:
        return world.groups.get(chat_id)
    bot = world.known_bot(owner)
    return bot.dialogs.get(chat_id) if bot else None


def _dump_chat(world: World, owner: int, chat_id: int) -> JsonObject | None:
    chat = _find_chat(world, owner, chat_id)
    if chat is None:
        return None
    row: JsonObject = {name: getattr(chat, name) for name in _CHAT_FIELDS}
    topics = {str(topic_id): asdict(topic) for topic_id, topic in chat.topics.items()}
    return row | {"members": list(chat.members.items()), "topics": topics}


def _dump_message(world: World, owner: int, chat_id: int, message_id: int) -> JsonObject | None:
    chat = _find_chat(world, owner, chat_id)
    return chat.messages.get(message_id) if chat else None


def _dump_invoice(world: World, owner: int, chat_id: int, message_id: int) -> JsonObject | None:
    chat = _find_chat(world, owner, chat_id)
    invoice = chat.invoices.get(message_id) if chat else None
    return asdict(invoice) if invoice else None


def _dump_bot(world: World, bot_id: int) -> JsonObject | None:
    bot = world.known_bot(bot_id)
    if bot is None:
        return None
    return {
        "card": bot.card,
        "allowed": sorted(bot.updates.allowed),
        "profile": asdict(bot.profile),
        "tokens": sorted(bot.tokens),
        "revoked": sorted(bot.revoked),
        "webhook": asdict(bot.webhook) if bot.webhook else None,
    }


def _dump_update(world: World, bot_id: int, update_id: int) -> JsonObject | None:
    bot = world.known_bot(bot_id)
    update = bot.updates.pending.get(update_id) if bot else None
    if update is None:
        return None
    names = ("update_id", "kind", "body", "created_at", "expires_at", "lane", "delivered_at")
    return {name: getattr(update, name) for name in names}


def _dump_query(world: World, bot_id: int, query_id: str) -> JsonObject | None:
    bot = world.known_bot(bot_id)
    query = bot.queries.get(query_id) if bot else None
    if query is None:
        return None
    return {"chat_id": query.chat.id, "user_id": query.user_id, "expires_at": query.expires_at}


def _dump_file(world: World, file_id: str) -> JsonObject | None:
    file = world.files.by_id.get(file_id)
    return asdict(file) if file else None


_DUMPS: Final[dict[str, Callable[..., JsonObject | None]]] = {
    "user": _dump_user,
    "chat": _dump_chat,
    "message": _dump_message,
    "bot": _dump_bot,
    "update": _dump_update,
    "query": _dump_query,
    "file": _dump_file,
    "invoice": _dump_invoice,
    **STAR_DUMPS,
}


def restore(world: World, rows: Iterable[tuple[str, str, bytes]]) -> None:
    """Put everything back as it was saved."""
    by_kind: dict[str, list[tuple[list[str], JsonObject]]] = {}
    for kind, joined, value in rows:
        by_kind.setdefault(kind, []).append((joined.split(":"), orjson.loads(value)))
    meta = by_kind[META][0][1] if META in by_kind else _NEW
    world.restarted(starts=meta["starts"] + 1)
    world.clock_offset = meta.get("clock_offset", 0.0)
    for _, row in by_kind.get("user", []):
        world.users[row["id"]] = User(**row)
    for _, row in by_kind.get("file", []):
        world.files.restore(StoredFile(**row))
    for (bot_id,), row in by_kind.get("bot", []):
        _restore_bot(world, int(bot_id), row)
    for (owner, _), row in by_kind.get("chat", []):
        _restore_chat(world, int(owner), row)
    _restore_messages(world, by_kind.get("message", []))
    _restore_updates(world, by_kind.get("update", []))
    _restore_queries(world, by_kind.get("query", []))
    restore_stars(world, by_kind, _find_chat)
    world.events.last_seq = meta["last_seq"]
    world.select(meta["last_bot"])
    for bot in world.known_bots():
        bot.updates.next_id, bot.next_message_id = meta["next_ids"][str(bot.id)]
    if not meta["clean"]:
        _skip_ids(world)


def _skip_ids(world: World) -> None:
    world.events.last_seq += _GAP_EVENTS
    for bot in world.known_bots():
        bot.updates.next_id += _GAP_UPDATES
        bot.next_message_id += _GAP_MESSAGES
    for chat in world.groups.values():
        chat.next_message_id += _GAP_MESSAGES


def _restore_bot(world: World, bot_id: int, row: JsonObject) -> None:
    bot = world.new_bot()
    bot.id = bot_id
    bot.card.update(row["card"])
    bot.updates.allowed = frozenset(row["allowed"])
    bot.profile = Profile(**row["profile"])
    bot.tokens, bot.revoked = set(row.get("tokens", ())), set(row.get("revoked", ()))
    bot.webhook = Webhook(**row["webhook"]) if row["webhook"] else None
    world.adopt(bot)


def _restore_chat(world: World, owner: int, row: JsonObject) -> None:
    members = {int(member): status for member, status in row.pop("members")}
    topics = {int(topic_id): Topic(**topic) for topic_id, topic in row.pop("topics", {}).items()}
    chat = Chat(**row, members=members, topics=topics)
    if chat.is_private:
        bot = world.known_bot(owner)
        if bot is not None:
            bot.dialogs[chat.id] = chat
    else:
        world.groups[chat.id] = chat


def _restore_messages(world: World, rows: list[tuple[list[str], JsonObject]]) -> None:
    for (owner, chat_id, message_id), message in sorted(rows, key=lambda row: int(row[0][2])):
        chat = _find_chat(world, int(owner), int(chat_id))
        if chat is not None:
            chat.messages[int(message_id)] = message


def _restore_updates(world: World, rows: list[tuple[list[str], JsonObject]]) -> None:
    for (bot_id, _), row in sorted(rows, key=lambda row: int(row[0][1])):
        bot = world.known_bot(int(bot_id))
        if bot is not None:
            bot.updates.add(PendingUpdate(**row))


def _restore_queries(world: World, rows: list[tuple[list[str], JsonObject]]) -> None:
    for (bot_id, query_id), row in rows:
        bot, chat = world.known_bot(int(bot_id)), _find_chat(world, int(bot_id), row["chat_id"])
        if bot is not None and chat is not None:
            query = CallbackQuery(id=query_id, chat=chat, user_id=row["user_id"], expires_at=row["expires_at"])
            bot.queries[query_id] = query

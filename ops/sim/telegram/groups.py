"""Groups and channels as a driver makes and changes them: members, the bot's rank, topics, becoming a supergroup."""

from typing import Any, Final

from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.membership import card_of, set_status
from ops.sim.telegram.model import Bot, Chat, JsonObject, Topic
from ops.sim.telegram.telling import tell_service
from ops.sim.telegram.world import CHANNEL_ID_BELOW, World

CHAT_TYPES: Final = ("group", "supergroup", "channel")
BOT_STATUSES: Final = ("member", "administrator", "left", "kicked")
TELEGRAM: Final = 777000
"""Telegram's own account, which acts where nobody is known to."""


def put_chat(world: World, chat_id: int, bot: Bot, wish: JsonObject) -> Chat:
    """Make or change a group or channel; the bot gets my_chat_member when its status changes.

    `wish` has type, title, members (user ids; the first is the owner), bot (its status), is_forum, topics and
    migrate_to. Raises ControlError.
    """
    if chat_id >= 0:
        raise ControlError("the id of a group or channel is negative")
    chat = world.groups.get(chat_id) or _new_chat(world, chat_id, wish)
    if wish.get("type", chat.type) != chat.type:
        raise ControlError(f"chat {chat_id} is a {chat.type} and stays one")
    status = wish.get("bot")
    if status is not None and status not in BOT_STATUSES:
        raise ControlError(f"bot must be one of {', '.join(BOT_STATUSES)}")
    topics = _topics(chat, wish)
    world.groups[chat_id] = chat
    chat.title = str(wish.get("title") or chat.title or f"Chat {chat_id}")
    _set_members(world, chat, bot, wish.get("members"))
    if status is not None:
        if chat.type == "channel" and status == "member":
            status = "administrator"
        move(world, chat, bot, bot.id, status, by=_owner(chat))
    _set_topics(world, chat, bot, topics)
    if wish.get("migrate_to") is not None:
        _migrate(world, chat, bot, wish["migrate_to"])
    world.changed("chat", 0, chat_id)
    return chat


def _new_chat(world: World, chat_id: int, wish: JsonObject) -> Chat:
    default = "group" if chat_id > CHANNEL_ID_BELOW else "supergroup"
    kind = str(wish.get("type", default))
    if kind not in CHAT_TYPES:
        raise ControlError(f"type must be one of {', '.join(CHAT_TYPES)}")
    return Chat(id=chat_id, type=kind, instance=world.new_id())


def _set_members(world: World, chat: Chat, bot: Bot, members: list[int] | None) -> None:
    if members is None:
        return
    bots = {known.id for known in world.known_bots()}
    for user_id in [known for known in chat.members if known not in bots and known not in members]:
        move(world, chat, bot, user_id, "left", by=user_id)
    for index, user_id in enumerate(members):
        if not chat.has(user_id):
            world.user(user_id)
            first = index == 0 and "creator" not in chat.members.values()
            move(world, chat, bot, user_id, "creator" if first else "member", by=user_id)


def move(world: World, chat: Chat, bot: Bot, member_id: int, status: str, *, by: int) -> None:
    """Somebody, a bot too, joins, leaves or changes in rank; in groups a service message tells of it."""
    was_here = chat.has(member_id)
    set_status(world, chat, member_id, status, by=by)
    if was_here == chat.has(member_id) or chat.type == "channel" or status == "creator":
        return
    card = card_of(world, member_id)
    content: JsonObject = {"left_chat_member": card} if was_here else {"new_chat_members": [card]}
    tell_service(world, chat, bot, world.user(by), content)


def _owner(chat: Chat) -> int:
    return next((user_id for user_id, status in chat.members.items() if status == "creator"), TELEGRAM)


# Topics


def _topics(chat: Chat, wish: JsonObject) -> dict[int, Topic] | None:
    """The topics that are wished for; None where they stay as they are."""
    is_forum = bool(wish.get("is_forum", chat.is_forum or bool(wish.get("topics"))))
    if is_forum and chat.type != "supergroup":
        raise ControlError("topics are for supergroups")
    topics = None if wish.get("topics") is None else dict(map(_topic, wish["topics"]))
    chat.is_forum = is_forum
    return topics


def _topic(given: Any) -> tuple[int, Topic]:
    topic_id = given.get("id") if isinstance(given, dict) else None
    if not isinstance(topic_id, int) or isinstance(topic_id, bool) or topic_id <= 1:
        raise ControlError("topics must be a list of {id, name, closed}; the id is a whole number from 2")
    return topic_id, Topic(name=str(given.get("name") or f"Topic {topic_id}"), closed=bool(given.get("closed")))


def _set_topics(world: World, chat: Chat, bot: Bot, topics: dict[int, Topic] | None) -> None:
    """Make, rename, close and reopen topics, each with its service message; the others go with their messages."""
    if topics is None:
        return
    author = world.user(_owner(chat))
    for topic_id, topic in topics.items():
        thread = {"message_thread_id": topic_id, "is_topic_message": True}
        for content in _changes(chat.topics.get(topic_id), topic):
            if "forum_topic_created" in content and topic_id not in chat.messages:
                content["message_id"] = topic_id  # a topic's id is the one of the message that made it
                chat.next_message_id = max(chat.next_message_id, topic_id + 1)
            tell_service(world, chat, bot, author, content | thread)
    for topic_id in chat.topics.keys() - topics.keys():
        for message in list(chat.messages.values()):
            if message.get("message_thread_id") == topic_id:
                world.remove(chat, message["message_id"])
    chat.topics = topics


def _changes(before: Topic | None, now: Topic) -> list[JsonObject]:
    changes: list[JsonObject] = []
    if before is None:
        changes.append({"forum_topic_created": now.card()})
    elif before.name != now.name:
        changes.append({"forum_topic_edited": {"name": now.name}})
    if (before is not None and before.closed) != now.closed:
        changes.append({"forum_topic_closed" if now.closed else "forum_topic_reopened": {}})
    return changes


# From group to supergroup


def _migrate(world: World, chat: Chat, bot: Bot, new_id: int) -> None:
    """The group becomes a supergroup with another id; whoever writes to the old one is told where it is."""
    if chat.type != "group" or chat.migrated_to:
        raise ControlError(f"chat {chat.id} is no group that can become a supergroup")
    if not new_id < CHANNEL_ID_BELOW or new_id in world.groups:
        raise ControlError(f"migrate_to must be a new id below {CHANNEL_ID_BELOW}")
    new = Chat(id=new_id, type="supergroup", title=chat.title, members=dict(chat.members), instance=world.new_id())
    world.groups[new_id] = new
    world.changed("chat", 0, new_id)
    author = world.user(_owner(chat))
    tell_service(world, chat, bot, author, {"migrate_to_chat_id": new_id})
    chat.migrated_to = new_id
    tell_service(world, new, bot, author, {"migrate_from_chat_id": chat.id})

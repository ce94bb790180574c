"""Messages in the topics of a forum, and in the threads of other supergroups."""

from typing import Final

from ops.sim.telegram.errors import ControlError, bad_request
from ops.sim.telegram.messages import as_replied
from ops.sim.telegram.model import Chat, JsonObject

GENERAL: Final = 1
"""The topic every forum has. Its messages carry no id, and no message can be sent by it."""


def thread_content(chat: Chat, thread_id: int) -> JsonObject:
    """What marks a person's message as one of that topic, whether or not the topic is still there.

    In a forum what answers nothing answers the message that made the topic, as Telegram has it.
    """
    if chat.type != "supergroup":
        raise ControlError("topics are for supergroups")
    if not chat.is_forum:
        return {"message_thread_id": thread_id}
    if thread_id == GENERAL:
        return {}
    root = chat.messages.get(thread_id, {})
    answered = {"reply_to_message": as_replied(root)} if "forum_topic_created" in root else {}
    return answered | {"message_thread_id": thread_id, "is_topic_message": True}


def sent_thread(chat: Chat, bot_id: int, thread_id: int) -> JsonObject:
    """What marks a bot's message as one of that topic or thread. Raises ApiError 400."""
    if not chat.is_forum:
        if chat.type != "supergroup" or thread_id not in chat.messages:
            raise bad_request("message thread not found")
        return {"message_thread_id": thread_id}
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and chat.members.get(bot_id) != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return {"message_thread_id": thread_id, "is_topic_message": True}

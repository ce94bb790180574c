"""The table of modelled methods, and how one is called."""

from collections.abc import Callable
from typing import Any, Final

from ops.sim.telegram.errors import ApiError
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.methods import chats, editing, payments, profile, receiving, sending
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.schema import Method

GET_UPDATES: Final = "getUpdates"

_HANDLERS: Final[dict[str, Callable[[Call], Any]]] = {
    "getMe": profile.get_me,
    "logOut": profile.log_out,
    "close": profile.close,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendMediaGroup": sending.send_media_group,
    "sendChatAction": sending.send_chat_action,
    "sendMessageDraft": sending.send_message_draft,
    "forwardMessage": sending.forward_message,
    "forwardMessages": sending.forward_messages,
    "copyMessage": sending.copy_message,
    "copyMessages": sending.copy_messages,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "pinChatMessage": editing.pin_chat_message,
    "unpinChatMessage": editing.unpin_chat_message,
    "unpinAllChatMessages": editing.unpin_all_chat_messages,
    "answerCallbackQuery": editing.answer_callback_query,
    "setMessageReaction": editing.set_message_reaction,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
    "setMyDefaultAdministratorRights": profile.set_my_default_administrator_rights,
    "getMyDefaultAdministratorRights": profile.get_my_default_administrator_rights,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "leaveChat": chats.leave_chat,
    "getFile": chats.get_file,
    "getUserProfilePhotos": chats.get_user_profile_photos,
    "sendInvoice": payments.send_invoice,
    "createInvoiceLink": payments.create_invoice_link,
    "answerPreCheckoutQuery": payments.answer_pre_checkout_query,
    "refundStarPayment": payments.refund_star_payment,
    "editUserStarSubscription": payments.edit_user_star_subscription,
    "getStarTransactions": payments.get_star_transactions,
    "getMyStarBalance": payments.get_my_star_balance,
}
MODELLED: Final = frozenset({*_HANDLERS, GET_UPDATES})
_METHODS: Final = {name.lower(): Method(name) for name in sorted(MODELLED)}
_NOT_MODELLED: Final = {name.lower(): name for name in FACTS.not_modelled}


def find_method(name: str) -> Method:
    """A method by its name in any letter case. Raises ApiError 404, or 501 for what is not modelled here."""
    method = _METHODS.get(name.lower())
    if method is not None:
        return method
    known = _NOT_MODELLED.get(name.lower())
    if known is not None:
        raise ApiError(501, f"Not Implemented: the stand-in does not model {known}")
    raise ApiError(404, "Not Found")


def run(name: str, call: Call) -> Any:
    """The result of any method but getUpdates. Raises ApiError."""
    return _HANDLERS[name](call)

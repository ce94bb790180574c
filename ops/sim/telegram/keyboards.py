"""Which keyboards Telegram takes under a message, and what it says of the others."""

from typing import Any, Final

import orjson

from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.links import check_button_link
from ops.sim.telegram.spans import utf16_length

MAX_BUTTONS: Final = 100
MAX_BUTTONS_PER_ROW: Final = 8
MAX_MARKUP_BYTES: Final = 10_240
_DATA: Final = FACTS.limits["InlineKeyboardButton.callback_data"]
_COPY: Final = FACTS.limits["CopyTextButton.text"]
_PLACEHOLDER: Final = FACTS.limits["ReplyKeyboardMarkup.input_field_placeholder"]
_KEPT: Final = (
    "url", "callback_data", "callback_game", "pay", "switch_inline_query", "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat", "copy_text", "login_url", "web_app",
)  # fmt: skip
"""In the order in which Telegram looks; a button keeps the first it has."""
_LOOKS: Final = ("text", "icon_custom_emoji_id", "style")


def check_markup(markup: dict[str, Any] | None, chat_type: str) -> dict[str, Any] | None:
    """The markup as Telegram keeps it, for a message in a chat of that type. Raises ApiError 400."""
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if chat_type == "channel":
        raise bad_request("Inline keyboard expected")
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and utf16_length(placeholder) > _PLACEHOLDER.most:
        raise bad_request("Input field placeholder is too long")
    if "keyboard" in markup:
        _check_reply_keyboard(markup["keyboard"], chat_type)
    elif not (markup.get("remove_keyboard") or markup.get("force_reply")):
        return None
    return markup


def check_inline(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same where only an inline keyboard will do: edits. Raises ApiError 400."""
    if markup is None:
        return None
    if "inline_keyboard" not in markup:
        raise bad_request("Inline keyboard expected")
    return _inline(markup["inline_keyboard"])


def check_invoice_markup(markup: dict[str, Any] | None, total_amount: int) -> dict[str, Any]:
    """The same under an invoice: the first button pays, and is the only one if there is no keyboard.

    Raises ApiError 400.
    """
    rows = [row for row in (markup or {}).get("inline_keyboard", []) if row]
    if not rows:
        return {"inline_keyboard": [[pay_button(total_amount)]]}
    kept = [[_inline_button(button, may_pay=True) for button in row] for row in rows]
    paying = ["pay" in button for row in kept for button in row]
    if not any(paying):
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")
    if any(paying[1:]):
        raise bad_request("BUTTON_POS_INVALID")
    checked = {"inline_keyboard": kept}
    _check_size(kept, checked)
    return checked


def pay_button(total_amount: int) -> dict[str, Any]:
    """The button of an invoice that comes without one; a client shows the star as its own icon."""
    return {"text": f"Pay ⭐{total_amount}", "pay": True}


def _inline(rows: list[list[dict[str, Any]]]) -> dict[str, Any] | None:
    kept = [[_inline_button(button) for button in row] for row in rows if row]
    if not kept:
        return None
    markup = {"inline_keyboard": kept}
    _check_size(kept, markup)
    return markup


def _check_size(rows: list[list[dict[str, Any]]], markup: dict[str, Any]) -> None:
    many = sum(map(len, rows)) > MAX_BUTTONS or max(map(len, rows)) > MAX_BUTTONS_PER_ROW
    if many or len(orjson.dumps(markup)) > MAX_MARKUP_BYTES:
        raise bad_request("Reply markup is too long")


def _inline_button(button: dict[str, Any], *, may_pay: bool = False) -> dict[str, Any]:
    if not button["text"].strip():
        raise bad_request("Inline keyboard button text must be non-empty")
    for name in _KEPT:
        value = button.get(name)
        if value is None or (value == "" and name in {"url", "callback_data"}) or (name == "pay" and not value):
            continue
        kept: dict[str, Any] = {field: button[field] for field in _LOOKS if field in button}
        kept[name] = value if name == "pay" and may_pay else _checked_target(name, value)
        return kept
    raise bad_request("Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _checked_target(name: str, value: Any) -> Any:
    match name:
        case "url":
            return check_button_link(value)
        case "callback_data" if len(value.encode(errors="surrogatepass")) > _DATA.most:
            raise bad_request("BUTTON_DATA_INVALID")
        case "copy_text" if not _COPY.least <= utf16_length(value["text"]) <= _COPY.most:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "web_app":
            return {"url": _https(value["url"], "inline keyboard button Web App")}
        case "login_url":
            return {**value, "url": _https(value["url"], "inline keyboard button login")}
        case "pay" | "callback_game":
            raise bad_request("BUTTON_TYPE_INVALID")
        case _:
            return value


def _https(url: str, where: str) -> str:
    checked = check_button_link(url, where=where)
    if not checked.startswith("https://"):
        raise bad_request(f"{where} URL '{url}' is invalid: Only HTTPS links are allowed")
    return checked


def _check_reply_keyboard(rows: list[list[dict[str, Any]]], chat_type: str) -> None:
    for button in (button for row in rows for button in row):
        if not button["text"].strip():
            raise bad_request("Keyboard button text must be non-empty")
        if chat_type != "private" and (button.get("request_contact") or button.get("request_location")):
            what = "Phone number" if button.get("request_contact") else "Location"
            raise bad_request(f"{what} can be requested in private chats only")
    filled = [row for row in rows if row]
    if filled:
        _check_size([row[:MAX_BUTTONS_PER_ROW] for row in filled], {"keyboard": filled})

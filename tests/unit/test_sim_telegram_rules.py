"""Parameters, keyboards, links, flood limits, faults, commands: the rules that need no server."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from ops.sim.telegram.calls import CallLog
from ops.sim.telegram.commands import commands_for, scope_key, storage_key
from ops.sim.telegram.errors import ApiError, ControlError
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.faults import Faults
from ops.sim.telegram.files import NotAPictureError, Upload, photo_sizes, picture_size
from ops.sim.telegram.keyboards import check_inline, check_markup
from ops.sim.telegram.limits import FloodLimits
from ops.sim.telegram.links import WrongLinkError, check_link
from ops.sim.telegram.methods.registry import MODELLED, find_method
from ops.sim.telegram.model import Chat
from ops.sim.telegram.schema import Method
from ops.sim.telegram.world import World

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "telegram" / "botapi.json"


def refused(check: Any, *given: Any) -> str:
    with pytest.raises(ApiError) as error:
        check(*given)
    assert error.value.code == 400
    return error.value.description.removeprefix("Bad Request: ")


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **fields}]]}


# Parameters


def test_every_modelled_method_is_in_the_facts() -> None:
    assert frozenset(FACTS.methods) == MODELLED
    assert not FACTS.not_modelled & MODELLED


def test_the_facts_agree_with_the_description() -> None:
    if not REFERENCE.is_file():
        pytest.skip("needs ../shared/reference")
    described = json.loads(REFERENCE.read_text())
    assert FACTS.version == described["version"]
    assert frozenset(described["methods"]) == MODELLED | FACTS.not_modelled
    for name, fields in FACTS.methods.items():
        known = {field["name"]: field for field in described["methods"][name].get("fields", [])}
        assert fields.keys() == known.keys(), name
        for field, spec in fields.items():
            if (name, field) != ("setWebhook", "url"):  # may be left out, although the description says otherwise
                assert spec.endswith("*") == known[field]["required"], (name, field)
    for name, fields in FACTS.types.items():
        known = {field["name"]: field for field in described["types"][name].get("fields", [])}
        assert {field: spec.endswith("*") for field, spec in fields.items()} == {
            field: value["required"] for field, value in known.items()
        }, name


def test_numbers_booleans_and_objects_come_as_texts_too() -> None:
    markup = '{"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}'
    given = {"chat_id": "-100123", "text": 5, "disable_notification": "True", "reply_markup": markup, "unknown": "x"}
    assert Method("sendMessage").check(given, {}) == {
        "chat_id": -100123,
        "text": 5,
        "disable_notification": True,
        "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]},
    } | {"text": "5"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": None}, "message text is empty"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"message_thread_id": "a"}, 'parameter "message_thread_id" must be a valid Number'),
        ({"message_thread_id": 2**70}, 'parameter "message_thread_id" must be a valid Number'),
        ({"protect_content": "maybe"}, 'parameter "protect_content" must be of type Boolean'),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": "[]"}, "object expected as reply markup"),
        ({"reply_markup": button(text=None)}, "can't parse inline keyboard button: Can't find field \"text\""),
        (
            {"reply_markup": button(text=[])},
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        ({"reply_markup": {"inline_keyboard": "x"}}, 'field "inline_keyboard" must be of type Array'),
        ({"entities": [{"type": "bold"}]}, "can't parse MessageEntity: Can't find field \"offset\""),
        ({"reply_parameters": {}}, "can't parse ReplyParameters: Can't find field \"message_id\""),
    ],
)
def test_wrong_parameters_of_a_message_are_refused(given: dict[str, Any], reason: str) -> None:
    assert refused(Method("sendMessage").check, {"chat_id": 1, "text": "x", **given}, {}) == reason


@pytest.mark.parametrize(
    ("method", "given", "reason"),
    [
        ("setMyCommands", {"commands": "x"}, "can't parse commands JSON object"),
        ("setMyCommands", {"commands": [{"command": "a"}]}, "can't parse BotCommand: Can't find field \"description\""),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "moon"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        ("deleteMessages", {"chat_id": 1, "message_ids": ["a"]}, "can't parse Integer: expected Integer"),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        ("sendMessageDraft", {"chat_id": 1}, 'parameter "draft_id" is required'),
    ],
)
def test_wrong_parameters_of_other_methods_are_refused(method: str, given: dict[str, Any], reason: str) -> None:
    assert refused(Method(method).check, given, {}) == reason


def test_methods_are_found_in_any_letter_case_and_others_are_named() -> None:
    assert find_method("SENDmessage").name == "sendMessage"
    for name, code, text in [("nope", 404, "Not Found"), ("sendpoll", 501, "does not model sendPoll")]:
        with pytest.raises(ApiError, match=text) as error:
            find_method(name)
        assert error.value.code == code


# Keyboards


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (button(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (
            button(callback_data=""),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (button(callback_data="é" * 33), "BUTTON_DATA_INVALID"),
        (button(text=" ", callback_data="a"), "inline keyboard button text must be non-empty"),
        (button(url="happ://add/x"), "inline keyboard button URL 'happ://add/x' is invalid: Unsupported URL protocol"),
        (
            button(url="http://localhost/x"),
            "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
        ),
        (button(copy_text={"text": "a" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (
            button(web_app={"url": "http://a.io"}),
            "inline keyboard button Web App URL 'http://a.io' is invalid: Only HTTPS links are allowed",
        ),
        (button(pay=True), "BUTTON_TYPE_INVALID"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "a"}]] * 101}, "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "a"}] * 9]}, "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "x" * 200, "callback_data": "a"}]] * 60}, "reply markup is too long"),
        ({"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "input field placeholder is too long"),
    ],
)
def test_wrong_keyboards_are_refused(markup: dict[str, Any], reason: str) -> None:
    assert refused(check_markup, markup, "private") == reason


def test_keyboards_are_kept_as_telegram_keeps_them() -> None:
    kept = check_markup(
        {"inline_keyboard": [[], [{"text": "A", "url": "t.me/x", "callback_data": "a", "style": "danger"}],
                             [{"text": "B", "callback_data": "x" * 64}, {"text": "C", "copy_text": {"text": "c"}}]]},
        "private",
    )  # fmt: skip
    assert kept == {
        "inline_keyboard": [
            [{"text": "A", "style": "danger", "url": "http://t.me/x"}],
            [{"text": "B", "callback_data": "x" * 64}, {"text": "C", "copy_text": {"text": "c"}}],
        ]
    }
    assert check_markup({"inline_keyboard": [[]]}, "private") is None
    assert check_inline(None) is None


def test_only_inline_keyboards_go_into_edits_and_channels() -> None:
    assert refused(check_inline, {"keyboard": [[{"text": "a"}]]}) == "inline keyboard expected"
    assert refused(check_markup, {"remove_keyboard": True}, "channel") == "inline keyboard expected"
    asking = {"keyboard": [[{"text": "a", "request_contact": True}]]}
    assert refused(check_markup, asking, "group") == "phone number can be requested in private chats only"
    assert check_markup(asking, "private") == asking


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("example.com", "http://example.com/"),
        ("HTTPS://Example.com?q=1", "https://example.com/?q=1"),
        ("https://u:p@a.io:8443/x#y", "https://u:p@a.io:8443/x#y"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_links(link: str, kept: str) -> None:
    assert check_link(link) == kept


@pytest.mark.parametrize(
    "link", ["ftp://a.io", "http://", "http://a.io:0/", "http://a.io:99999", "tg://a b", "localhost", "http://a b.io"]
)
def test_wrong_links(link: str) -> None:
    with pytest.raises(WrongLinkError):
        check_link(link)


# Flood limits


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def retry_after(limits: FloodLimits, bot: int, chat: int) -> int:
    with pytest.raises(ApiError) as error:
        limits.charge(bot, chat, 1)
    assert error.value.code == 429
    assert error.value.description == f"Too Many Requests: retry after {error.value.parameters['retry_after']}"
    return error.value.parameters["retry_after"]


def test_a_private_chat_takes_a_burst_and_then_one_a_second() -> None:
    ticks = Ticks()
    limits = FloodLimits(ticks)
    for _ in range(5):
        limits.charge(1, 7, 1)
    assert retry_after(limits, 1, 7) == 1
    ticks.now += 1
    limits.charge(1, 7, 1)
    assert retry_after(limits, 1, 7) == 1
    limits.charge(1, 8, 1)  # another chat
    limits.charge(2, 7, 1)  # another bot


def test_a_group_takes_twenty_a_minute() -> None:
    ticks = Ticks()
    limits = FloodLimits(ticks)
    for _ in range(20):
        limits.charge(1, -5, 1)
    assert retry_after(limits, 1, -5) == 3
    ticks.now += 3
    limits.charge(1, -5, 1)


def test_all_chats_together_take_thirty_a_second() -> None:
    limits = FloodLimits(Ticks())
    for chat in range(1, 31):
        limits.charge(1, chat, 1)
    assert retry_after(limits, 1, 99) == 1


def test_edits_weigh_half() -> None:
    limits = FloodLimits(Ticks())
    for _ in range(10):
        limits.charge(1, 7, 0.5)
    assert retry_after(limits, 1, 7) == 1


# Faults


def test_faults_strike_what_they_name_and_as_often() -> None:
    faults = Faults()
    faults.add({"kind": "http_500", "method": "SendMessage", "chat_id": 7, "times": 2})
    struck = [
        bool(faults.striking(*call)) for call in [("sendPhoto", 7), ("sendMessage", 8), *[("sendMessage", 7)] * 3]
    ]
    assert struck == [False, False, True, True, False]
    assert faults.active == []


def test_faults_by_probability_follow_their_seed() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults()
        faults.add({"kind": "late", "probability": 0.3, "seed": seed})
        return [bool(faults.striking("getMe", None)) for _ in range(200)]

    assert run(1) == run(1) != run(2)
    assert 30 < sum(run(1)) < 90


def test_faults_of_chats_and_of_polling_leave_other_calls_alone() -> None:
    faults = Faults()
    faults.add({"kind": "flood", "times": 1})
    faults.add({"kind": "conflict", "times": 1})
    assert faults.striking("getMe", None) is None
    assert faults.striking("sendMessage", 7).kind == "flood"  # type: ignore[union-attr]  # it must be there
    assert faults.striking("sendMessage", 7) is None
    assert faults.striking("getUpdates", None).kind == "conflict"  # type: ignore[union-attr]  # it must be there


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"kind": "x"},
        {"kind": "late", "times": 0},
        {"kind": "late", "times": True},
        {"kind": "late", "probability": 2},
        {"kind": "late", "times": 1, "probability": 0.5},
        {"kind": "late", "chat_id": "x"},
        {"kind": "late", "method": 1},
    ],
)
def test_wrong_faults_are_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(ControlError):
        Faults().add(wish)


# Files, calls, commands


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(640, 480), (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 3, 4), (3, 4)),
        (b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 20, 10) + b"\3", (10, 20)),
        (b"RIFF....WEBPVP8X" + b"\0" * 8 + (9).to_bytes(3, "little") + (19).to_bytes(3, "little"), (10, 20)),
    ],
)
def test_pictures_are_measured(data: bytes, size: tuple[int, int]) -> None:
    assert picture_size(data) == size


@pytest.mark.parametrize("data", [b"", b"text", png(0, 5), png(9000, 2000), png(2100, 100), b"\xff\xd8\xff"])
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPictureError):
        picture_size(data)


def test_photos_come_in_sizes() -> None:
    file = World(seed=1).files.add(Upload(name="a.png", mime_type="image/png", data=png(1000, 500)), "photo")
    assert [(size["width"], size["height"]) for size in photo_sizes(file)] == [
        (90, 45),
        (320, 160),
        (800, 400),
        (1000, 500),
    ]


def test_calls_are_numbered_and_asked_for_by_bot() -> None:
    log = CallLog(lambda: 1.5)
    for bot in (1, 2, 1):
        log.add(bot, "getMe", {"a": bot}, 200, 0.001)
    rows = list(log.after(1))
    assert [row["seq"] for row in rows] == [2, 3]
    assert (rows[0]["at"], rows[0]["ms"], rows[0]["method"], rows[0]["status"]) == (1500, 1.0, "getMe", 200)
    assert [row["seq"] for row in log.after(0, bot_id=1)] == [1, 3]
    assert list(log.after(3)) == []


def test_the_most_specific_scope_and_the_users_language_win() -> None:
    bot = World().new_bot()
    private, group = Chat(id=7, type="private"), Chat(id=-5, type="group", members={8: "creator", 9: "member"})

    def put(scope: dict[str, Any] | None, language: str, name: str) -> None:
        bot.profile.commands[storage_key(scope_key(scope), language)] = [{"command": name, "description": name}]

    def seen(chat: Chat, user: int, language: str | None = None) -> str:
        return "".join(command["command"] for command in commands_for(bot, chat, user, language))

    assert seen(private, 7) == ""
    put(None, "", "default")
    put(None, "ru", "default_ru")
    assert (seen(private, 7), seen(private, 7, "ru-RU"), seen(group, 9, "ru")) == (
        "default",
        "default_ru",
        "default_ru",
    )
    put({"type": "all_private_chats"}, "", "private")
    assert (seen(private, 7, "ru"), seen(group, 9)) == ("private", "default")
    put({"type": "chat", "chat_id": 7}, "", "chat")
    assert (seen(private, 7), seen(Chat(id=8, type="private"), 8)) == ("chat", "private")
    put({"type": "all_group_chats"}, "", "groups")
    put({"type": "all_chat_administrators"}, "", "admins")
    assert (seen(group, 8), seen(group, 9)) == ("admins", "groups")
    put({"type": "chat", "chat_id": -5}, "", "this")
    put({"type": "chat_administrators", "chat_id": -5}, "", "these")
    assert (seen(group, 8), seen(group, 9)) == ("these", "this")
    put({"type": "chat_member", "chat_id": -5, "user_id": 9}, "", "you")
    assert seen(group, 9) == "you"

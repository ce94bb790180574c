"""What is read of a raw update before PTB parses it."""

from dataclasses import replace

import pytest
from harness.telegram_server import message
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.updates import Incoming, from_body, known, place_in, place_only, read_update, to_body, what_was_asked
from bot.domain.ids import Millis

SECRET = "Xk3vB8qLm2Zt9RwYc5Hn7Ud1Pf4Gs6Ja0KeT"
PERSON = {"id": 7, "is_bot": False, "first_name": "U"}
GROUP = {"id": -100, "type": "supergroup", "title": "G"}


def read(**content: object) -> Incoming:
    update = read_update({"update_id": 5, **content}, received_ts=Millis(1_000))
    assert update is not None
    return update


@pytest.mark.parametrize(
    ("content", "user_id", "chat_id"),
    [
        ({"message": {"from": PERSON, "chat": GROUP, "text": "x"}}, 7, -100),
        ({"edited_message": {"from": PERSON, "chat": GROUP}}, 7, -100),
        ({"channel_post": {"chat": GROUP, "text": "x"}}, None, -100),
        ({"callback_query": {"from": PERSON, "message": {"chat": GROUP, "date": 0}}}, 7, -100),
        ({"callback_query": {"from": PERSON, "inline_message_id": "a"}}, 7, None),
        ({"pre_checkout_query": {"from": PERSON}}, 7, None),
        ({"my_chat_member": {"from": PERSON, "chat": GROUP}}, 7, -100),
        ({"poll_answer": {"user": PERSON}}, 7, None),
        ({"poll_answer": {"voter_chat": GROUP}}, None, -100),
        ({"poll": {"id": "1"}}, None, None),
        ({}, None, None),
    ],
)
def test_whose_it_is(content: dict[str, object], user_id: int | None, chat_id: int | None) -> None:
    update = read(**content)
    assert (update.update_id, update.user_id, update.chat_id) == (5, user_id, chat_id)


@pytest.mark.parametrize(
    ("content", "is_payment"),
    [
        ({"pre_checkout_query": {"from": PERSON}}, True),
        ({"message": {"from": PERSON, "chat": GROUP, "successful_payment": {"currency": "XTR"}}}, True),
        ({"message": {"from": PERSON, "chat": GROUP, "refunded_payment": {"currency": "XTR"}}}, True),
        ({"message": {"from": PERSON, "chat": GROUP, "text": "successful_payment"}}, False),
        ({"callback_query": {"from": PERSON}}, False),
    ],
)
def test_payments_are_known(content: dict[str, object], is_payment: bool) -> None:
    assert read(**content).is_payment is is_payment


@pytest.mark.parametrize(
    "kind",
    ["message", "edited_message", "channel_post", "edited_channel_post", "business_message", "guest_message"],
)
@pytest.mark.parametrize("place", ["text", "caption"])
def test_a_secret_is_seen_in_every_kind_of_message(kind: str, place: str) -> None:
    assert read(**{kind: {"chat": GROUP, place: f"my key: {SECRET}"}}).has_secret
    assert not read(**{kind: {"chat": GROUP, place: "my balance, please"}}).has_secret


def test_a_secret_is_seen_in_what_is_quoted_unless_a_bot_wrote_it() -> None:
    quoted = {"from": PERSON, "chat": GROUP, "text": SECRET}
    ours = {"from": {**PERSON, "is_bot": True}, "chat": GROUP, "text": SECRET}
    assert read(message={"from": PERSON, "chat": GROUP, "text": "this", "reply_to_message": quoted}).has_secret
    assert read(message={"from": PERSON, "chat": GROUP, "text": "this", "quote": {"text": SECRET}}).has_secret
    assert not read(message={"from": PERSON, "chat": GROUP, "text": "this", "reply_to_message": ours}).has_secret
    assert not read(callback_query={"from": PERSON, "message": ours}).has_secret
    assert read(inline_query={"from": PERSON, "query": SECRET}).has_secret


@pytest.mark.parametrize("file", ["document", "video", "audio", "animation"])
def test_a_secret_is_seen_in_the_name_of_a_file(file: str) -> None:
    assert read(message={"from": PERSON, "chat": GROUP, file: {"file_name": f"{SECRET}.mp4"}}).has_secret


def test_of_a_message_with_a_secret_only_its_place_is_kept() -> None:
    body = place_only({"update_id": 5, "message": {"message_id": 9, "chat": GROUP, "text": SECRET}})
    assert body is not None
    assert SECRET.encode() not in body
    assert place_in(body) == (-100, 9)


def test_what_is_not_to_be_deleted_has_no_place() -> None:
    reply = {"message_id": 9, "chat": GROUP, "text": "this", "reply_to_message": {"from": PERSON, "text": SECRET}}
    assert place_only({"update_id": 5, "message": reply}) is None
    assert place_only({"update_id": 5, "callback_query": {"from": PERSON, "data": "v1:pin:A:7"}}) is None
    assert place_in(to_body(message(5, 7))) is None


def test_a_tapped_digit_of_a_pin_is_a_secret() -> None:
    press = {"id": "1", "from": {"id": 1000}, "data": "v1:pin:AAAAAAAAAAAAAAAAAAAAAA:7"}
    update = read_update({"update_id": 1, "callback_query": press})
    assert update is not None
    assert update.has_secret
    other = read_update({"update_id": 1, "callback_query": {**press, "data": "v1:do:menu"}})
    assert other is not None
    assert not other.has_secret


def test_a_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(read(message={"chat": GROUP, "text": SECRET}))


@pytest.mark.parametrize(
    ("content", "age_s"),
    [
        ({"message": {"date": 10}}, 50.0),
        ({"message": {"date": 10, "edit_date": 40}}, 20.0),
        ({"message": {"date": 70}}, 0.0),  # Telegram's clock is ahead of ours
        ({"callback_query": {"message": {"date": 10}}}, 59.0),  # since it was received: a press has no date
    ],
)
def test_age(content: dict[str, object], age_s: float) -> None:
    assert read(**content).age_s(Millis(60_000)) == age_s


def test_the_age_of_a_replayed_press_is_unknown() -> None:
    update = read_update({"update_id": 1, "callback_query": {"from": PERSON}})
    assert update is not None
    assert update.age_s(Millis(60_000)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "update_id",
                    "message",
                    "callback_query",
                    "from",
                    "chat",
                    "id",
                    "text",
                    "quote",
                    "date",
                    "user",
                    "is_bot",
                    "callback_query",
                    "data",
                    "callback_data",
                    "reply_markup",
                    "inline_keyboard",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_nothing_that_comes_in_raises(raw: object) -> None:
    update = read_update(raw)
    if update is not None:
        assert len(what_was_asked(update.raw)) <= 40
        assert 0 <= update.update_id < 2**63
        assert all(number is None or abs(number) < 2**63 for number in (update.user_id, update.chat_id))


def test_nesting_beyond_reason_is_read() -> None:
    raw: dict[str, object] = {"text": "x"}
    for _ in range(5_000):
        raw = {"text": "x", "reply_to_message": raw}
    assert read(message=raw).has_secret is False


KEPT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),  # lone surrogates and long integers, too
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(KEPT)
def test_a_body_comes_back_as_it_was(raw: object) -> None:
    update = {"update_id": 1, "message": raw}
    assert from_body(to_body(update)) == update


def test_a_lone_surrogate_is_kept() -> None:
    raw = message(1, 7, "a\ud800b")
    assert from_body(to_body(raw)) == raw


def test_what_is_no_update_is_left_out() -> None:
    raws: list[object] = [
        message(1, 7),
        None,
        [],
        {},
        {"update_id": "2"},
        {"update_id": True},
        {"update_id": -1},
        message(3, 7),
    ]
    assert [update.update_id for update in known(raws, Millis(0))] == [1, 3]


@pytest.mark.parametrize("stand_in", [1087968824, 136817688])
def test_who_writes_in_a_chats_name_is_that_chat_and_no_single_user_of_telegrams(stand_in: int) -> None:
    of_chats = [
        read_update(message(1, stand_in) | {"message": message(1, stand_in)["message"] | {"sender_chat": {"id": chat}}})
        for chat in (-1001, -1002)
    ]
    assert [update.user_id for update in of_chats if update is not None] == [-1001, -1002]
    assert read(message={"from": {"id": 7}, "sender_chat": {"id": -5}}).user_id == 7, "a person all the same"


def test_a_press_in_the_first_batch_after_a_gap_is_as_old_as_the_gap() -> None:
    press = replace(read(callback_query={"from": {"id": 7}}), received_ts=Millis(601_000), since_ts=Millis(1_000))
    assert press.age_s(Millis(601_000)) == 600
    written = replace(read(message={"from": {"id": 7}, "date": 500}), since_ts=Millis(1_000))
    assert written.age_s(Millis(601_000)) == 101, "a message has its own date"

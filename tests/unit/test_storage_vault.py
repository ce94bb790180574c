"""Envelopes open for their own user, account and field, by the right key, unchanged; nothing shows what is inside."""

import base64
import pickle
from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.accounts import AccountType, KeyType, SealedCredentials
from bot.domain.errors import WrongKeyFile
from bot.domain.ids import AccountId, UserId
from bot.domain.secrets import Secret
from storage.sqlite.vault import AesCredentialVault, KeyFile

KEYS = KeyFile.parse(f"new:{base64.b64encode(b'n' * 32).decode()}\nold:{base64.b64encode(b'o' * 32).decode()}\n")
OLD_KEYS = KeyFile.parse(f"old:{base64.b64encode(b'o' * 32).decode()}")
VAULT = AesCredentialVault(KEYS)
ENVELOPES = ("data_key", "api_key", "api_secret")
OWNERS = tuple(product((1, 12, 123), (1, 2, 23)))


def sealed(
    user_id: int = 1, account_id: int = 2, vault: AesCredentialVault = VAULT, **values: Any
) -> SealedCredentials:
    return vault.seal(
        user_id=UserId(user_id),
        account_id=AccountId(account_id),
        account_type=AccountType.LIVE,
        host="com",
        key_type=KeyType.HMAC,
        api_key=Secret(values.get("api_key", "canary-api-key")),
        api_secret=Secret(values.get("api_secret", "canary-api-secret")),
        check=None,
    )


@given(st.text(), st.text())
def test_what_was_sealed_opens(api_key: str, api_secret: str) -> None:
    api_key, api_secret = (text.encode("utf-8", "replace").decode() for text in (api_key, api_secret))
    opened = VAULT.open(sealed(api_key=api_key, api_secret=api_secret))
    assert (opened.api_key.reveal(), opened.api_secret.reveal()) == (api_key, api_secret)
    assert (opened.account_id, opened.key_type) == (2, KeyType.HMAC)


def test_the_same_key_sealed_twice_shows_nothing_in_common() -> None:
    one, two = sealed(), sealed()
    for name in ENVELOPES:
        assert getattr(one, name)[1:] != getattr(two, name)[1:]
        assert b"canary" not in getattr(one, name)


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_bit_counts(name: str) -> None:
    whole = sealed()
    envelope: bytes = getattr(whole, name)
    for place in range(len(envelope) * 8):
        broken = bytearray(envelope)
        broken[place // 8] ^= 1 << (place % 8)
        changes: dict[str, Any] = {name: bytes(broken)}
        with pytest.raises(WrongKeyFile, match="does not open"):
            VAULT.open(replace(whole, **changes))


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_cut_or_lengthened_envelope_does_not_open(name: str) -> None:
    whole = sealed()
    envelope: bytes = getattr(whole, name)
    for content in (*(envelope[:length] for length in range(len(envelope))), envelope + b"\0", b"\0" + envelope):
        changes: dict[str, Any] = {name: content}
        with pytest.raises(WrongKeyFile, match="does not open"):
            VAULT.open(replace(whole, **changes))


def test_no_envelope_opens_in_anothers_place() -> None:
    """Every field of every owner, put into every other place: 27 x 27 swaps, of which only the own ones open."""
    rows = {owner: sealed(*owner) for owner in OWNERS}
    places = tuple(product(OWNERS, ENVELOPES))
    opened = []
    for (owner, name), (from_owner, from_name) in product(places, places):
        changes: dict[str, Any] = {name: getattr(rows[from_owner], from_name)}
        try:
            VAULT.open(replace(rows[owner], **changes))
        except WrongKeyFile:
            continue
        opened.append(((owner, name), (from_owner, from_name)))
    assert opened == [(place, place) for place in places]


def test_a_whole_row_does_not_open_for_another_user_or_account() -> None:
    for owner, other in product(OWNERS, OWNERS):
        row = replace(sealed(*owner), user_id=UserId(other[0]), account_id=AccountId(other[1]))
        if owner == other:
            assert VAULT.open(row).api_key.reveal() == "canary-api-key"
        else:
            with pytest.raises(WrongKeyFile):
                VAULT.open(row)


def test_an_older_key_still_opens_and_new_rows_name_the_active_one() -> None:
    older = sealed(vault=AesCredentialVault(OLD_KEYS))
    assert (older.key_id, sealed().key_id) == ("old", "new")
    assert VAULT.open(older).api_secret.reveal() == "canary-api-secret"
    with pytest.raises(WrongKeyFile, match="sealed by key new, which the key file has not"):
        AesCredentialVault(OLD_KEYS).open(sealed())
    with pytest.raises(WrongKeyFile, match="does not open"):
        VAULT.open(replace(older, key_id="new"))


def test_nothing_prints_or_pickles_a_secret() -> None:
    row = sealed()
    opened = VAULT.open(row)
    for shown in (repr(row), str(row), repr(opened), str(opened), f"{opened}", repr(KEYS), repr(VAULT)):
        assert "canary" not in shown
        assert "nnnn" not in shown
        assert base64.b64encode(b"n" * 32).decode() not in shown
    assert {field.name for field in fields(row) if not field.repr} >= set(ENVELOPES)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(opened)


def test_a_key_file_has_comments_and_its_first_key_is_active() -> None:
    key = base64.b64encode(bytes(range(32))).decode()
    keys = KeyFile.parse(f"# one\n\n  a-1:{key}  \n# two\nb_2:{key}\n")
    assert (keys.active, keys.keys) == ("a-1", {"a-1": bytes(range(32)), "b_2": bytes(range(32))})


KEY = base64.b64encode(b"s3cret-key-encryption-key-bytes!").decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no key in it"),
        ("# only words\n", "no key in it"),
        (KEY, "line 1 is not id:base64"),
        (f"a:{KEY}\nb:{KEY[:-4]}", "line 2 is not id:base64"),
        (f"a:{KEY}\n\na:{KEY}", "line 3 repeats an id"),
        (f"a b:{KEY}", "line 1 is not id:base64"),
        (f"{'a' * 33}:{KEY}", "line 1 is not id:base64"),
        (f"a:{KEY[:20]}!{KEY[21:]}", "line 1 is not id:base64"),
    ],
)
def test_a_malformed_key_file_is_refused_by_line_without_quoting_it(text: str, words: str) -> None:
    with pytest.raises(WrongKeyFile, match=words) as caught:
        KeyFile.parse(text, origin="key file x")
    assert str(caught.value).startswith("key file x: ")
    assert KEY[:12] not in str(caught.value)

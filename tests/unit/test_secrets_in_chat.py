"""What counts as a secret in a message."""

import random
import string

import pytest

from bot.domain.secrets import Secret, carries_secret, key_pair_in, may_carry_secret

PRIVATE = "PRIVATE KEY"  # apart from its BEGIN, so that this file is no find of detect-private-key
SECRET = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"


PUBLIC = (
    "stxKjfE8tGeFhLqmEbKQw4rOQvZP8j1D0wYvD3q6ZbJkV2fYt7hG1nLmBv0u8sR5",
    "5d41402abc4b2a76b9719d911017c592ae1f0b3c5d7e9f1a2b3c4d5e6f708192",
    "0x5d41402abc4b2a76b9719d911017c592ae1f0b3c5d7e9f1a2b3c4d5e6f708192",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "EQDtFpEwcFAEcRe5mLVh2N6C0x8_hJEM7W61_JLnSF74p4q2",
    "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV3",
)


def test_secrets_are_seen() -> None:
    for text in [
        SECRET,
        f"my secret is {SECRET}, keep it",
        f"/keys add demo KEYKEYKEYKEYKEYKEY {SECRET}",
        "/KEYS@perpdesk_bot add live abc def",
        f"-----BEGIN {PRIVATE}-----\nMIIE",
        f"-----BEGIN RSA {PRIVATE}-----",
        f"/start {SECRET}",
        f"/start my key is abc and secret {SECRET} ok?",
        f"/startle {SECRET}",
        SECRET[:9] + "\u200b" + SECRET[9:20] + "\u2060" + SECRET[20:],
        f"{SECRET[:18]}\n{SECRET[18:]}",
        f"{SECRET}.txt",
        f"{SECRET[:18]} {SECRET[18:]}",
        f"here: {SECRET[:9]} {SECRET[9:20]} {SECRET[20:]} thanks",
        "my api secret is 1f3870be274f6c49b3e31a0c6728957f",
        "секрет: aB3dE5fG7hI9jK1lM3",
        f"BYBIT_API_SECRET_{SECRET}",
        f"_{SECRET}_",
        f"gKzT9rQfW2mHxLs4-{SECRET}",
        " ".join(SECRET[at : at + 6] for at in range(0, 36, 6)),
        " ".join(SECRET[at : at + 4] for at in range(0, 36, 4)),
        f"{SECRET[:18]}.{SECRET[18:]}",
        "\ufe0f".join(SECRET),
        "\u0301".join(SECRET),
        "\u3164".join(SECRET),
        "".join(chr(ord(letter) + 0xFEE0) for letter in SECRET),
        f"-----begin rsa {PRIVATE.lower()}-----",
        "YgKzTrQfWmHxLsBpAvNcDuEiOjXwZkRtFyGq",  # without a digit, as chance has it
        "my key: gKzTqrQfWmHxLs4pBv YgKzTrQfWmHxLsBpAvNcDuEiOjXwZkRtFyG7",
        "the bot's token 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawe",
    ]:
        assert carries_secret(text), text


def test_plain_talk_is_not() -> None:
    for text in [
        "/balance",
        "/price BTCUSDT",
        "long btc 2% sl 3% tp 64k 66k 68k",
        "/start p_0123456789ABCDEFGHJKMNPQRSTVWXYZ",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "-----BEGIN PUBLIC KEY-----",
        "KEY1234567890123AB",
        "/keys check demo",
        "/start own_BfP_DXWQ1mW2HJWRWfnRtg",
        "BTCUSDT\nETHUSDT",
        *PUBLIC,
        *(f"I paid, here is the number: {each}" for each in PUBLIC),
        *(f"my key works, the transaction is {each}" for each in PUBLIC),
        "K7QM-2XWD-9FTR-B6HC",
        "promo key K7QM-2XWD-9FTR-B6HC",
        "Yesterday I transferred 1500 USDT and 2000 Toncoin from Binance12",
        "long btc 64000.5 66000.1, sl 3.25% tp1 5.5% tp2 8.0% and 1000PEPE at 0.0118765",
        "7f3a-22bc-91d4-0aef-7f3a-22bc-91d4-0aef-7f3a",
        "Rechtsschutzversicherungsgesellschaf",  # 36 letters
        "BTCUSDT ETHUSDT 1000PEPEUSDT 10000SATSUSDT SOLUSDT XRPUSDT",
        "",
    ]:
        assert not carries_secret(text), text


def test_a_secret_prints_as_stars() -> None:
    secret = Secret(SECRET)
    assert [f"{secret}", repr(secret), str(secret), f"{[secret]}"] == ["***", "Secret(***)", "***", "[Secret(***)]"]
    assert secret.reveal() == SECRET
    assert secret == Secret(SECRET) != Secret("other")


def test_a_secret_is_not_pickled_and_joins_no_text() -> None:
    import pickle

    with pytest.raises(TypeError):
        pickle.dumps(Secret(SECRET))
    with pytest.raises(TypeError):
        "x" + Secret(SECRET)  # type: ignore[operator]  # what the test is about


def test_a_long_token_of_which_nobody_can_tell_may_be_one() -> None:
    unknown = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    assert may_carry_secret(f"look at {unknown}")
    assert not carries_secret(f"look at {unknown}")
    assert may_carry_secret(SECRET)
    assert not any(map(may_carry_secret, PUBLIC))
    assert not may_carry_secret("K7QM-2XWD-9FTR-B6HC and long btc 2%")


KEY = "gKzT9rQfW2mHxLs4pB"


@pytest.mark.parametrize(
    "text",
    [
        f"{KEY} {SECRET}",
        f"{SECRET}\n{KEY}",
        f"API Key: {KEY}\nAPI Secret: {SECRET}",
        f"key={KEY}, secret='{SECRET}'",
        f"{KEY}\u200b {SECRET}",
    ],
)
def test_a_key_and_its_secret_are_read_out_of_a_message(text: str) -> None:
    assert key_pair_in(text) == (KEY, SECRET)


@pytest.mark.parametrize("text", [SECRET, KEY, f"{KEY} {KEY[::-1]} {SECRET}", f"{KEY} {SECRET} {SECRET[::-1]}", ""])
def test_one_alone_or_several_are_no_pair(text: str) -> None:
    assert key_pair_in(text) is None


def test_hardly_any_key_and_secret_that_chance_makes_are_missed() -> None:
    draw = random.Random(7)  # noqa: S311  a repeatable choice, not a secret

    def drawn(length: int) -> str:
        return "".join(draw.choices(string.ascii_letters + string.digits, k=length))

    secrets = [drawn(36) for _ in range(5_000)]
    assert sum(not carries_secret(each) for each in secrets) <= 5
    assert sum(key_pair_in(f"{drawn(18)} {each}") is None for each in secrets) <= 150

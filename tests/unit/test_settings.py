"""Settings: strict, documented, without secrets in sight."""

from pathlib import Path

import pytest

from bot.domain.licensing import LicenseType
from bot.settings import Settings, SettingsError, describe, load

ROOT = Path(__file__).parents[2]


def test_fixed_names_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERPDESK_OWNER_IDS", "1000, 1001")
    monkeypatch.setenv("PERPDESK_DATABASE", "x.sqlite3")
    monkeypatch.setenv("PERPDESK_STATS_PORT", "9000")
    settings = load()
    assert settings.owner_ids == {1000, 1001}
    assert settings.database == Path("x.sqlite3")
    assert (settings.stats_host, settings.stats_port) == ("127.0.0.1", 9000)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PERPDESK_STATS_PRT", "1", "did you mean PERPDESK_STATS_PORT?"),
        ("PERPDESK_TELEGRAM_TOKN", "1", "did you mean PERPDESK_TELEGRAM_TOKEN?"),
        ("PERPDESK_STATS_PORT", "99999", "PERPDESK_STATS_PORT"),
        ("PERPDESK_OWNER_IDS", "anna", "numeric Telegram ids"),
        ("PERPDESK_OWNER_IDS", "1000,99999999999999999999", "give people's Telegram ids"),
        ("PERPDESK_TELEGRAM_TOKEN", "42:canary of two", "as @BotFather gave it"),
        ("PERPDESK_TELEGRAM_TOKEN", "42:канарейка", "as @BotFather gave it"),
        ("PERPDESK_TELEGRAM_TOKEN", "42:canary/getMe?", "as @BotFather gave it"),
        ("PERPDESK_TELEGRAM_TOKEN_FILE", "/proc/self/exe", "/proc/self/exe is no text"),
        ("PERPDESK_STATS_HOST", "0.0.0.0", "PERPDESK_STATS_TOKEN"),  # noqa: S104  refused is the point
        ("PERPDESK_BYBIT_API_URL", "bybit", "http://127.0.0.1:8766"),
        ("PERPDESK_TELEGRAM_TOKEN_FILE", "/nowhere/token", "/nowhere/token"),
        ("PERPDESK_BYBIT_API_URL", "http://127.0.0.1:1/path", "without the path /path"),
        ("PERPDESK_TELEGRAM_API_URL", "http://127.0.0.1:1/x/y", "without the path /x/y"),
        ("PERPDESK_CACHE", '{"foo": {"ttl": 1}}', "no cache region is called 'foo'"),
        ("PERPDESK_CACHE", "{", "JSON"),
        ("PERPDESK_PRICES", '{"premium": {"6": 25001}}', "Telegram's invoice takes (25000)"),
        ("PERPDESK_PRICES", '{"basic": {"1": -5}}', "PERPDESK_PRICES: basic 1"),
        ("PERPDESK_PRICES", '{"gold": {"1": 5}}', "'basic' or 'premium'"),
        ("PERPDESK_PRICES", '{"basic": {"2": 5}}', "'1', '3', '6' or '12'"),
        ("PERPDESK_PRICES", '{"basic": {"1": 1.5}}', "integer"),
        ("PERPDESK_CACHE", '{"balance": {"tttl": 1}}', "TTTL"),
        ("PERPDESK_TELEGRAM_PROXY", "ftp://h:1", "PERPDESK_TELEGRAM_PROXY: give an address such as socks5://"),
        ("PERPDESK_WEBHOOK_URL", "https://bot.example.org", "give an address with a path, such as https://bot"),
        ("PERPDESK_WEBHOOK_URL", "https://bot.example.org/t?x=1", "give an address with a path"),
        ("PERPDESK_WEBHOOK_URL", "http://bot.example.org/telegram", "Telegram calls https on the ports 443, 80, 88"),
        ("PERPDESK_WEBHOOK_URL", "https://bot.example.org:444/telegram", "Telegram calls https on the ports"),
        ("PERPDESK_STATS_TOKEN", "a token\nanother", "PERPDESK_STATS_TOKEN: give one line"),
        ("PERPDESK_WEBHOOK_SECRET", "too short", "give 16 to 256 letters, digits, _ and -"),
        ("PERPDESK_BYBIT_PROXY", "socks5://h", "socks5://user:password@127.0.0.1:1080"),
        ("PERPDESK_BYBIT_PROXY", "http://h:1/path", "http://127.0.0.1:3128"),
        ("PERPDESK_LOG_LEVEL", "loud", "PERPDESK_LOG_LEVEL"),
        ("PERPDESK_DATABASE", ".", "PERPDESK_DATABASE: give a path"),
        ("PERPDESK_BACKUPS", "/", "PERPDESK_BACKUPS: give a path"),
        ("PERPDESK_CONFIG", "nowhere.toml", "nowhere.toml"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as wrong:
        load()
    assert words in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_proxy_is_a_secret_with_its_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERPDESK_BYBIT_PROXY", "socks5://anna:hush%40hush@127.0.0.1:1080")
    settings = load()
    assert {"hush@hush", "socks5://anna:hush%40hush@127.0.0.1:1080"} <= set(settings.secrets)
    assert "hush" not in f"{settings!r} {describe(settings)}"
    monkeypatch.setenv("PERPDESK_BYBIT_PROXY", "socks5://anna:hush@127.0.0.1")
    with pytest.raises(SettingsError) as wrong:
        load()
    assert "hush" not in str(wrong.value)
    monkeypatch.setenv("PERPDESK_BYBIT_PROXY", " ")
    assert load().bybit_proxy is None


def test_a_file_is_read_below_the_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("perpdesk.toml").write_text("stats_port = 9001\nowner_ids = [5]\n[cache.balance]\nttl = 7\n")
    monkeypatch.setenv("PERPDESK_STATS_PORT", "9002")
    settings = load(overrides={"log_format": "json"})
    assert (settings.stats_port, settings.owner_ids, settings.log_format) == (9002, frozenset({5}), "json")
    assert settings.cache["balance"].ttl == 7


def test_one_owner_is_an_id_or_a_list_of_one(tmp_path: Path) -> None:
    config = tmp_path / "a.toml"
    config.write_text("\ufeffowner_ids = 5\n", encoding="utf-8")  # as Windows' editors begin a file
    assert load(config=config).owner_ids == {5}
    config.write_text("owner_ids = [-1001234]\n")
    with pytest.raises(SettingsError, match="a negative one is a group's"):
        load(config=config)


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As compose files hand on what the shell does not have."""
    monkeypatch.chdir(tmp_path)
    usual = load()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"PERPDESK_{name.upper()}", "")
    assert load() == usual
    Path("perpdesk.toml").write_text("backups = ''\n")
    with pytest.raises(SettingsError, match="PERPDESK_BACKUPS: give a path"):
        load()


def test_an_unknown_key_of_the_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("perpdesk.toml").write_text("databse = 'x'\n")
    with pytest.raises(SettingsError, match="did you mean database"):
        load()


def test_a_secret_comes_from_its_file_and_not_from_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("token").write_text("42:canary\n")
    monkeypatch.setenv("PERPDESK_TELEGRAM_TOKEN_FILE", "token")
    token = load().telegram_token
    assert token is not None
    assert token.get_secret_value() == "42:canary"
    monkeypatch.setenv("PERPDESK_TELEGRAM_TOKEN", " 43:other\n")
    with pytest.raises(SettingsError, match="keep one"):
        load()


def test_secrets_are_shown_as_stars(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "KEY", "STATS_TOKEN"):
        monkeypatch.setenv(f"PERPDESK_{name}", "canary-canary")
    settings = load()
    shown = describe(settings)
    assert [name for name, _ in shown] == list(Settings.model_fields)
    assert "canary" not in f"{shown}{settings!r}{settings}{settings.model_dump()}"
    assert dict(shown)["telegram_token"] == "***"


def test_demo_is_a_prefix_where_both_addresses_are_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load().demo_api_url == "https://api-demo.bybit.com"
    monkeypatch.setenv("PERPDESK_BYBIT_API_URL", "http://127.0.0.1:8767/")
    monkeypatch.setenv("PERPDESK_BYBIT_DEMO_API_URL", "http://127.0.0.1:8767")
    assert load().demo_api_url == "http://127.0.0.1:8767/demo"


def test_what_is_sold_is_what_the_settings_price(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert {each.months for each in load().price_list.of_type(LicenseType.PREMIUM)} == {1, 3, 6, 12}
    assert load(overrides={"prices": {}}).price_list.is_empty
    Path("perpdesk.toml").write_text("[prices.basic]\n1 = 2000\n3 = 6750\n12 = 0\n")
    listed = load().price_list.of_type(LicenseType.BASIC)
    assert [(each.months, each.stars) for each in listed] == [(1, 2_000), (3, 6_750)]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"`PERPDESK_{name.upper()}`" in text, name
        if not field.is_required() and isinstance(field.default, int | str) and not isinstance(field.default, bool):
            row = next(line for line in text.splitlines() if f"`PERPDESK_{name.upper()}`" in line)
            assert f"`{field.default}`" in row, f"{name}: the documented default differs"

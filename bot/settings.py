"""Every setting, from PERPDESK_* variables, a TOML file and *_FILE secrets; nothing else reads the environment.

A variable wins over the file. An unknown key is refused with the nearest known one.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.exceptions import SettingsError as UnreadableSetting
from yarl import URL

from bot.domain.ids import DAY_S
from bot.domain.licensing import LicenseType
from bot.domain.offers import PriceList
from bot.domain.secrets import Secret
from bot.setting_addresses import checked_address, checked_webhook, is_loopback, is_proxy
from cache.policy import policies

PREFIX: Final = "PERPDESK_"
DEFAULT_CONFIG: Final = Path("perpdesk.toml")
STATE: Final = Path(".perpdesk")
USUAL_PRICES: Final[Mapping[Literal["basic", "premium"], Mapping[Literal["1", "3", "6", "12"], int]]] = {
    "basic": {"1": 2_500, "3": 6_750, "6": 12_000, "12": 21_000},  # Stars by months
    "premium": {"1": 5_000, "3": 13_500, "6": 24_000, "12": 42_000},
}
BYBIT_API_URL: Final = "https://api.bybit.com"
_SECRETS: Final = ("telegram_token", "key", "webhook_secret", "stats_token", "telegram_proxy", "bybit_proxy")
_BOT_TOKEN: Final = re.compile(r"[A-Za-z0-9:_-]+")  # stands in the address of each call
_USER_IDS_END: Final = 1 << 52  # core.telegram.org/bots/api#user
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")  # Telegram takes shorter ones, too
_CONFIG_VARIABLE: Final = PREFIX + "CONFIG"


class SettingsError(Exception):
    """A setting is wrong; the text is one line that says which and what to do. The process ends with code 78."""


class CacheOverride(BaseModel):
    """Another time to live (seconds) or capacity (entries) for one cache region."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ttl: float | None = Field(default=None, gt=0, le=DAY_S)
    capacity: int | None = Field(default=None, ge=1, le=1_000_000)


class Settings(BaseSettings):
    """All settings with their defaults; docs/settings.md describes each, and a test compares."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    bybit_api_url: str = BYBIT_API_URL
    bybit_stream_url: str = "wss://stream.bybit.com"
    bybit_demo_api_url: str = "https://api-demo.bybit.com"
    bybit_demo_stream_url: str = "wss://stream-demo.bybit.com"
    telegram_proxy: SecretStr | None = None
    bybit_proxy: SecretStr | None = None
    bybit_family: Literal["ipv4", "ipv6"] = "ipv4"
    bybit_requests_per_second: int = Field(default=80, ge=1, le=100_000)
    trade_live: bool = False
    database: Path = STATE / "perpdesk.sqlite3"
    disk_reserve_mb: int = Field(default=64, ge=0, le=10_240)
    key_file: Path = STATE / "perpdesk.key"
    key: SecretStr | None = None
    backups: Path | None = None
    backup_recipient: Path | None = None
    backup_hook: str | None = None
    backup_max_bytes: int = Field(default=20_000_000_000, ge=1)
    journal: Path | None = None
    owner_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    egress_ip: str | None = None
    require_bound_ip: bool = False
    webhook_url: str | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8768, ge=0, le=65_535)
    webhook_secret: SecretStr | None = None
    stats_host: str = "127.0.0.1"
    stats_port: int = Field(default=8765, ge=0, le=65_535)
    stats_token: SecretStr | None = None
    cache: Mapping[str, CacheOverride] = Field(default_factory=dict)
    prices: Mapping[Literal["basic", "premium"], Mapping[Literal["1", "3", "6", "12"], int]] = Field(
        default_factory=lambda: USUAL_PRICES
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        if isinstance(value, str):
            parts = [part.strip() for part in value.split(",") if part.strip()]
            if not all(part.isascii() and part.isdigit() for part in parts):
                raise ValueError("give numeric Telegram ids with commas between them, such as 1000,1001")
            return frozenset(map(int, parts))
        return [value] if isinstance(value, int) else value

    @field_validator("owner_ids")
    @classmethod
    def _of_people(cls, value: frozenset[int]) -> frozenset[int]:
        if not all(0 < each < _USER_IDS_END for each in value):
            raise ValueError("give people's Telegram ids, such as 1000: a negative one is a group's")
        return value

    @field_validator("database", "key_file", "backups", "backup_recipient", "journal")
    @classmethod
    def _named(cls, value: Path | None) -> Path | None:
        if value is not None and not value.name:
            raise ValueError(f"give a path; {value} names no file and no folder of its own")
        return value

    @field_validator("telegram_token", "webhook_secret", "stats_token")
    @classmethod
    def _not_blank(cls, value: SecretStr | None) -> SecretStr | None:
        given = "" if value is None else value.get_secret_value().strip()
        if not given.isprintable():
            raise ValueError("give one line: no header and no address can carry the rest")
        return SecretStr(given) if given else None

    @field_validator("telegram_token")
    @classmethod
    def _in_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _BOT_TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("give the token as @BotFather gave it, such as 123456789:AAE…, and nothing else")
        return value

    @field_validator("telegram_api_url", "bybit_api_url", "bybit_demo_api_url")
    @classmethod
    def _http(cls, value: str, info: ValidationInfo) -> str:
        return checked_address(value, ("http", "https"), info.field_name)

    @field_validator("bybit_stream_url", "bybit_demo_stream_url")
    @classmethod
    def _stream(cls, value: str, info: ValidationInfo) -> str:
        return checked_address(value, ("ws", "wss", "http", "https"), info.field_name)

    @field_validator("telegram_proxy", "bybit_proxy")
    @classmethod
    def _proxy(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is not None and is_proxy(value.get_secret_value().strip()) else None

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, value: str | None) -> str | None:
        return checked_webhook(value.strip()) if value and value.strip() else None

    @field_validator("webhook_secret")
    @classmethod
    def _header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("give 16 to 256 letters, digits, _ and -, as Telegram takes them")
        return value

    @field_validator("egress_ip")
    @classmethod
    def _ip(cls, value: str | None) -> str | None:
        return str(ipaddress.ip_address(value)) if value else None

    @field_validator("prices")
    @classmethod
    def _sellable(cls, value: Mapping[Any, Mapping[Any, int]]) -> Mapping[Any, Mapping[Any, int]]:
        PriceList(_prices(value))
        return value

    @field_validator("cache")
    @classmethod
    def _known_regions(cls, value: Mapping[str, CacheOverride]) -> Mapping[str, CacheOverride]:
        policies({name: (override.ttl, override.capacity) for name, override in value.items()})
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _guarded(self) -> "Settings":
        if self.stats_token is None and not is_loopback(self.stats_host):
            raise ValueError(
                f"stats_host {self.stats_host} can be reached from other machines: set {PREFIX}STATS_TOKEN, "
                "or leave the sidecar on 127.0.0.1"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over what `load` read from files."""
        return env_settings, init_settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in the settings that must stand in no log, passwords of proxies by themselves too."""
        given = [getattr(self, name) for name in _SECRETS]
        texts = [each.get_secret_value() for each in given if each is not None]
        proxies = [each.get_secret_value() for each in (self.telegram_proxy, self.bybit_proxy) if each is not None]
        return (*texts, *(password for each in proxies if (password := URL(each).password)))

    @property
    def price_list(self) -> PriceList:
        """What is sold; nothing where `prices` are empty."""
        return PriceList(_prices(self.prices))

    @property
    def backup_folder(self) -> Path:
        """Where copies of the database go."""
        return self.backups or self.database.with_suffix(".backups")

    @property
    def recipient_file(self) -> Path:
        """The public key of the offline recipient."""
        return self.backup_recipient or self.key_file.with_suffix(".recipient")

    @property
    def journal_folder(self) -> Path:
        """Where removals, births and ledger rows are written down beside the database."""
        return self.journal or self.database.with_suffix(".journal")

    @property
    def demo_api_url(self) -> str:
        """Bybit's demo host; where it is the live one's address, that is a stand-in and demo is its prefix."""
        return _demo(self.bybit_demo_api_url, self.bybit_api_url)

    @property
    def demo_stream_url(self) -> str:
        return _demo(self.bybit_demo_stream_url, self.bybit_stream_url)


def load(*, config: Path | None = None, overrides: Mapping[str, Any] | None = None, is_new: bool = False) -> Settings:
    """Read everything. `overrides` stand below the variables, above the file; `is_new`: there is no file yet.

    Raises SettingsError.
    """
    _refuse_unknown_variables()
    values = {**({} if is_new else _from_toml(config)), **_from_secret_files(), **(overrides or {})}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    except UnreadableSetting as error:
        raise SettingsError(f"{error}: give JSON, or use the settings file") from None


def config_path() -> Path:
    """The settings file that PERPDESK_CONFIG names, or the one in the working folder."""
    return Path(os.environ.get(_CONFIG_VARIABLE) or DEFAULT_CONFIG)


def environment_with(values: Mapping[str, object]) -> dict[str, str]:
    """The environment of a child process that is to have these settings, by their names in `Settings`."""
    return {**os.environ, **{PREFIX + name.upper(): str(value) for name, value in values.items()}}


def clean_environment() -> dict[str, str]:
    """The environment of a child process that is to know none of our variables, secrets among them."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def notify_socket() -> str | None:
    """Where the service manager listens (sd_notify(3)), if one has started us. Its children are not to speak for us."""
    return os.environ.pop("NOTIFY_SOCKET", None)


def describe(settings: Settings) -> tuple[tuple[str, str], ...]:
    """(name, value) of every setting in order, secrets as ***."""
    return tuple((name, _shown(getattr(settings, name))) for name in Settings.model_fields)


def revealed(secret: SecretStr | None) -> Secret | None:
    """As the parts take it that know no pydantic."""
    return None if secret is None else Secret(secret.get_secret_value())


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {override}" for name, override in value.items())
    return "" if value is None else str(value)


def _known_variables() -> frozenset[str]:
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    files = {f"{PREFIX}{name.upper()}_FILE" for name in _SECRETS}
    return frozenset(names | files | {_CONFIG_VARIABLE})


def _refuse_unknown_variables() -> None:
    known = _known_variables()
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"unknown setting {name}{_did_you_mean(name.upper(), known)}")


def _from_toml(config: Path | None) -> dict[str, Any]:
    path = config or config_path()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if path == DEFAULT_CONFIG and config is None:
            return {}
        raise SettingsError(f"the settings file {path} does not exist: make it with `perpdesk init`") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error}") from None
    for name in values:
        if name not in Settings.model_fields:
            raise SettingsError(f"unknown setting {name} in {path}{_did_you_mean(name, Settings.model_fields)}")
    return values


def _from_secret_files() -> dict[str, str]:
    found = {}
    for name in _SECRETS:
        variable = f"{PREFIX}{name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if not path or name == "key":  # PERPDESK_KEY_FILE is a setting of its own
            continue
        if os.environ.get(variable):
            raise SettingsError(f"both {variable} and {variable}_FILE are set: keep one of them")
        try:
            found[name] = Path(path).read_text(encoding="utf-8-sig").strip()
        except OSError as error:
            raise SettingsError(f"{variable}_FILE: {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise SettingsError(f"{variable}_FILE: {path} is no text: it holds the value alone, as UTF-8") from None
    return found


def _prices(prices: Mapping[Any, Mapping[Any, int]]) -> dict[LicenseType, dict[int, int]]:
    return {
        LicenseType(name): {int(months): stars for months, stars in listed.items()} for name, listed in prices.items()
    }


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    nearest = get_close_matches(name, list(known), n=1, cutoff=0.4)
    return f": did you mean {nearest[0]}?" if nearest else ""


def _demo(demo: str, live: str) -> str:
    return f"{demo}/demo" if demo == live else demo


def _one_line(error: ValidationError) -> str:
    """The first fault, without the value: it may be a secret."""
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, fault["loc"]))
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{where.upper()}: {message}" if where else message

"""Cities by their names in three languages, for the time zones that people name and are shown.

Names of the zones' own cities are Unicode's (CLDR, by Babel); large cities that are no zone of their own stand here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from babel import Locale

from bot.domain.time_zones import UTC_NAME, fixed_name
from bot.domain.users import Language

# CLDR keeps the first name that a zone had; these are the ones that IANA writes today.
_TODAY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
        "America/Godthab": "America/Nuuk",
        "Asia/Calcutta": "Asia/Kolkata",
        "Asia/Katmandu": "Asia/Kathmandu",
        "Asia/Rangoon": "Asia/Yangon",
        "Asia/Saigon": "Asia/Ho_Chi_Minh",
        "Atlantic/Faeroe": "Atlantic/Faroe",
        "Europe/Kiev": "Europe/Kyiv",
        "Pacific/Truk": "Pacific/Chuuk",
        "Pacific/Ponape": "Pacific/Pohnpei",
    }
)
_MORE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Europe/Moscow": "msk, мск, спб, питер, санкт-петербург, saint petersburg, st petersburg, петербург, казань, "
        "kazan, сочи, sochi, краснодар, ростов-на-дону, нижний новгород, воронеж",
        "Europe/Kyiv": "kiev, kyiv, eet, харьков, харків, kharkiv, львов, львів, lviv, одесса, одеса, odesa, odessa, "
        "днепр, дніпро, dnipro, запорожье, запоріжжя, винница, вінниця",
        "Europe/Berlin": "cet, munich, мюнхен, frankfurt, франкфурт, hamburg, гамбург, cologne, кёльн, кельн",
        "Europe/Madrid": "barcelona, барселона, valencia, валенсия, валенсія",
        "Europe/Rome": "milan, милан, мілан",
        "Europe/Zurich": "geneva, женева",
        "Europe/London": "gb, uk, лондон, manchester, манчестер",
        "Europe/Warsaw": "krakow, краков, краків, wroclaw, вроцлав, gdansk, гданьск, гданськ",
        "Asia/Dubai": "abu dhabi, абу-даби, абу-дабі",
        "Asia/Jerusalem": "tel aviv, тель-авив, тель-авів, haifa, хайфа",
        "Asia/Kolkata": "india, mumbai, мумбаи, мумбаї, delhi, дели, делі, bangalore, goa, гоа",
        "Asia/Shanghai": "beijing, пекин, пекін, shenzhen, шэньчжэнь, шеньчжень",
        "Asia/Tokyo": "jst, osaka, осака",
        "Asia/Hong_Kong": "hkt",
        "Asia/Singapore": "sgt",
        "Asia/Almaty": "astana, астана, алма-ата",
        "Asia/Makassar": "bali, бали, балі, denpasar",
        "Asia/Bangkok": "phuket, пхукет, pattaya, паттайя, паттая",
        "America/New_York": "est, edt, et, nyc, miami, майами, маямі, boston, бостон, washington, вашингтон, atlanta",
        "America/Chicago": "cst, cdt, ct, dallas, даллас, houston, хьюстон, austin",
        "America/Los_Angeles": "pst, pdt, pt, la, san francisco, сан-франциско, seattle, сиэтл, las vegas, лас-вегас",
        "America/Sao_Paulo": "rio de janeiro, рио-де-жанейро, ріо-де-жанейро",
    }
)


def zone_label(time_zone: str, language: Language) -> str:
    """Kyiv or Киев for Europe/Kyiv, UTC+3 for an offset."""
    fixed = fixed_name(time_zone)
    if fixed is not None:
        return fixed
    return _NAMES[language].get(time_zone) or time_zone.rpartition("/")[2].replace("_", " ")


def zone_of_city(typed: str) -> str | None:
    """The zone of a city, in any of the languages and any letter case, or of a usual short word; None: not known."""
    return _ZONES.get(_folded(typed))


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").replace("-", " ").replace("_", " ").replace("’", "'").split())


def _names(language: Language) -> Mapping[str, str]:
    zones = Locale(language.value).time_zones
    return {_TODAY.get(zone, zone): str(names["city"]) for zone, names in zones.items() if "city" in names}


_NAMES: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType({each: _names(each) for each in Language})
_ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {_folded(city): zone for names in _NAMES.values() for zone, city in names.items()}
    | {_folded(city): zone for zone, cities in _MORE.items() for city in cities.split(",")}
    | {"utc": UTC_NAME, "gmt": UTC_NAME}
)

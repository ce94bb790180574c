"""Proof that tests see what they are for: each mutant of `mutants` runs in a process of its own and must turn one red.

The mutated module is put in place of the file by an import hook; no file changes. Before, the same tests must be green.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from ops.campaigns import mutants
from ops.campaigns.mutant_imports import ROOT, put_in_place
from ops.campaigns.mutants import Mutant
from ops.campaigns.report import Report

SMALL: Final = (
    mutants.NO_EVICTION,
    mutants.KEEPS_SUPERSEDED,
    "bot/wiring/reads.py: reads.invalidate is not told of commits",
)
_WIRING: Final = "tests/integration/test_wiring.py::test_"
_LIFE: Final = "tests/integration/test_wiring_life.py"
_FRESH: Final = "tests/integration/test_fresh_reads.py"
_EVENTS: Final = (
    _FRESH,
    "tests/integration/test_services_key_watch.py::test_a_key_is_looked_at_once_a_day",
    "tests/integration/test_handlers_privacy.py::test_the_caches_forget_with_the_tables",
    "tests/integration/test_storage_events.py",
)
_STREAMS: Final = ("tests/integration/test_streams_wiring.py",)
_PROCESS: Final = (f"{_WIRING}the_process_serves_where_the_settings_say",)
_LISTENER: Final = (f"{_WIRING}who_is_spoken_to_chose_language_and_ring",)
_METRICS: Final = "tests/integration/test_process_metrics.py"
_SIDECAR: Final = (f"{_WIRING}the_sidecar_tells_of_chat_and_exchange_to_who_has_the_token",)
_BUDGET: Final = (f"{_WIRING}no_more_calls_than_the_budget_has",)
_PATIENCE: Final = (f"{_WIRING}bybit_is_given_as_much_time_as_it_is_tuned_to",)
_HOSTS: Final = (f"{_WIRING}bybit_is_called_where_the_settings_say",)
_WAKE: Final = (f"{_WIRING}a_commit_wakes_the_outbox", f"{_WIRING}a_support_message_wakes_the_outbox")
_OWNER_LINK: Final = (f"{_WIRING}an_owner_link_that_was_used_is_gone_after_a_restart",)
_BOUND: Final = (f"{_WIRING}an_address_that_must_be_bound_is_asked_for",)
_UNBOUND: Final = (f"{_WIRING}an_address_that_is_bound_no_more_is_told",)
# A piece of a mutant's name, and the tests that must see it; the first piece that fits counts.
Killers = tuple[tuple[str, tuple[str, ...]], ...]
_KILLERS: Final[Killers] = (
    ("cache/region.py:", ("tests/unit/test_cache_region.py", "tests/unit/test_cache_facade.py")),
    ("writer_busy_s", (f"{_LIFE}::test_an_open_transaction_and_lanes_that_stand_still_are_found_stuck",)),
    ("silent_s", (f"{_LIFE}::test_an_open_transaction_and_lanes_that_stand_still_are_found_stuck",)),
    ("webhook", ("tests/integration/test_chat_webhook.py",)),
    ("without family", ("tests/integration/test_addresses.py::test_a_name_is_called_over_one_family_alone",)),
    (" without connector", ("tests/integration/test_proxies.py",)),
    ("_proxy", ("tests/integration/test_proxies.py",)),
    (" does not ", _EVENTS),
    ("entries are dropped after the answer", (_FRESH,)),
    ("reads.invalidate is not told", (_FRESH,)),
    ("streams.py: Periodic", ("tests/integration/test_jobs.py",)),
    ("streams.job(", ("tests/integration/test_jobs.py",)),
    ("bot/wiring/streams.py:", _STREAMS),
    ("Entries without streams", ("tests/integration/test_order_sources.py",)),
    ("streams.problems", _STREAMS),
    ("StreamCollector", _STREAMS),
    ("portfolio.mark_stale is not told", ("tests/integration/test_services_portfolio.py",)),
    ("_evict, bybit) is not told", (f"{_WIRING}a_replaced_key_signs_the_next_call",)),
    ("(runtime.close)", (f"{_LIFE}::test_polling_ends_with_the_assembly",)),
    ("push_async_callback", (f"{_LIFE}::test_what_is_under_way_ends_with_the_assembly",)),
    ("_publish_commands", (_LIFE,)),
    ("RetentionRule", (f"{_LIFE}::test_old_rows_are_kept_as_long_as_people_were_told",)),
    ("runtime.problems) left out", (_LIFE,)),
    ("jobs.trouble) left out", (_LIFE,)),
    ("Collector", (_SIDECAR[0], "tests/integration/test_metrics_page.py")),
    ("Database.open without monotonic", (f"{_METRICS}::test_commits_checkpoints_and_sizes_of_the_database",)),
    ("loop_lag", _PROCESS),
    ("left out of its tuple", ("tests/integration/test_jobs.py", _LIFE)),
    ("are as good as", (f"{_LIFE}::test_stored_rows_are_as_good_as_their_region_says",)),
    ("a rate of one", (f"{_LIFE}::test_as_many_calls_as_the_settings_allow_pass_at_once",)),
    ("another randomness", (f"{_LIFE}::test_pauses_are_spread_by_the_randomness_from_outside",)),
    ("nobody is warmed", (_LIFE,)),
    ("Store without enqueued", _WAKE),
    ("owner_ids", (f"{_FRESH}::test_a_ban_and_its_end",)),
    (
        "alarms reach nobody",
        (
            "tests/integration/test_services_promo.py::test_fifty_wrong_tries_within_a_minute_are_told_to_every_admin_once",
        ),
    ),
    ("serve with", _PROCESS),
    ("assemble without", _PROCESS),
    ("TelegramRateLimiter without limits", (f"{_WIRING}after_floods_the_tuned_rate_is_kept_to",)),
    (
        "TelegramRateLimiter without held",
        ("tests/integration/test_chat_floods.py::test_an_answer_to_a_press_waits_for_no_flood",),
    ),
    ("Listener without", _LISTENER),
    ("owner_link", _OWNER_LINK),
    ("PinService without cost", (f"{_WIRING}a_pin_costs_what_it_is_tuned_to",)),
    ("Keys without require_bound_ip", _BOUND),
    ("Keys with the usual require_bound_ip", _BOUND),
    ("require_bound_ip", _UNBOUND),
    (
        "KeyWatch with the usual egress_ip",
        ("tests/integration/test_services_key_watch.py::test_a_key_bound_elsewhere_is_told_with_the_address",),
    ),
    (
        "egress_ip",
        (
            "tests/integration/test_handlers_keys.py::test_a_missing_ip_is_stored_with_a_warning_and_the_address_to_copy",
        ),
    ),
    ("bot/wiring/jobs.py:", ("tests/integration/test_jobs.py",)),
    ("ScreenReader without patience", (f"{_WIRING}a_screen_waits_as_long_as_it_is_tuned_to",)),
    ("resolve_patience", (f"{_WIRING}a_symbol_is_looked_up_as_long_as_it_is_tuned_to",)),
    ("price_list", (f"{_WIRING}prices_are_those_of_the_settings",)),
    ("the usual cache", (f"{_WIRING}a_region_lives_as_long_as_the_settings_say",)),
    ("open_bybit without limits", _BUDGET),
    ("requests_per_second", _BUDGET),
    ("Settlement without patience", _PATIENCE),
    ("Panic without patience", _PATIENCE),
    ("recv_window", _PATIENCE),
    ("bybit_api_url", _HOSTS),
    ("demo_api_url", _HOSTS),
    ("telegram_token", _LISTENER),
    ("RawApi with", (f"{_WIRING}the_handlers_are_those_of_the_table",)),
    ("telegram_api_url", (f"{_WIRING}telegram_is_called_where_the_settings_say",)),
    ("bot/wiring/sidecar.py:", (*_SIDECAR, "tests/integration/test_metrics_page.py")),
    ("KeyFile.parse without origin", (f"{_WIRING}a_key_that_is_none_is_named_by_its_setting",)),
    ("the usual key", _LISTENER),
    ("Database.open without check", (f"{_WIRING}a_benchmarks_file_may_go_unchecked",)),
    ("Database.open without driver", (f"{_WIRING}both_connections_are_of_the_class_from_outside",)),
    ("SqliteAccountQueries without clock", (f"{_WIRING}executions_are_as_old_as_the_clock_says",)),
    ("", ("tests/integration/test_wiring.py",)),  # a new one, until its test is named above
)
_RED: Final = 1  # pytest's exit codes
_PRELOADED: Final = (  # what takes time to import and is not ours; no plugin of pytest
    "aiohttp.web",
    "aiosqlite",
    "fluent.runtime",
    "orjson",
    "PIL.Image",
    "prometheus_client",
    "pydantic_settings",
    "telegram.ext",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One mutant with the tests that must see it; without a mutant the tests must be green."""

    mutant: Mutant | None
    tests: tuple[str, ...]


def run(*, names: Sequence[str] | None = None, only: str = "", processes: int = 2) -> Report:
    """Every mutant, or those of these names, or with `only` in theirs.

    Raises ValueError for a name that none has, and see `killers_of`.
    """
    started = time.monotonic()
    context = get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    with (
        tempfile.TemporaryDirectory(prefix="perpdesk-") as bytecode,
        context.Pool(processes, _share_bytecode, (bytecode,), maxtasksperchild=1) as pool,
    ):
        found = pool.apply(mutants.all_mutants, (ROOT,))
        tests = killers_of([each.name for each in found])
        runs = _runs([each for each in found if only in each.name], names, tests)
        failures = []
        for failure in filter(None, pool.imap_unordered(_try, runs)):
            print(failure, flush=True)
            failures.append(failure)
    seconds = time.monotonic() - started
    return Report(
        name="mutations", seed=0, seconds=seconds, cases=len(runs) - 1, steps=0, failures=tuple(sorted(failures))
    )


def _share_bytecode(folder: str) -> None:
    """What one process has compiled the next ones read, whatever the checkout holds."""
    sys.dont_write_bytecode, sys.pycache_prefix = False, folder


def _runs(found: list[Mutant], names: Sequence[str] | None, tests: Mapping[str, tuple[str, ...]]) -> list[_Run]:
    if names is not None:
        lost = set(names) - {mutant.name for mutant in found}
        if lost:
            raise ValueError(f"no such mutant: {', '.join(sorted(lost))}")
        found = [mutant for mutant in found if mutant.name in names]
    tried = [_Run(mutant=mutant, tests=tests[mutant.name]) for mutant in found]
    whole = dict.fromkeys(test for each in tried for test in each.tests)
    return [_Run(mutant=None, tests=tuple(whole)), *tried]


def killers_of(names: Sequence[str], killers: Killers = _KILLERS) -> dict[str, tuple[str, ...]]:
    """The tests that must see each mutant, by its name.

    Raises ValueError for a file of tests that does not exist (pytest would try others, whose red proves nothing), and
    for a piece that is the first to fit no mutant.
    """
    pieces = {name: next(piece for piece, _ in killers if piece in name) for name in names}
    idle = {piece for piece, _ in killers if piece} - set(pieces.values())
    if idle:
        raise ValueError(f"no mutant has this in its name: {', '.join(sorted(idle))}")
    files = {test.partition("::")[0] for _, tests in killers for test in tests}
    lost = [file for file in files if not (ROOT / file).is_file()]
    if lost:
        raise ValueError(f"no such file of tests: {', '.join(sorted(lost))}")
    by_piece = dict(killers)
    return {name: by_piece[piece] for name, piece in pieces.items()}


def _try(each: _Run) -> str | None:
    """In a process of its own: None if all is well, else what is wrong."""
    said = io.StringIO()
    os.chdir(ROOT)
    if each.mutant is not None:
        put_in_place(each.mutant.path, each.mutant.source)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        import pytest  # noqa: PLC0415  its plugins look at what was imported before them

        code = int(pytest.main(["-q", "-x", "--no-header", "-p", "no:cacheprovider", *each.tests]))
    if each.mutant is None:
        return None if code == 0 else f"without a mutant, the tests were not green:\n{said.getvalue()}"
    if code == _RED:
        return None
    if code == 0:
        return f"survived: {each.mutant.name}"
    return f"broken (pytest ended with {code}): {each.mutant.name}\n{said.getvalue()}"


def main() -> int:
    """Run them; 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="only those that `make test` tries")
    parser.add_argument("--only", help="those whose name has this in it")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    report = run(names=SMALL if given.small else None, only=given.only or "", processes=given.processes)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())

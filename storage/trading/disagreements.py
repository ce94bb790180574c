"""disagreements: where the exchange shows something else than was promised."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.disagreements import Disagreement, DisagreementEnd, DisagreementKind, LegFacts, NewDisagreement
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.payloads import decode, encode
from bot.domain.portfolio import LegKey
from storage.sqlite.codecs import Row, json_text, json_values
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

INSERT_DISAGREEMENT: Final = """
    INSERT INTO disagreements (kind, user_id, account_id, category, symbol, position_idx, plan_id, target, promised,
                               shown, opened_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
    RETURNING disagreement_id, kind, user_id, account_id, category, symbol, position_idx, plan_id, promised, shown,
              opened_ts, ended_ts, ended_how
"""
SHOWN_NOW: Final = """
    UPDATE disagreements SET shown = ?1
     WHERE account_id = ?2 AND category = ?3 AND symbol = ?4 AND position_idx = ?5 AND kind = ?6 AND target = ?7
       AND ended_ts IS NULL AND shown <> ?1
"""
SELECT_DISAGREEMENT: Final = """
    SELECT disagreement_id, kind, user_id, account_id, category, symbol, position_idx, plan_id, promised, shown,
           opened_ts, ended_ts, ended_how
      FROM disagreements WHERE disagreement_id = ?
"""
SELECT_DISAGREEMENTS_OF_LEG: Final = """
    SELECT disagreement_id, kind, user_id, account_id, category, symbol, position_idx, plan_id, promised, shown,
           opened_ts, ended_ts, ended_how
      FROM disagreements
     WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ? AND ended_ts IS NULL
"""
SELECT_DISAGREEMENTS_OF_ACCOUNT: Final = """
    SELECT disagreement_id, kind, user_id, account_id, category, symbol, position_idx, plan_id, promised, shown,
           opened_ts, ended_ts, ended_how
      FROM disagreements WHERE account_id = ? AND ended_ts IS NULL
"""
COUNT_DISAGREEMENTS: Final = "SELECT kind FROM disagreements INDEXED BY idx_disagreements_open WHERE ended_ts IS NULL"
END_DISAGREEMENT: Final = """
    UPDATE disagreements SET ended_ts = max(opened_ts, ?), ended_how = ?
     WHERE disagreement_id = ? AND ended_ts IS NULL
"""

_CATEGORIES: Final = {each.value: each for each in Category}


def disagreement_of(row: Row) -> Disagreement:
    """A row of SELECT_DISAGREEMENT and its likes."""
    return Disagreement(
        disagreement_id=row[0],
        kind=DisagreementKind(row[1]),
        user_id=row[2],
        leg=LegKey(
            account_id=AccountId(row[3]), category=_CATEGORIES[row[4]], symbol=Symbol(row[5]), position_idx=row[6]
        ),
        plan_id=row[7],
        promised=decode(LegFacts, json_values(row[8])),
        shown=decode(LegFacts, json_values(row[9])),
        opened_ts=row[10],
        ended_ts=row[11],
        end=None if row[12] is None else DisagreementEnd(row[12]),
    )


class SqliteDisagreements:
    """Implements `bot.domain.ports.disagreements.DisagreementRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def open(self, new: NewDisagreement, now: Millis) -> Disagreement | None:
        """The row; None where one of that leg, kind and target is open already, which shows what `new` shows then."""
        leg, shown, target = _leg(new.leg), json_text(encode(new.shown)), new.promised.target
        values = (new.kind.value, new.user_id, *leg, new.plan_id, target, json_text(encode(new.promised)), shown, now)
        rows = await self._transaction.fetch(INSERT_DISAGREEMENT, values)
        if rows:
            return disagreement_of(rows[0])
        await self._transaction.fetch(SHOWN_NOW, (shown, *leg, new.kind.value, target))
        return None

    async def open_of_leg(self, leg: LegKey) -> tuple[Disagreement, ...]:
        rows = await self._transaction.fetch(SELECT_DISAGREEMENTS_OF_LEG, _leg(leg))
        return tuple(map(disagreement_of, rows))

    async def end(self, disagreement_id: int, how: DisagreementEnd, now: Millis) -> None:
        await self._transaction.fetch(END_DISAGREEMENT, (now, how.value, disagreement_id))


class SqliteDisagreementQueries:
    """Implements `bot.domain.ports.disagreements.DisagreementQueries`; StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def disagreement(self, disagreement_id: int) -> Disagreement | None:
        rows = await self._database.fetch(SELECT_DISAGREEMENT, (disagreement_id,))
        return disagreement_of(rows[0]) if rows else None

    async def open_of_account(self, account_id: AccountId) -> Sequence[Disagreement]:
        """Oldest first."""
        rows = await self._database.fetch(SELECT_DISAGREEMENTS_OF_ACCOUNT, (account_id,))
        return sorted(map(disagreement_of, rows), key=lambda each: each.disagreement_id)

    async def open_by_kind(self) -> Mapping[DisagreementKind, int]:
        """How many stand of each kind, of everybody."""
        found = dict.fromkeys(DisagreementKind, 0)
        for (kind,) in await self._database.fetch(COUNT_DISAGREEMENTS, ()):
            found[DisagreementKind(kind)] += 1
        return found


def _leg(leg: LegKey) -> tuple[int, str, str, int]:
    return (leg.account_id, leg.category.value, leg.symbol, leg.position_idx)

"""Payments of the old bot: one row a charge, known to the reconciliation of Stars, so that none of them goes back."""

from collections.abc import Iterable
from typing import Final

from bot.domain.licensing import LicenseType
from ops.legacy.import_run import ImportRun
from ops.legacy.licenses import license_type_of
from ops.legacy.values import Row, amount_text, from_seconds, text, user_id, whole
from storage.legacy.imports import LegacyPayment

TABLE: Final = "payment_history"
_LONGEST_CHARGE: Final = 512
_LONGEST_PERIOD: Final = 1_000_000  # days; more is a number that nobody meant
_NEVER: Final = 2**63


async def take_payments(run: ImportRun) -> None:
    """All but the later copies of a charge; what of a row can't be read is empty."""
    booked: dict[str, int] = {}
    taken: list[LegacyPayment] = []
    for row in _earliest_first(run.source.rows(TABLE)):
        run.report.read(TABLE)
        payment = _payment(row)
        if payment.payer is not None and _is_of_trial(row):
            run.had_trial.add(payment.payer)
        charge = payment.charge_id
        if charge is not None and len(charge) > _LONGEST_CHARGE:
            run.report.drop(TABLE, payment.legacy_id, "no charge of Telegram has so long an id")
        elif charge is not None and charge in booked:
            run.report.drop(TABLE, payment.legacy_id, "the charge was booked before")
        elif charge is None and payment.payer is None:
            run.report.drop(TABLE, payment.legacy_id, "neither a charge nor a payer")
        else:
            if charge is not None:
                booked[charge] = payment.legacy_id
            run.report.take(TABLE, _changes(payment))
            taken.append(payment)
    await run.unit.legacy.add_payments(sorted(taken, key=lambda each: each.legacy_id))


def _earliest_first(rows: Iterable[Row]) -> list[Row]:
    def key(row: Row) -> tuple[int, int]:
        moment = from_seconds(row.get("created_at"))
        return (_NEVER if moment is None else moment, row["row_number"])

    return sorted(rows, key=key)


def _payment(row: Row) -> LegacyPayment:
    period = whole(row.get("period_days"))
    return LegacyPayment(
        legacy_id=row["row_number"],
        charge_id=text(row.get("telegram_charge_id"), _LONGEST_CHARGE + 1) or None,
        payer=user_id(row.get("user_id")),
        payment_type=text(row.get("payment_type"), 32),
        amount=amount_text(row.get("amount")),
        currency=text(row.get("currency"), 16),
        license_type=text(row.get("license_type"), 32),
        period_days=period if period is not None and abs(period) <= _LONGEST_PERIOD else None,
        status=text(row.get("status"), 32),
        paid_at=from_seconds(row.get("created_at")),
    )


def _is_of_trial(row: Row) -> bool:
    is_trial = license_type_of(row.get("license_type")) is LicenseType.TRIAL
    return is_trial or text(row.get("payment_type"), 32).lower() == LicenseType.TRIAL.value


def _changes(payment: LegacyPayment) -> list[str]:
    unread = {
        "its payer": payment.payer,
        "its amount": payment.amount,
        "its days": payment.period_days,
        "its moment": payment.paid_at,
    }
    return [f"{name} can't be read: empty" for name, value in unread.items() if value is None]

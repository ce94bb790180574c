"""Counters and payments against the rows that cannot be changed: ledger and audit; practice against itself.

uses of codes = redemptions = rows of the ledger, uses before a code came here aside; each credited payment = one row of
the ledger with its days, and one of the audit with its Stars. Each statement answers breaches in words, 20 at most.
"""

from typing import Final

CODES_MISCOUNTED: Final = """
    SELECT 'code ' || promo_id || ' of campaign ' || campaign_id || ' counts ' || uses || ' of ' || redeemed || ' uses'
      FROM (SELECT p.promo_id, p.campaign_id, p.uses,
                   (SELECT count(*) FROM promo_usage AS s WHERE s.promo_id = p.promo_id) + p.earlier_uses AS redeemed
              FROM promo_codes AS p)
     WHERE uses <> redeemed LIMIT 20
"""
CAMPAIGNS_MISCOUNTED: Final = """
    SELECT 'campaign ' || campaign_id || ' counts ' || uses || ' of ' || redeemed || ' uses'
      FROM (SELECT c.campaign_id, c.uses,
                   (SELECT count(*) FROM promo_usage AS s WHERE s.campaign_id = c.campaign_id)
                   + (SELECT coalesce(sum(p.earlier_uses), 0) FROM promo_codes AS p
                       WHERE p.campaign_id = c.campaign_id) AS redeemed
              FROM promo_campaigns AS c)
     WHERE uses <> redeemed LIMIT 20
"""
CODES_OVER_CAP: Final = """
    SELECT 'code ' || promo_id || ' has ' || uses || ' uses and may have ' || max_uses
      FROM promo_codes WHERE uses > max_uses LIMIT 20
"""
USES_UNGRANTED: Final = """
    SELECT 'redemption ' || s.usage_id || ' is not what the ledger gave'
      FROM promo_usage AS s JOIN promo_campaigns AS c ON c.campaign_id = s.campaign_id
      LEFT JOIN license_events AS e ON e.event_id = s.event_id
     WHERE (s.is_earlier = 0 OR s.event_id IS NOT NULL)
       AND (e.kind, e.holder, e.license_type, e.millis, e.cause)
           IS NOT ('promo', s.holder, c.license_type, c.days * 86400000, 'promo:' || s.usage_id) LIMIT 20
"""
GRANTS_UNUSED: Final = """
    SELECT 'ledger row ' || e.event_id || ' is of a promo code and has no redemption'
      FROM license_events AS e
     WHERE e.kind = 'promo' AND NOT EXISTS (SELECT 1 FROM promo_usage AS s WHERE s.event_id = e.event_id) LIMIT 20
"""
COUNT_USES: Final = "SELECT count(*) FROM promo_usage"

PAYMENTS_UNGRANTED: Final = """
    SELECT 'payment ' || p.id || ' is not what the ledger gave'
      FROM payment_history AS p
      LEFT JOIN license_events AS e ON e.event_id = p.license_event_id
      LEFT JOIN users AS u ON u.user_id = p.user_id
     WHERE (p.license_event_id IS NOT NULL OR p.status = 'completed')
       AND (e.kind, e.license_type, e.millis, e.holder)
           IS NOT ('payment', p.license_type, p.period_days * 86400000, coalesce(u.pseudonym, e.holder)) LIMIT 20
"""
GRANTS_UNPAID: Final = """
    SELECT 'ledger row ' || e.event_id || ' is of a payment that is not there'
      FROM license_events AS e
     WHERE e.kind = 'payment'
       AND NOT EXISTS (SELECT 1 FROM payment_history AS p WHERE p.license_event_id = e.event_id) LIMIT 20
"""
# The details are those that bot/services/payments/payments.py writes.
STARS_CHANGED: Final = """
    SELECT 'payment ' || p.id || ' has ' || p.stars || ' Stars, the audit another number'
      FROM payment_history AS p
     WHERE p.license_event_id IS NOT NULL
       AND 'payment ' || p.id || ': ' || p.stars || ' Stars, ' || p.license_type || ' ' || p.period_days || ' days'
           NOT IN (SELECT details FROM audit WHERE action = 'payment.credit') LIMIT 20
"""
RETURNED_UNTAKEN: Final = """
    SELECT 'payment ' || p.id || ' went back and the ledger has not taken its days'
      FROM payment_history AS p
     WHERE p.status IN ('refund_asked', 'refunded', 'charged_back') AND p.user_id IS NOT NULL
       AND p.license_event_id NOT IN (
           SELECT takes FROM license_events WHERE kind = 'refund' AND takes IS NOT NULL) LIMIT 20
"""
TAKEN_UNRETURNED: Final = """
    SELECT 'payment ' || p.id || ' is completed and the ledger has taken its days for a refund'
      FROM license_events AS e JOIN payment_history AS p ON p.license_event_id = e.takes
     WHERE e.kind = 'refund' AND p.status = 'completed' LIMIT 20
"""
COUNT_PAYMENTS: Final = "SELECT count(*) FROM payment_history WHERE license_event_id IS NOT NULL"

PRACTICE_MISPLACED: Final = """
    SELECT 'account ' || a.account_id || ' has practice rows and is ' || a.account_type
      FROM accounts AS a
     WHERE a.account_type <> 'paper'
       AND (EXISTS (SELECT 1 FROM paper_accounts AS p WHERE p.account_id = a.account_id)
            OR EXISTS (SELECT 1 FROM paper_wallets AS w WHERE w.account_id = a.account_id)) LIMIT 20
"""
PRACTICE_UNSETTLED: Final = """
    SELECT 'practice account ' || account_id || ' has orders or positions and no settings'
      FROM (SELECT account_id FROM paper_orders UNION SELECT account_id FROM paper_positions)
     WHERE account_id NOT IN (SELECT account_id FROM paper_accounts) LIMIT 20
"""
PRACTICE_IN_DEBT: Final = """
    SELECT 'practice account ' || account_id || ' owes ' || wallet_balance || ' ' || coin
      FROM paper_wallets WHERE wallet_balance LIKE '-%' LIMIT 20
"""
COUNT_PRACTICE: Final = "SELECT count(*) FROM paper_accounts"

PRACTICE: Final = (PRACTICE_MISPLACED, PRACTICE_UNSETTLED, PRACTICE_IN_DEBT)
PROMO: Final = (CODES_MISCOUNTED, CAMPAIGNS_MISCOUNTED, CODES_OVER_CAP, USES_UNGRANTED, GRANTS_UNUSED)
PAYMENTS: Final = (PAYMENTS_UNGRANTED, GRANTS_UNPAID, STARS_CHANGED, RETURNED_UNTAKEN, TAKEN_UNRETURNED)

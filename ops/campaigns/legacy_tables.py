"""The tables of the bot before this one, as its own start made them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LEGACY_TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "users": """
            CREATE TABLE users (
            user_id INTEGER PRIMARY KEY, api_key TEXT, api_secret TEXT, demo_api_key TEXT, demo_api_secret TEXT,
            real_api_key TEXT, real_api_secret TEXT, trading_mode TEXT NOT NULL DEFAULT 'demo',
            percent REAL NOT NULL DEFAULT 1.0, coins TEXT NOT NULL DEFAULT 'ALL',
            limit_enabled INTEGER NOT NULL DEFAULT 1, trade_oi INTEGER NOT NULL DEFAULT 1,
            trade_rsi_bb INTEGER NOT NULL DEFAULT 1, tp_percent REAL NOT NULL DEFAULT 8.0,
            sl_percent REAL NOT NULL DEFAULT 3.0, use_atr INTEGER NOT NULL DEFAULT 1,
            lang TEXT NOT NULL DEFAULT 'en', strategies_enabled TEXT, strategies_order TEXT, rsi_lo REAL,
            rsi_hi REAL, bb_touch_k REAL, oi_min_pct REAL, price_min_pct REAL, limit_only_default INTEGER,
            trade_scryptomera INTEGER NOT NULL DEFAULT 0, trade_scalper INTEGER NOT NULL DEFAULT 0,
            trade_elcaro INTEGER NOT NULL DEFAULT 0, trade_wyckoff INTEGER NOT NULL DEFAULT 0,
            strategy_settings TEXT, dca_enabled INTEGER NOT NULL DEFAULT 0, dca_pct_1 REAL NOT NULL DEFAULT 10.0,
            dca_pct_2 REAL NOT NULL DEFAULT 25.0, is_allowed INTEGER NOT NULL DEFAULT 0,
            is_banned INTEGER NOT NULL DEFAULT 0, terms_accepted INTEGER NOT NULL DEFAULT 0,
            guide_sent INTEGER NOT NULL DEFAULT 0, first_seen_ts INTEGER, last_seen_ts INTEGER,
            leverage INTEGER NOT NULL DEFAULT 10, spot_enabled INTEGER NOT NULL DEFAULT 0, spot_settings TEXT,
            limit_ladder_enabled INTEGER NOT NULL DEFAULT 0, limit_ladder_count INTEGER NOT NULL DEFAULT 3,
            limit_ladder_settings TEXT, global_order_type TEXT NOT NULL DEFAULT 'market', hl_private_key TEXT,
            hl_wallet_address TEXT, hl_vault_address TEXT, hl_testnet INTEGER NOT NULL DEFAULT 0,
            hl_enabled INTEGER NOT NULL DEFAULT 0, exchange_mode TEXT NOT NULL DEFAULT 'bybit',
            exchange_type TEXT NOT NULL DEFAULT 'bybit', elc_balance REAL NOT NULL DEFAULT 0.0,
            elc_staked REAL NOT NULL DEFAULT 0.0, elc_locked REAL NOT NULL DEFAULT 0.0, username TEXT,
            first_name TEXT, current_license TEXT DEFAULT 'none', license_expires INTEGER
            )""",
        "active_positions": """
            CREATE TABLE active_positions (
            user_id INTEGER NOT NULL, symbol TEXT NOT NULL, account_type TEXT NOT NULL DEFAULT 'demo', side TEXT,
            entry_price REAL, size REAL, open_ts DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, timeframe TEXT,
            signal_id INTEGER, dca_10_done INTEGER NOT NULL DEFAULT 0, dca_25_done INTEGER NOT NULL DEFAULT 0,
            strategy TEXT, PRIMARY KEY (user_id, symbol, account_type)
            )""",
        "pending_limit_orders": """
            CREATE TABLE pending_limit_orders (
            user_id INTEGER NOT NULL, order_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
            qty REAL NOT NULL, price REAL NOT NULL, signal_id INTEGER NOT NULL, created_ts INTEGER NOT NULL,
            time_in_force TEXT NOT NULL DEFAULT 'GTC', strategy TEXT DEFAULT NULL, account_type TEXT DEFAULT 'demo',
            PRIMARY KEY (user_id, order_id)
            )""",
        "trade_logs": """
            CREATE TABLE trade_logs (
            id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, signal_id INTEGER, symbol TEXT, side TEXT,
            entry_price REAL, exit_price REAL, exit_reason TEXT, pnl REAL, pnl_pct REAL,
            ts DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, signal_source TEXT, rsi REAL, bb_hi REAL, bb_lo REAL,
            oi_prev REAL, oi_now REAL, oi_chg REAL, vol_from REAL, vol_to REAL, price_chg REAL, vol_delta REAL,
            sl_pct REAL, tp_pct REAL, sl_price REAL, tp_price REAL, timeframe TEXT, entry_ts INTEGER,
            exit_ts INTEGER, exit_order_type TEXT, strategy TEXT DEFAULT NULL, account_type TEXT DEFAULT 'demo'
            )""",
        "signals": """
            CREATE TABLE signals (
            id INTEGER PRIMARY KEY, raw_message TEXT, ts DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, tf TEXT,
            side TEXT, symbol TEXT, price REAL, oi_prev REAL, oi_now REAL, oi_chg REAL, vol_from REAL, vol_to REAL,
            price_chg REAL, vol_delta REAL, rsi REAL, bb_hi REAL, bb_lo REAL
            )""",
        "user_licenses": """
            CREATE TABLE user_licenses (
            id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, license_type TEXT NOT NULL,
            start_date INTEGER NOT NULL, end_date INTEGER NOT NULL, is_active INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL, updated_at INTEGER, created_by INTEGER, notes TEXT
            )""",
        "payment_history": """
            CREATE TABLE payment_history (
            id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, license_id INTEGER, payment_type TEXT NOT NULL,
            amount REAL NOT NULL, currency TEXT NOT NULL, license_type TEXT NOT NULL, period_days INTEGER NOT NULL,
            telegram_charge_id TEXT, status TEXT NOT NULL DEFAULT 'completed', created_at INTEGER NOT NULL,
            metadata TEXT
            )""",
        "promo_codes": """
            CREATE TABLE promo_codes (
            id INTEGER PRIMARY KEY, code TEXT NOT NULL, license_type TEXT NOT NULL, period_days INTEGER NOT NULL,
            max_uses INTEGER DEFAULT 1, current_uses INTEGER NOT NULL DEFAULT 0,
            is_active INTEGER NOT NULL DEFAULT 1, valid_until INTEGER, created_at INTEGER NOT NULL,
            created_by INTEGER, notes TEXT, UNIQUE (code)
            )""",
        "promo_usage": """
            CREATE TABLE promo_usage (
            id INTEGER PRIMARY KEY, promo_id INTEGER NOT NULL, user_id INTEGER NOT NULL, used_at INTEGER NOT NULL,
            UNIQUE (promo_id, user_id)
            )""",
        "pyramids": """
            CREATE TABLE pyramids (
            user_id INTEGER NOT NULL, symbol TEXT NOT NULL, side TEXT, count INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (user_id, symbol)
            )""",
        "meta": """
            CREATE TABLE meta (
            key TEXT PRIMARY KEY, value TEXT
            )""",
        "custom_strategies": """
            CREATE TABLE custom_strategies (
            id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, name TEXT NOT NULL, description TEXT,
            base_strategy TEXT DEFAULT 'custom', config_json TEXT NOT NULL, is_public INTEGER DEFAULT 0,
            is_active INTEGER DEFAULT 1, win_rate REAL DEFAULT 0, total_pnl REAL DEFAULT 0,
            total_trades INTEGER DEFAULT 0, backtest_score REAL DEFAULT 0, created_at INTEGER NOT NULL,
            updated_at INTEGER, performance_stats TEXT
            )""",
        "news": """
            CREATE TABLE news (
            link TEXT PRIMARY KEY, title TEXT, description TEXT, image_url TEXT,
            ts DATETIME DEFAULT CURRENT_TIMESTAMP, signal TEXT, sentiment TEXT
            )""",
        "market_snapshots": """
            CREATE TABLE market_snapshots (
            id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, btc_dom REAL, btc_price REAL, btc_change REAL,
            alt_signal TEXT
            )""",
    }
)

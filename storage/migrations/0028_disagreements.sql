-- Where the exchange shows something else than was promised; and what a plan took over of what was opened elsewhere.

CREATE TABLE disagreements (
    disagreement_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    plan_id INTEGER NOT NULL REFERENCES trade_plans (plan_id) ON DELETE CASCADE,
    target INTEGER NOT NULL DEFAULT 0 CHECK (target BETWEEN 0 AND 5),  -- number of the target in question, 0: none
    promised TEXT NOT NULL CHECK (promised GLOB '{*}'),  -- JSON
    shown TEXT NOT NULL CHECK (shown GLOB '{*}'),       -- JSON: what stands at the exchange
    opened_ts INTEGER NOT NULL CHECK (opened_ts > 0),
    ended_ts INTEGER CHECK (ended_ts >= opened_ts),     -- NULL: it stands
    ended_how TEXT CHECK (length(ended_how) BETWEEN 1 AND 32),
    CHECK ((ended_ts IS NULL) = (ended_how IS NULL)),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- one a leg, kind and target that stands
CREATE UNIQUE INDEX idx_disagreements_open
    ON disagreements (account_id, category, symbol, position_idx, kind, target) WHERE ended_ts IS NULL;
CREATE INDEX idx_disagreements_user ON disagreements (user_id, disagreement_id);

-- of the position: opened elsewhere and taken over by the plan, at which moment
ALTER TABLE trade_plans ADD COLUMN adopted TEXT NOT NULL DEFAULT '0'
    CHECK (adopted GLOB '[0-9]*' AND adopted NOT GLOB '*[^0-9.]*');
ALTER TABLE trade_plans ADD COLUMN adopted_ts INTEGER CHECK (adopted_ts > 0);
-- the position was left alone by its owner's wish: a late fill does not open the plan again
ALTER TABLE trade_plans ADD COLUMN released_ts INTEGER CHECK (released_ts > 0);

PRAGMA user_version = 28;

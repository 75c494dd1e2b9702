-- What is to be told of events, to whom: written in the transaction of the event, one row for each event
-- and channel. `mark` tells events apart. Address, key and payload are gone once the row is sent.
CREATE TABLE IF NOT EXISTS rung_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL CHECK (event IN ('requested', 'reminder', 'cancelled', 'completed', 'alert')),
    mark TEXT NOT NULL,
    channel TEXT NOT NULL,
    request INTEGER,
    subject TEXT,
    subject_hash TEXT,
    key TEXT,
    address TEXT,
    payload TEXT NOT NULL,
    message_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    holder TEXT,
    held_until INTEGER,
    last_error TEXT,
    sent_at INTEGER,
    ended_at INTEGER,
    UNIQUE (channel, mark)
);
CREATE INDEX IF NOT EXISTS rung_outbox_open ON rung_outbox (channel, next_attempt_at) WHERE state IN ('pending', 'sending');
CREATE INDEX IF NOT EXISTS rung_outbox_request ON rung_outbox (request);
CREATE INDEX IF NOT EXISTS rung_outbox_ended ON rung_outbox (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS rung_outbox_lost ON rung_outbox (state) WHERE state IN ('failed', 'dead');

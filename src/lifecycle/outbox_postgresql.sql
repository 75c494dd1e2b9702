-- What is to be told of events, to whom: written in the transaction of the event, one row for each event
-- and channel. `mark` tells events apart. Address, key and payload are gone once the row is sent.
CREATE TABLE IF NOT EXISTS rung.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL CHECK (event IN ('requested', 'reminder', 'cancelled', 'completed', 'alert')),
    mark text NOT NULL,
    channel text NOT NULL,
    request bigint,
    subject text,
    subject_hash text,
    key text,
    address text,
    payload text NOT NULL,
    message_id text NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    holder text,
    held_until timestamptz,
    last_error text,
    sent_at timestamptz,
    ended_at timestamptz,
    UNIQUE (channel, mark)
);
CREATE INDEX IF NOT EXISTS outbox_open ON rung.outbox (channel, next_attempt_at) WHERE state IN ('pending', 'sending');
CREATE INDEX IF NOT EXISTS outbox_request ON rung.outbox (request);
CREATE INDEX IF NOT EXISTS outbox_ended ON rung.outbox (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS outbox_lost ON rung.outbox (state) WHERE state IN ('failed', 'dead');

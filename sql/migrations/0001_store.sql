-- What the store itself keeps: its name, its migrations, its counter, and what follows from a change.

-- One row: which store this is.
CREATE TABLE meta (
    one @int PRIMARY KEY CHECK (one = 1),
    id @id NOT NULL,
    created_at @ts NOT NULL
) @strict;

CREATE TABLE migration (
    number @int PRIMARY KEY,
    name @text NOT NULL,
    checksum @text NOT NULL, -- SHA-256 of the file as it was applied, hex
    applied_at @ts NOT NULL
) @strict;

-- One counter for the store: gapless and in the order of the commits. On PostgreSQL its row is what the last statement
-- of a group locks.
CREATE TABLE generation (
    one @int PRIMARY KEY CHECK (one = 1),
    n @int NOT NULL
) @strict;
INSERT INTO generation (one, n) VALUES (1, 0);

-- The number of each scope's last change (FLEET, "Resolution" 7). `org` and `id` of the global scope are all zero.
CREATE TABLE scope_seq (
    kind @int NOT NULL,
    org @id NOT NULL,
    id @id NOT NULL,
    seq @int NOT NULL,
    PRIMARY KEY (kind, org, id)
) @keyed;

-- What moved at each number, for other nodes; old rows are dropped by a job.
CREATE TABLE change (
    n @int NOT NULL,
    part @int NOT NULL, -- several things may move at one number
    kind @int NOT NULL,
    org @id NOT NULL,
    id @id NOT NULL,
    PRIMARY KEY (n, part)
) @keyed;

-- Events for those who listen (streams, webhooks): delivered at least once, then dropped.
CREATE TABLE outbox (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    event @text NOT NULL,
    body @text NOT NULL,
    created_at @ts NOT NULL
) @keyed;

-- Switches and limits; `org` is all zero for those of the server.
CREATE TABLE setting (
    org @id NOT NULL,
    name @text NOT NULL,
    value @text NOT NULL,
    changed_at @ts NOT NULL,
    PRIMARY KEY (org, name)
) @keyed;

-- Work that comes round. `holder` runs it until `until`; whoever finds that passed may take it.
CREATE TABLE job (
    name @text PRIMARY KEY,
    due @ts NOT NULL,
    holder @text,
    until @ts
) @keyed;
CREATE INDEX job_due ON job (due);

-- Answers already given to a key of a principal on a route (API, "Idempotency-Key"); never a secret in `answer`.
CREATE TABLE idempotency (
    principal @id NOT NULL,
    route @text NOT NULL,
    key @text NOT NULL,
    body_hash @bytes NOT NULL, -- SHA-256 of the body
    status @int NOT NULL,
    object_id @id,
    answer @text,
    created_at @ts NOT NULL,
    PRIMARY KEY (principal, route, key)
) @keyed;
CREATE INDEX idempotency_created_at ON idempotency (created_at);

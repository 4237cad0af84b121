-- The record (docs/adr/0003-audit-format.md): chains of hashes, only ever appended to.

-- A chain per organisation and node; `org` all zero is the chain `system`. The first event of a chain names both.
CREATE TABLE audit_chain (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    node @text NOT NULL,
    UNIQUE (org, node)
) @strict;

-- `body` is what `hash` covers, byte for byte; the hash of the event before it is in that event's row.
CREATE TABLE audit_event (
    chain @id NOT NULL,
    seq @int NOT NULL,
    body @text NOT NULL,
    hash @bytes NOT NULL,
    PRIMARY KEY (chain, seq)
) @keyed;

-- Names, addresses and details: what may be erased. The body holds SHA-256(salt || private).
CREATE TABLE audit_private (
    chain @id NOT NULL,
    seq @int NOT NULL,
    salt @bytes NOT NULL,
    private @text NOT NULL,
    PRIMARY KEY (chain, seq)
) @keyed;

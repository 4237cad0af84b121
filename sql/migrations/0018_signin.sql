-- Signing in: how long a session may rest, known browsers, what wrong passwords cost, links that are opened once.

-- Until when a session may lie unused; each use, written down in batches, moves it on. NULL: as long as it lives.
ALTER TABLE session ADD COLUMN idle_at @ts;

-- A browser in which a person has signed in before: a stranger's wrong passwords do not slow it down.
CREATE TABLE known_browser (
    user_id @id NOT NULL REFERENCES user_account (id),
    hash @bytes NOT NULL, -- SHA-256 of its cookie; a family may share one
    id @id NOT NULL,
    org @id NOT NULL,
    created_at @ts NOT NULL,
    used_at @ts NOT NULL,
    PRIMARY KEY (user_id, hash)
) @keyed;
CREATE INDEX known_browser_used ON known_browser (used_at);

-- Failed attempts, by a keyed hash of who was meant and from where: as many rows as there are values of it, no more.
-- `failures` counts down with time (domain/signin/throttle.h).
CREATE TABLE signin_failure (
    bucket @int PRIMARY KEY,
    failures @int NOT NULL,
    at @ts NOT NULL -- of the last one
) @keyed;

-- Links that were sent or shown once. `purpose`: 1 recovery, 2 first administrator (it has no user yet).
CREATE TABLE signin_link (
    hash @bytes PRIMARY KEY, -- SHA-256 of the token in it
    org @id NOT NULL,
    user_id @id REFERENCES user_account (id),
    purpose @int NOT NULL CHECK (purpose IN (1, 2)),
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    used_at @ts
) @keyed;
CREATE INDEX signin_link_user ON signin_link (user_id);
CREATE INDEX signin_link_expires ON signin_link (expires_at);

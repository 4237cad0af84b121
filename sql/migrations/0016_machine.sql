-- How programs prove who they are, and how a machine without a browser lets a person sign in elsewhere.

-- The public half of a key pair of a service account. Its id, as text, is the `kid` of what it signs.
CREATE TABLE service_key (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    service_id @id NOT NULL REFERENCES service_account (id),
    name @text NOT NULL,
    status @int NOT NULL CHECK (status IN (1, 2)), -- active, disabled
    spki @bytes NOT NULL, -- DER SubjectPublicKeyInfo: it says the algorithm
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    used_at @ts, -- roughly: not each use is written
    UNIQUE (service_id, spki)
) @strict;
CREATE INDEX service_key_of ON service_key (service_id, id);
CREATE INDEX service_key_expires ON service_key (expires_at);
CREATE INDEX token_service_expires ON token (expires_at) WHERE principal_kind = 2 AND expires_at IS NOT NULL;

-- How many days before its end a key or token of a service account was last warned of.
CREATE TABLE credential_warned (
    id @id PRIMARY KEY,
    days @int NOT NULL,
    until @ts NOT NULL -- the end that was warned of; the row goes with it
) @strict;
CREATE INDEX credential_warned_until ON credential_warned (until);

-- What is good once: SHA-256 over who signed an assertion and its jti (RFC 7523 section 3), until the assertion's end.
CREATE TABLE used_jti (
    hash @bytes PRIMARY KEY,
    expires_at @ts NOT NULL
) @keyed;
CREATE INDEX used_jti_expires ON used_jti (expires_at);

-- Signing in on another machine (RFC 8628). `state`: 1 asked, 2 approved, 3 denied, 4 used.
CREATE TABLE device_code (
    hash @bytes PRIMARY KEY, -- SHA-256 of the device_code
    id @id NOT NULL UNIQUE,
    user_code @bytes NOT NULL UNIQUE, -- HMAC of the user_code: it is too short for a bare hash
    org @id NOT NULL,
    application_id @id NOT NULL REFERENCES application (id),
    scope @text NOT NULL,
    resource @text NOT NULL,
    dpop_jkt @text,
    state @int NOT NULL CHECK (state BETWEEN 1 AND 4),
    user_id @id, -- who approved or denied
    amr @int, -- of the session that approved
    auth_at @ts,
    mfa_at @ts,
    interval_s @int NOT NULL,
    polled_at @ts,
    ip @text, -- of the machine that asked
    agent @text,
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL
) @strict;
CREATE INDEX device_code_expires ON device_code (expires_at);
CREATE INDEX device_code_application ON device_code (application_id);

-- Which machines: devices, their requests to enrol, the keys that let them in, and what happened to each.

-- `status`: enum device_status. `machine_key` and `hostname_key` are lower case: what a search runs over; machine_id
-- itself is case-sensitive, and the index below is what makes it unique (its key follows from it).
-- Revocation has columns of its own: no other move writes them, and device_event keeps every earlier one.
CREATE TABLE device (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    machine_id @text NOT NULL,
    machine_key @text NOT NULL,
    status @int NOT NULL CHECK (status BETWEEN 1 AND 6),
    status_reason @text,
    known @bool NOT NULL, -- was enrolled, reinstated or imported once: the fleet lock lets it back
    imported @bool NOT NULL,
    hostname @text,
    hostname_key @text,
    kind @text,
    os @text,
    client_version @text,
    fingerprint @text,
    metadata @text, -- JSON object: shown, never a selector
    labels @text,   -- JSON object of those in force; device_label is its index
    user_id @id,
    public_key @bytes, -- DER SubjectPublicKeyInfo
    key_hash @bytes,   -- SHA-256 of it
    join_seq @int NOT NULL, -- of the current token; 0: never had one
    enrol_key_id @id,       -- the enrolment key that let it in
    token_issued_at @ts,
    enrolled_at @ts,
    last_seen_at @ts,
    metrics @text,
    metrics_at @ts,
    agent_user_name @text, -- the installer's own words, never the owner
    agent_user_email @text,
    agent_user_id @text,
    uninstalled_at @ts,
    uninstall_reason @text,
    revoked_at @ts,
    revoked_by_kind @int,
    revoked_by @id,
    revoke_reason @text,
    created_at @ts NOT NULL,
    revision @int NOT NULL
) @strict;
CREATE UNIQUE INDEX device_machine ON device (org, machine_key, machine_id);
CREATE UNIQUE INDEX device_key ON device (org, key_hash) WHERE key_hash IS NOT NULL;
CREATE INDEX device_hostname ON device (org, hostname_key) WHERE hostname_key IS NOT NULL;
CREATE INDEX device_status ON device (org, status, id);
CREATE INDEX device_owner ON device (org, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX device_enrolled ON device (org, enrolled_at, id) WHERE enrolled_at IS NOT NULL;

CREATE TABLE device_label (
    org @id NOT NULL,
    name @text NOT NULL,
    value @text NOT NULL,
    device_id @id NOT NULL REFERENCES device (id),
    PRIMARY KEY (org, name, value, device_id)
) @keyed;
CREATE INDEX device_label_of ON device_label (device_id);

-- Every move of a device, for ever; a device that is gone leaves its rows.
CREATE TABLE device_event (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    device_id @id NOT NULL,
    at @ts NOT NULL,
    action @int NOT NULL, -- enum device_move
    from_status @int NOT NULL,
    to_status @int NOT NULL,
    actor_kind @int NOT NULL,
    actor_id @id,
    reason @text
) @strict;
CREATE INDEX device_event_of ON device_event (device_id, id);

-- A request to enrol: what is approved is this, not a name. Its words are claims of the machine, in force only as far
-- as the approval says. `state`: enum enrol_state. The claim itself is derived from the id and stands nowhere.
CREATE TABLE enrol_request (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    device_id @id NOT NULL REFERENCES device (id),
    state @int NOT NULL CHECK (state BETWEEN 0 AND 4),
    code @text NOT NULL,
    claim_hash @bytes NOT NULL,
    join_seq @int NOT NULL, -- of the token that it gives; 0 until it is approved
    public_key @bytes,
    key_hash @bytes,
    nonce @text, -- of the challenge that stands, and until when
    nonce_until @ts,
    nonce_spent @text, -- the one before: tells a late signature from a wrong one
    idem_hash @bytes,  -- SHA-256 of Idempotency-Key and of the body that came with it
    idem_body @bytes,
    enrol_key_id @id,
    auto_approve @bool NOT NULL,
    user_id @id, -- the person who asked, proven by his token
    address @text,
    hostname @text,
    kind @text,
    os @text,
    client_version @text,
    fingerprint @text,
    user_hint @text,
    labels @text,
    metadata @text,
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    approved_at @ts
) @strict;
CREATE INDEX enrol_request_device ON enrol_request (device_id, state);
CREATE UNIQUE INDEX enrol_request_idem ON enrol_request (org, idem_hash) WHERE idem_hash IS NOT NULL;

-- How many requests are open, so that nobody has to count them.
CREATE TABLE enrol_count (
    org @id PRIMARY KEY,
    open_n @int NOT NULL
) @keyed;

-- What a device asked last: a second nonce for the same join_seq is a clone.
CREATE TABLE rotation (
    device_id @id PRIMARY KEY,
    org @id NOT NULL,
    join_seq @int NOT NULL,
    nonce_hash @bytes NOT NULL,
    asked_at @ts NOT NULL
) @strict;

-- The key's own token is a row of `token`. `uses_left` NULL: no limit.
CREATE TABLE enrolment_key (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    uses @int,
    uses_left @int CHECK (uses_left >= 0),
    used_n @int NOT NULL,
    expires_at @ts NOT NULL,
    auto_approve @bool NOT NULL,
    may_uninstall @bool NOT NULL,
    adopt @bool NOT NULL,
    machine_pattern @text,
    labels @text,
    created_by_kind @int NOT NULL,
    created_by @id,
    created_at @ts NOT NULL,
    revision @int NOT NULL
) @strict;
CREATE INDEX enrolment_key_org ON enrolment_key (org, id);

CREATE TABLE enrolment_key_group (
    key_id @id NOT NULL REFERENCES enrolment_key (id),
    group_id @id NOT NULL REFERENCES principal_group (id),
    PRIMARY KEY (key_id, group_id)
) @keyed;
CREATE INDEX enrolment_key_group_of ON enrolment_key_group (group_id);

-- Who may come in: organisations, people, groups, service accounts, their tokens, and the server's own keys.

-- A tenant. `status`: 1 active, 2 disabled (enum account_status).
CREATE TABLE organisation (
    id @id PRIMARY KEY,
    slug @text NOT NULL UNIQUE,
    name @text NOT NULL,
    status @int NOT NULL CHECK (status IN (1, 2)),
    created_at @ts NOT NULL,
    revision @int NOT NULL
) @strict;

-- A person. `username_key` and `email_key` are the canonical forms (lower case): unique, and what a search runs over.
-- `status`: 0 pending, 1 active, 2 disabled. `roles`: one bit per role (enum role).
CREATE TABLE user_account (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    username @text NOT NULL,
    username_key @text NOT NULL,
    email @text NOT NULL,
    email_key @text NOT NULL,
    email_verified_at @ts,
    display_name @text,
    status @int NOT NULL CHECK (status IN (0, 1, 2)),
    roles @int NOT NULL,
    password @text, -- PHC string (Argon2id); NULL: no sign-in by password
    password_at @ts,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, username_key),
    UNIQUE (org, email_key)
) @strict;
CREATE INDEX user_account_org ON user_account (org, id);

-- A program that acts by itself.
CREATE TABLE service_account (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    name_key @text NOT NULL,
    status @int NOT NULL CHECK (status IN (1, 2)),
    roles @int NOT NULL,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name_key)
) @strict;
CREATE INDEX service_account_org ON service_account (org, id);

-- The unit of access. Its users and service accounts have its roles; its devices get its policies.
CREATE TABLE principal_group (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    name_key @text NOT NULL,
    priority @int NOT NULL,
    roles @int NOT NULL,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name_key)
) @strict;
CREATE INDEX principal_group_org ON principal_group (org, id);

-- `kind`: what the member is (enum actor_kind: 1 user, 2 service account, 3 device).
CREATE TABLE group_member (
    group_id @id NOT NULL REFERENCES principal_group (id),
    kind @int NOT NULL CHECK (kind IN (1, 2, 3)),
    member_id @id NOT NULL,
    PRIMARY KEY (group_id, kind, member_id)
) @keyed;
CREATE INDEX group_member_of ON group_member (member_id);

-- Every opaque token, by the SHA-256 of its whole text; the text itself is nowhere.
-- `state`: 0 given out and never used, 1 current, 2 retired. `principal_kind`: enum actor_kind.
CREATE TABLE token (
    hash @bytes PRIMARY KEY,
    id @id NOT NULL,
    org @id NOT NULL,
    principal_kind @int NOT NULL CHECK (principal_kind BETWEEN 1 AND 4),
    principal @id NOT NULL,
    state @int NOT NULL CHECK (state IN (0, 1, 2)),
    join_seq @int NOT NULL,
    name @text,
    created_at @ts NOT NULL,
    expires_at @ts,
    used_at @ts
) @keyed;
CREATE INDEX token_principal ON token (principal, id);

-- The server's own keys under the master key (AES-256-GCM). The associated data of a ciphertext is
-- `sealed_key|<id>|sealed|<epoch>`. `master` names the master key that sealed the row; `public` is the public half.
CREATE TABLE sealed_key (
    id @id PRIMARY KEY,
    name @text NOT NULL, -- token, cursor, audit, config-root, config-sign; `check` proves the master key
    epoch @int NOT NULL,
    master @bytes NOT NULL,
    sealed @bytes NOT NULL,
    public @bytes,
    created_at @ts NOT NULL,
    UNIQUE (name, epoch)
) @strict;

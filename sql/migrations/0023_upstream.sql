-- Other issuers of identity: people sign in there, and are linked to their account here.

-- `issuer`: as its tokens say it. `sealed`: the client's secret, under the data key `outgoing`; NULL: a public client.
-- `audience`: its access tokens for this audience act here as their linked person; NULL: none do.
CREATE TABLE identity_provider (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL, -- in the path of its sign-in
    title @text NOT NULL,
    issuer @text NOT NULL,
    client_id @text NOT NULL,
    scopes @text NOT NULL,
    groups_claim @text,
    audience @text,
    sign_up @int NOT NULL CHECK (sign_up IN (0, 1)),     -- who is not linked yet gets an account
    link_email @int NOT NULL CHECK (link_email IN (0, 1)), -- or is linked by an address that the issuer has verified
    status @int NOT NULL CHECK (status IN (1, 2)),
    epoch @int,
    key_id @id,
    sealed @bytes,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name),
    UNIQUE (org, issuer)
) @strict;

-- Members of the group are those whose groups claim has this value, as of their last sign-in.
CREATE TABLE identity_provider_group (
    provider_id @id NOT NULL REFERENCES identity_provider (id),
    value @text NOT NULL,
    group_id @id NOT NULL REFERENCES principal_group (id),
    PRIMARY KEY (provider_id, value, group_id)
) @keyed;

CREATE TABLE identity_link (
    provider_id @id NOT NULL REFERENCES identity_provider (id),
    sub @text NOT NULL,
    user_id @id NOT NULL REFERENCES user_account (id),
    created_at @ts NOT NULL,
    seen_at @ts NOT NULL,
    PRIMARY KEY (provider_id, sub)
) @keyed;
CREATE INDEX identity_link_user ON identity_link (user_id);

-- A way to an issuer and back: `hash` of its state, `cookie` of the browser that went. Once, for ten minutes.
CREATE TABLE upstream_way (
    hash @bytes PRIMARY KEY,
    provider_id @id NOT NULL,
    cookie @bytes NOT NULL,
    next @text NOT NULL,
    expires_at @ts NOT NULL,
    used @int NOT NULL CHECK (used IN (0, 1))
) @keyed;
CREATE INDEX upstream_way_expires ON upstream_way (expires_at);

-- Logout tokens that were taken, by their jti: each once, for as long as it is good.
CREATE TABLE upstream_logout (
    provider_id @id NOT NULL,
    jti @text NOT NULL,
    expires_at @ts NOT NULL,
    PRIMARY KEY (provider_id, jti)
) @keyed;
CREATE INDEX upstream_logout_expires ON upstream_logout (expires_at);

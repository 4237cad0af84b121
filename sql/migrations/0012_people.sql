-- People come in: their sessions, the applications that they sign in to, and what those were granted.

-- One signing-in of a person. Every token that follows from it names it: a session that has ended ends them all.
-- `kind`: 1 browser, 2 api (POST /auth/login), 3 command line (device flow). `level`: 0 half (a factor is missing),
-- 1 whole. `amr`: one bit per proof (enum amr).
CREATE TABLE session (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    user_id @id NOT NULL REFERENCES user_account (id),
    kind @int NOT NULL CHECK (kind IN (1, 2, 3)),
    level @int NOT NULL CHECK (level IN (0, 1)),
    hash @bytes UNIQUE, -- SHA-256 of the cookie; NULL: it has none
    amr @int NOT NULL,
    auth_at @ts NOT NULL, -- of the newest whole authentication
    mfa_at @ts, -- of the newest second factor
    created_at @ts NOT NULL,
    used_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    ended_at @ts,
    ended_reason @text,
    ip @text,
    agent @text, -- User-Agent, cut off
    upstream @id, -- the issuer that it came from; NULL: our own
    upstream_sub @text,
    upstream_sid @text
) @strict;
CREATE INDEX session_of_user ON session (user_id, id);
CREATE INDEX session_expires ON session (expires_at);
CREATE INDEX session_upstream ON session (upstream, upstream_sub);

-- What people sign in to. `kind`: 1 oidc, 2 forward_auth. `origin`: 1 administrator, 2 file, 3 registered (RFC 7591),
-- 4 metadata document (its client_id is a URL), 5 built in (people of every organisation may use it).
-- `client_type`: 1 public, 2 confidential. `auth_method`: 1 none, 2 client_secret_basic or _post, 3 private_key_jwt.
-- `grants`: one bit per grant type (enum app_grant). A life of NULL is the server's own.
CREATE TABLE application (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    name_key @text NOT NULL,
    kind @int NOT NULL CHECK (kind IN (1, 2)),
    origin @int NOT NULL CHECK (origin BETWEEN 1 AND 5),
    status @int NOT NULL CHECK (status IN (1, 2)), -- active, disabled
    admin @int NOT NULL CHECK (admin IN (0, 1)), -- shown to nobody else, and answers nobody else
    description @text,
    icon @text,
    launch_url @text,
    host @text UNIQUE, -- of forward-auth: canonical, lower case, no port
    client_id @text UNIQUE,
    client_type @int CHECK (client_type IN (1, 2)),
    auth_method @int CHECK (auth_method IN (1, 2, 3)),
    secret_hash @bytes, -- SHA-256 of 256 random bits
    grants @int NOT NULL,
    scopes @text NOT NULL, -- that it may ask for, separated by spaces
    id_token_alg @int NOT NULL CHECK (id_token_alg IN (1, 2)), -- ES256, RS256
    native @int NOT NULL CHECK (native IN (0, 1)), -- loopback redirects may have any port
    pkce @int NOT NULL CHECK (pkce IN (0, 1)), -- 0: an administrator has exempted it
    par @int NOT NULL CHECK (par IN (0, 1)), -- pushed requests only
    dpop @int NOT NULL CHECK (dpop IN (0, 1)), -- bound tokens only
    consent @int NOT NULL CHECK (consent IN (0, 1)), -- people are asked
    access_life @int,
    refresh_life @int,
    refresh_grace @int,
    jwks @text,
    jwks_uri @text,
    backchannel_logout_uri @text,
    registration_hash @bytes, -- of the registration_access_token
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name_key)
) @strict;
CREATE INDEX application_org ON application (org, id);

-- `kind`: 1 redirect_uri, 2 post_logout_redirect_uri, 3 resource that its tokens may be for, 4 origin of its pages.
CREATE TABLE application_uri (
    application_id @id NOT NULL REFERENCES application (id),
    kind @int NOT NULL CHECK (kind BETWEEN 1 AND 4),
    uri @text NOT NULL,
    PRIMARY KEY (application_id, kind, uri)
) @keyed;

-- Who may open it. `kind`: 1 group, 2 user, 3 service account.
CREATE TABLE application_binding (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    application_id @id NOT NULL REFERENCES application (id),
    kind @int NOT NULL CHECK (kind IN (1, 2, 3)),
    target_id @id NOT NULL,
    created_at @ts NOT NULL,
    UNIQUE (application_id, kind, target_id)
) @strict;
CREATE INDEX application_binding_target ON application_binding (target_id);

-- What a principal gave a client: one lineage of tokens. `kind`: 1 code, 2 device code, 3 POST /auth/login, 4 token
-- exchange. `application_id` NULL: this server's own API. It ends with its session.
CREATE TABLE oauth_grant (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    kind @int NOT NULL CHECK (kind BETWEEN 1 AND 4),
    application_id @id REFERENCES application (id),
    principal_kind @int NOT NULL CHECK (principal_kind BETWEEN 1 AND 3),
    principal @id NOT NULL,
    session_id @id REFERENCES session (id),
    scope @text NOT NULL,
    resource @text NOT NULL, -- audiences, separated by spaces
    dpop_jkt @text,
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    ended_at @ts,
    ended_reason @text
) @strict;
CREATE INDEX oauth_grant_principal ON oauth_grant (principal, id);
CREATE INDEX oauth_grant_session ON oauth_grant (session_id);
CREATE INDEX oauth_grant_application ON oauth_grant (application_id);
CREATE INDEX oauth_grant_expires ON oauth_grant (expires_at);

-- Refresh tokens, by the SHA-256 of their text. `state`: 1 current, 2 rotated. The successor's text is derived from
-- the token that it follows, so that the same one can be given again within the grace.
CREATE TABLE refresh_token (
    hash @bytes PRIMARY KEY,
    grant_id @id NOT NULL REFERENCES oauth_grant (id),
    state @int NOT NULL CHECK (state IN (1, 2)),
    reused @int NOT NULL, -- how often it was shown again within the grace
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    rotated_at @ts
) @keyed;
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);

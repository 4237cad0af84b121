-- Signing in to an application (RFC 6749, OpenID Connect): what is asked, what was allowed, and the codes in between.
-- All of it goes with the application, person or grant that it belongs to.

-- What a client asks of a person, until it is answered: from /oauth2/authorize, or pushed (RFC 9126). By the SHA-256
-- of its text. `response_mode`: 1 query, 2 form_post. `prompt`: one bit per word (enum oauth_prompt).
CREATE TABLE auth_request (
    hash @bytes PRIMARY KEY,
    org @id NOT NULL,
    application_id @id NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    pushed @int NOT NULL CHECK (pushed IN (0, 1)),
    redirect_uri @text NOT NULL,
    response_mode @int NOT NULL CHECK (response_mode IN (1, 2)),
    scope @text NOT NULL,
    resource @text NOT NULL, -- separated by spaces
    state @text,
    nonce @text,
    challenge @bytes, -- of PKCE: what SHA-256 of the verifier must be
    prompt @int NOT NULL,
    max_age @int,
    login_hint @text,
    hint_sub @id, -- of the id_token_hint: nobody else will do
    dpop_jkt @text,
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    used_at @ts
) @keyed;
CREATE INDEX auth_request_expires ON auth_request (expires_at);
CREATE INDEX auth_request_application ON auth_request (application_id);

-- Codes, by the SHA-256 of their text. A used one stays as long as its grant, so that it is known when it comes again.
CREATE TABLE auth_code (
    hash @bytes PRIMARY KEY,
    grant_id @id NOT NULL REFERENCES oauth_grant (id) ON DELETE CASCADE,
    redirect_uri @text NOT NULL,
    challenge @bytes,
    nonce @text,
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    used_at @ts
) @keyed;
CREATE INDEX auth_code_grant ON auth_code (grant_id);

-- What a person has allowed a client: it is not asked again for these scopes.
CREATE TABLE oauth_consent (
    application_id @id NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    user_id @id NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    scope @text NOT NULL,
    updated_at @ts NOT NULL,
    PRIMARY KEY (application_id, user_id)
) @keyed;
CREATE INDEX oauth_consent_user ON oauth_consent (user_id);

CREATE INDEX refresh_token_expires ON refresh_token (expires_at);

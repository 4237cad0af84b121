-- Forward-auth: a person signed in here, on a host behind a proxy.

-- The way from this server's host to the application's: one use, a minute. `state`: SHA-256 of a cookie of the browser
-- that set out, so that nobody is sent into a session of somebody else's.
CREATE TABLE forward_code (
    hash @bytes PRIMARY KEY, -- SHA-256 of its text
    session_id @id NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    application_id @id NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    state @bytes NOT NULL,
    path @text NOT NULL, -- where the person wanted to go
    expires_at @ts NOT NULL
) @keyed;
CREATE INDEX forward_code_session ON forward_code (session_id);
CREATE INDEX forward_code_application ON forward_code (application_id);
CREATE INDEX forward_code_expires ON forward_code (expires_at);

-- The cookie on that host: good there alone, and as long as the session. `hash`: over its text and the host.
CREATE TABLE forward_session (
    session_id @id NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    application_id @id NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    hash @bytes NOT NULL UNIQUE,
    created_at @ts NOT NULL,
    PRIMARY KEY (session_id, application_id)
) @keyed;
CREATE INDEX forward_session_application ON forward_session (application_id);

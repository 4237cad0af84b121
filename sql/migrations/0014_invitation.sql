-- How people come in: invitations, accounts that wait for validation, and requests for access.

-- A link that lets somebody make an account of his own. It is worth what whoever made it may still do when it is
-- opened. `hash`: SHA-256 of the token in the link. `by_kind`: enum actor_kind.
CREATE TABLE invitation (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    hash @bytes NOT NULL UNIQUE,
    email @text, -- the account gets this address and no other
    email_key @text,
    username @text, -- proposed
    display_name @text, -- proposed
    lang @text,
    mailed @int NOT NULL CHECK (mailed IN (0, 1)), -- who uses it reads the address
    uses @int NOT NULL,
    uses_left @int NOT NULL CHECK (uses_left >= 0),
    expires_at @ts NOT NULL,
    by_kind @int NOT NULL,
    by_id @id,
    by_name @text NOT NULL,
    created_at @ts NOT NULL,
    used_at @ts,
    revision @int NOT NULL
) @strict;
CREATE INDEX invitation_org ON invitation (org, id);
CREATE INDEX invitation_email ON invitation (org, email_key);

-- What groups the account enters. One that is deleted meanwhile is not entered.
CREATE TABLE invitation_group (
    invitation_id @id NOT NULL REFERENCES invitation (id),
    group_id @id NOT NULL REFERENCES principal_group (id),
    PRIMARY KEY (invitation_id, group_id)
) @keyed;
CREATE INDEX invitation_group_of ON invitation_group (group_id);

-- A person asks for an application. `status`: 1 open, 2 approved, 3 refused.
CREATE TABLE access_request (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    user_id @id NOT NULL REFERENCES user_account (id),
    application_id @id NOT NULL REFERENCES application (id),
    reason @text,
    status @int NOT NULL CHECK (status IN (1, 2, 3)),
    group_id @id, -- that the person entered
    decided_reason @text,
    decided_kind @int,
    decided_by @id,
    decided_at @ts,
    created_at @ts NOT NULL
) @strict;
CREATE INDEX access_request_org ON access_request (org, status, id);
CREATE INDEX access_request_user ON access_request (user_id, id);
CREATE INDEX access_request_application ON access_request (application_id);
-- One open request of a person for an application.
CREATE UNIQUE INDEX access_request_open ON access_request (user_id, application_id) WHERE status = 1;

-- Policies, their versions, what they are assigned to, and what devices say they applied (FLEET, "Resolution").

CREATE TABLE policy (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    description @text,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    last_number @int NOT NULL, -- of its versions; the number of a dropped draft does not come again
    newest_id @id,             -- the version that was published last, which unpinned assignments follow
    UNIQUE (org, name)
) @strict;

-- A version is a draft until it is published; from then on its content, locks and numbers never change.
CREATE TABLE policy_version (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    policy_id @id NOT NULL REFERENCES policy (id),
    number @int NOT NULL,
    state @int NOT NULL CHECK (state IN (0, 1)), -- 0 draft, 1 published
    version @text,    -- YYYY-MM-DD.n, once published
    day @text,        -- the two halves of it, so that .10 comes after .9
    day_number @int,
    content @bytes NOT NULL, -- a JSON object in canonical bytes
    locked @text NOT NULL,   -- a JSON array of JSON Pointers
    enabled @bool,           -- NULL: this version does not say
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    published_at @ts,
    revision @int NOT NULL,
    UNIQUE (policy_id, number)
) @strict;

-- How many versions an organisation published on each UTC day.
CREATE TABLE policy_publication (
    org @id NOT NULL,
    day @text NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (org, day)
) @keyed;

CREATE TABLE assignment (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    policy_id @id NOT NULL REFERENCES policy (id),
    scope @int NOT NULL CHECK (scope BETWEEN 1 AND 5), -- global, org, group, user, device
    target @id NOT NULL, -- of global and org: the organisation itself
    priority @int NOT NULL,
    number @int, -- a pinned version; NULL: follows the newest published one
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (policy_id, scope, target)
) @strict;
CREATE INDEX assignment_target ON assignment (scope, target);
CREATE INDEX assignment_org ON assignment (org);

-- The newest word of each device about a configuration. `result`: applied, failed, rejected.
CREATE TABLE device_ack (
    device_id @id PRIMARY KEY,
    org @id NOT NULL,
    etag @text NOT NULL,
    version @text,
    result @text NOT NULL,
    reason @text,
    applied_at @ts,
    acked_at @ts NOT NULL
) @strict;

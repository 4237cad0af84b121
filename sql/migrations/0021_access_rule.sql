-- Access rules refine what bindings allow: conditions that must all hold, and what then is done.

-- `application_id` NULL: for every application of the organisation. The lowest `position` is asked first. `status`:
-- 1 active, 2 disabled. `effect`: 0 deny, 1 allow, 2 require_mfa, 3 require_reauth (enum access_effect). Lists are
-- separated by blanks. What is NULL is no condition.
CREATE TABLE access_rule (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    application_id @id REFERENCES application (id),
    name @text NOT NULL,
    name_key @text NOT NULL,
    position @int NOT NULL,
    status @int NOT NULL CHECK (status IN (1, 2)),
    effect @int NOT NULL CHECK (effect BETWEEN 0 AND 3),
    max_age @int, -- seconds: of the factor or the sign-in that the effect requires
    cidr @text,
    not_cidr @text,
    weekdays @int, -- one bit each, Sunday the lowest
    hours_from @int, -- minutes of the day in `tz`
    hours_to @int,
    tz @text,
    mfa @int CHECK (mfa IN (0, 1)),
    mfa_max_age @int,
    clients @text, -- client_ids
    scopes @text,
    device_level @int CHECK (device_level IN (1, 2)), -- of an enrolled device: 1 token, 2 a key of its own
    expression @text,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name_key)
) @strict;
CREATE INDEX access_rule_org ON access_rule (org, id);
CREATE INDEX access_rule_application ON access_rule (application_id);

-- `kind`: 1 any of them, 2 all of them.
CREATE TABLE access_rule_group (
    rule_id @id NOT NULL REFERENCES access_rule (id),
    kind @int NOT NULL CHECK (kind IN (1, 2)),
    group_id @id NOT NULL REFERENCES principal_group (id),
    PRIMARY KEY (rule_id, kind, group_id)
) @keyed;
CREATE INDEX access_rule_group_of ON access_rule_group (group_id);

-- What configurations were made of, so that they can be explained for a moment that has passed. A row was true from
-- `from_at` until `until_at` (NULL: it still is) and is written in the transaction of the change. What was there already
-- when these tables were made has been so from 0 on; how far back that is true is the time of this migration, or what
-- the job `history-expiry` has pruned since (setting history.begin).

CREATE TABLE assignment_history (
    id @id NOT NULL,
    org @id NOT NULL,
    policy_id @id NOT NULL,
    scope @int NOT NULL,
    target @id NOT NULL,
    priority @int NOT NULL,
    number @int,
    from_at @ts NOT NULL,
    until_at @ts,
    PRIMARY KEY (id, from_at)
) @keyed;
CREATE INDEX assignment_history_target ON assignment_history (scope, target);
CREATE INDEX assignment_history_until ON assignment_history (until_at) WHERE until_at IS NOT NULL;
INSERT INTO assignment_history (id, org, policy_id, scope, target, priority, number, from_at)
SELECT id, org, policy_id, scope, target, priority, number, 0 FROM assignment;

CREATE TABLE group_history (
    id @id NOT NULL,
    org @id NOT NULL,
    priority @int NOT NULL,
    from_at @ts NOT NULL,
    until_at @ts,
    PRIMARY KEY (id, from_at)
) @keyed;
CREATE INDEX group_history_until ON group_history (until_at) WHERE until_at IS NOT NULL;
INSERT INTO group_history (id, org, priority, from_at) SELECT id, org, priority, 0 FROM principal_group;

-- Of users and devices, whose groups give configuration.
CREATE TABLE member_history (
    member_id @id NOT NULL,
    group_id @id NOT NULL,
    kind @int NOT NULL,
    from_at @ts NOT NULL,
    until_at @ts,
    PRIMARY KEY (member_id, group_id, kind, from_at)
) @keyed;
CREATE INDEX member_history_group ON member_history (group_id);
CREATE INDEX member_history_until ON member_history (until_at) WHERE until_at IS NOT NULL;
INSERT INTO member_history (member_id, group_id, kind, from_at)
SELECT member_id, group_id, kind, 0 FROM group_member WHERE kind IN (1, 3);

-- No row: nobody owned the device then.
CREATE TABLE owner_history (
    device_id @id NOT NULL,
    user_id @id NOT NULL,
    from_at @ts NOT NULL,
    until_at @ts,
    PRIMARY KEY (device_id, from_at)
) @keyed;
CREATE INDEX owner_history_until ON owner_history (until_at) WHERE until_at IS NOT NULL;
INSERT INTO owner_history (device_id, user_id, from_at) SELECT id, user_id, 0 FROM device WHERE user_id IS NOT NULL;

-- Which version of a policy was the newest.
CREATE TABLE newest_history (
    policy_id @id NOT NULL,
    version_id @id NOT NULL,
    from_at @ts NOT NULL,
    until_at @ts,
    PRIMARY KEY (policy_id, from_at)
) @keyed;
CREATE INDEX newest_history_until ON newest_history (until_at) WHERE until_at IS NOT NULL;
INSERT INTO newest_history (policy_id, version_id, from_at)
SELECT id, newest_id, 0 FROM policy WHERE newest_id IS NOT NULL;

-- What was published of policies that were deleted since.
CREATE TABLE version_history (
    id @id PRIMARY KEY,
    policy_id @id NOT NULL,
    policy_name @text NOT NULL,
    number @int NOT NULL,
    version @text NOT NULL,
    day @text NOT NULL,
    day_number @int NOT NULL,
    content @bytes NOT NULL,
    locked @text NOT NULL,
    enabled @bool,
    until_at @ts NOT NULL
) @strict;
CREATE INDEX version_history_policy ON version_history (policy_id, number);
CREATE INDEX version_history_until ON version_history (until_at);

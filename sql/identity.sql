-- Keys of the server.
-- @row sealed_key: id id, name text, epoch int, master bytes, sealed bytes
-- @many sealed_keys() -> sealed_key
SELECT {sealed_key} FROM sealed_key ORDER BY epoch;

-- @exec sealed_key_add(id id, name text, epoch int, master bytes, sealed bytes, public bytes?, created_at ts)
INSERT INTO sealed_key (id, name, epoch, master, sealed, public, created_at)
VALUES ($id, $name, $epoch, $master, $sealed, $public, $created_at);

-- Data keys: one name, an epoch after the other.
-- @one sealed_key_newest(name text) -> sealed_key
SELECT {sealed_key} FROM sealed_key WHERE name = $name ORDER BY epoch DESC LIMIT 1;

-- @one sealed_key_of_epoch(name text, epoch int) -> sealed_key
SELECT {sealed_key} FROM sealed_key WHERE name = $name AND epoch = $epoch;

-- @many sealed_key_epochs(name text) -> (id id, epoch int, created_at ts)
SELECT id, epoch, created_at FROM sealed_key WHERE name = $name ORDER BY epoch;

-- @exec sealed_key_drop(id id)
DELETE FROM sealed_key WHERE id = $id;

-- Who acts. The state of the organisation counts for all who belong to it.
-- @one token_find(hash bytes) -> (org id, org_status int, principal_kind int, principal id, state int, join_seq int,
--     expires_at ts?)
SELECT t.org, o.status, t.principal_kind, t.principal, t.state, t.join_seq, t.expires_at
FROM token t JOIN organisation o ON o.id = t.org WHERE t.hash = $hash;

-- @one actor_user(org id, id id) -> (name text, status int, roles int)
SELECT username, status, roles FROM user_account WHERE org = $org AND id = $id;

-- @one actor_service(org id, id id) -> (name text, status int, roles int)
SELECT name, status, roles FROM service_account WHERE org = $org AND id = $id;

-- @one actor_device(org id, id id) -> (name text, status int)
SELECT machine_id, status FROM device WHERE org = $org AND id = $id;

-- @one actor_enrolment_key(org id, id id) -> (name text)
SELECT name FROM enrolment_key WHERE org = $org AND id = $id;

-- Whom one belongs to begins with its memberships, which are few (CROSS JOIN: SQLite keeps this order; left to
-- itself it walks through all groups of the organisation).
-- @many member_roles(org id, kind int, member_id id) -> (group_id id, roles int)
SELECT g.id, g.roles FROM group_member m CROSS JOIN principal_group g
WHERE g.id = m.group_id AND g.org = $org AND m.kind = $kind AND m.member_id = $member_id;

-- Organisations.
-- @row organisation: id id, slug text, name text, status int, created_at ts, revision int
-- @one organisation_by_slug(slug text) -> organisation
SELECT {organisation} FROM organisation WHERE slug = $slug;

-- @one organisation_by_id(id id) -> organisation
SELECT {organisation} FROM organisation WHERE id = $id;

-- @many organisation_list(after id, n int) -> organisation
SELECT {organisation} FROM organisation WHERE id > $after ORDER BY id LIMIT $n;

-- @exec organisation_add(id id, slug text, name text, status int, now ts)
INSERT INTO organisation (id, slug, name, status, created_at, revision) VALUES ($id, $slug, $name, $status, $now, 1);

-- Users. A search is a prefix of the canonical username or email, or of a word of the name that is shown (A to Z in either case).
-- @part user_found
SELECT a.id FROM user_account a WHERE a.org = $org AND a.username_key >= $low AND a.username_key < $high
UNION SELECT b.id FROM user_account b WHERE b.org = $org AND b.email_key >= $low AND b.email_key < $high
UNION SELECT c.id FROM user_account c
WHERE c.org = $org AND REPLACE(' ' || LOWER(c.display_name), ' ' || $low, '') <> ' ' || LOWER(c.display_name);

-- @row user_account: id id, username text, email text, display_name text?, status int, roles int, created_at ts,
--     updated_at ts, revision int
-- @one user_get(org id, id id) -> user_account
SELECT {user_account} FROM user_account WHERE org = $org AND id = $id;

-- @one user_by_name(org id, username_key text) -> (id id)
SELECT id FROM user_account WHERE org = $org AND username_key = $username_key;

-- @many user_list(org id, after id, n int) -> user_account
SELECT {user_account} FROM user_account WHERE org = $org AND id > $after ORDER BY id LIMIT $n;

-- @many user_search(org id, low text, high text, after id, n int) -> user_account
SELECT {user_account} FROM user_account WHERE org = $org AND id > $after AND id IN ({user_found})
ORDER BY id LIMIT $n;

-- @many user_exact(org id, username_key text?, email_key text?, after id, n int) -> user_account
SELECT {user_account} FROM user_account WHERE org = $org AND id > $after
AND (username_key = $username_key OR $username_key IS NULL) AND (email_key = $email_key OR $email_key IS NULL)
ORDER BY id LIMIT $n;

-- Counts are exact up to their limit, so that they never cost more.
-- @one user_count(org id, username_key text?, email_key text?, limit int) -> (n int)
SELECT count(*) FROM (SELECT 1 FROM user_account WHERE org = $org
    AND (username_key = $username_key OR $username_key IS NULL) AND (email_key = $email_key OR $email_key IS NULL)
    LIMIT $limit) AS found;

-- @one user_search_count(org id, low text, high text, limit int) -> (n int)
SELECT count(*) FROM ({user_found} LIMIT $limit) AS found;

-- @exec user_add(id id, org id, username text, username_key text, email text, email_key text, display_name text?,
--     status int, roles int, now ts)
INSERT INTO user_account (id, org, username, username_key, email, email_key, display_name, status, roles, created_at,
                          updated_at, revision)
VALUES ($id, $org, $username, $username_key, $email, $email_key, $display_name, $status, $roles, $now, $now, 1);

-- @exec user_put(org id, id id, username text, username_key text, email text, email_key text, display_name text?,
--     status int, roles int, now ts)
UPDATE user_account SET username = $username, username_key = $username_key, email = $email, email_key = $email_key,
       display_name = $display_name, status = $status, roles = $roles, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec user_drop(org id, id id)
DELETE FROM user_account WHERE org = $org AND id = $id;

-- @one user_use(org id, id id) -> (devices_n int, assignments_n int, secrets_n int)
SELECT (SELECT count(*) FROM device d WHERE d.org = $org AND d.user_id = $id),
       (SELECT count(*) FROM assignment a WHERE a.scope = 4 AND a.target = $id),
       (SELECT count(*) FROM secret s WHERE s.scope = 4 AND s.target = $id);

-- Service accounts.
-- @row service_account: id id, name text, status int, roles int, created_at ts, updated_at ts, revision int
-- @one service_get(org id, id id) -> service_account
SELECT {service_account} FROM service_account WHERE org = $org AND id = $id;

-- @many service_list(org id, low text, high text, after id, n int) -> service_account
SELECT {service_account} FROM service_account
WHERE org = $org AND id > $after AND name_key >= $low AND name_key < $high ORDER BY id LIMIT $n;

-- @one service_count(org id, low text, high text, limit int) -> (n int)
SELECT count(*) FROM (SELECT 1 FROM service_account WHERE org = $org AND name_key >= $low AND name_key < $high
                      LIMIT $limit) AS found;

-- @exec service_add(id id, org id, name text, name_key text, status int, roles int, now ts)
INSERT INTO service_account (id, org, name, name_key, status, roles, created_at, updated_at, revision)
VALUES ($id, $org, $name, $name_key, $status, $roles, $now, $now, 1);

-- @exec service_put(org id, id id, name text, name_key text, status int, roles int, now ts)
UPDATE service_account SET name = $name, name_key = $name_key, status = $status, roles = $roles, updated_at = $now,
       revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec service_drop(org id, id id)
DELETE FROM service_account WHERE org = $org AND id = $id;

-- Groups.
-- @row principal_group: id id, name text, priority int, roles int, created_at ts, updated_at ts, revision int
-- @one group_get(org id, id id) -> principal_group
SELECT {principal_group} FROM principal_group WHERE org = $org AND id = $id;

-- @one group_by_name(org id, name_key text) -> principal_group
SELECT {principal_group} FROM principal_group WHERE org = $org AND name_key = $name_key;

-- `member_id`: those that it is in.
-- @many group_list(org id, low text, high text, member_id id?, after id, n int) -> principal_group
SELECT {principal_group} FROM principal_group
WHERE org = $org AND id > $after AND name_key >= $low AND name_key < $high
AND ($member_id IS NULL OR id IN (SELECT m.group_id FROM group_member m WHERE m.member_id = $member_id))
ORDER BY id LIMIT $n;

-- @one group_count(org id, low text, high text, member_id id?, limit int) -> (n int)
SELECT count(*) FROM (SELECT 1 FROM principal_group WHERE org = $org AND name_key >= $low AND name_key < $high
    AND ($member_id IS NULL OR id IN (SELECT m.group_id FROM group_member m WHERE m.member_id = $member_id))
                      LIMIT $limit) AS found;

-- @exec group_add(id id, org id, name text, name_key text, priority int, roles int, now ts)
INSERT INTO principal_group (id, org, name, name_key, priority, roles, created_at, updated_at, revision)
VALUES ($id, $org, $name, $name_key, $priority, $roles, $now, $now, 1);

-- @exec group_put(org id, id id, name text, name_key text, priority int, roles int, now ts)
UPDATE principal_group SET name = $name, name_key = $name_key, priority = $priority, roles = $roles,
       updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec group_drop(org id, id id)
DELETE FROM principal_group WHERE org = $org AND id = $id;

-- @one group_use(id id) -> (assignments_n int, keys_n int, secrets_n int, applications_n int, rules_n int)
SELECT (SELECT count(*) FROM assignment a WHERE a.scope = 3 AND a.target = $id),
       (SELECT count(*) FROM enrolment_key_group k WHERE k.group_id = $id),
       (SELECT count(*) FROM secret s WHERE s.scope = 3 AND s.target = $id),
       (SELECT count(*) FROM application_binding b WHERE b.kind = 1 AND b.target_id = $id),
       (SELECT count(*) FROM access_rule_group r WHERE r.group_id = $id);

-- Members. `kind`: 1 user, 2 service account, 3 device.
-- @row group_member: kind int, member_id id, name text?
-- @many member_list(org id, id id, after id, n int) -> group_member
SELECT m.kind, m.member_id, COALESCE(u.username, s.name, d.machine_id)
FROM group_member m JOIN principal_group g ON g.id = m.group_id
LEFT JOIN user_account u ON m.kind = 1 AND u.id = m.member_id AND u.org = g.org
LEFT JOIN service_account s ON m.kind = 2 AND s.id = m.member_id AND s.org = g.org
LEFT JOIN device d ON m.kind = 3 AND d.id = m.member_id AND d.org = g.org
WHERE g.org = $org AND g.id = $id AND m.member_id > $after ORDER BY m.member_id LIMIT $n;

-- @one member_get(group_id id, member_id id) -> (kind int)
SELECT kind FROM group_member WHERE group_id = $group_id AND member_id = $member_id;

-- @exec member_add(group_id id, kind int, member_id id)
INSERT INTO group_member (group_id, kind, member_id) VALUES ($group_id, $kind, $member_id);

-- @exec member_drop(group_id id, kind int, member_id id)
DELETE FROM group_member WHERE group_id = $group_id AND kind = $kind AND member_id = $member_id;

-- @exec member_drop_all(member_id id)
DELETE FROM group_member WHERE member_id = $member_id;

-- @exec group_empty(group_id id)
DELETE FROM group_member WHERE group_id = $group_id;

-- Members that act: whose rights change with the group's roles.
-- @each group_actors(group_id id) -> (member_id id)
SELECT member_id FROM group_member WHERE group_id = $group_id AND kind IN (1, 2);

-- @many member_groups(org id, kind int, member_id id) -> (id id, name text)
SELECT g.id, g.name FROM group_member m CROSS JOIN principal_group g
WHERE g.id = m.group_id AND g.org = $org AND m.kind = $kind AND m.member_id = $member_id ORDER BY g.name_key;

-- @one member_device(org id, id id) -> (machine_id text)
SELECT machine_id FROM device WHERE org = $org AND id = $id;

-- Tokens.
-- @row token: id id, name text?, state int, created_at ts, expires_at ts?, used_at ts?
-- @many token_list(org id, principal id, after id, n int) -> token
SELECT {token} FROM token WHERE org = $org AND principal = $principal AND id > $after ORDER BY id LIMIT $n;

-- @exec token_add(hash bytes, id id, org id, principal_kind int, principal id, state int, name text?, now ts,
--     expires_at ts?)
INSERT INTO token (hash, id, org, principal_kind, principal, state, join_seq, name, created_at, expires_at)
VALUES ($hash, $id, $org, $principal_kind, $principal, $state, 0, $name, $now, $expires_at);

-- @one token_get(org id, principal id, id id) -> token
SELECT {token} FROM token WHERE org = $org AND principal = $principal AND id = $id;

-- @exec token_drop(org id, principal id, id id)
DELETE FROM token WHERE org = $org AND principal = $principal AND id = $id;

-- @exec token_drop_all(org id, principal id)
DELETE FROM token WHERE org = $org AND principal = $principal;

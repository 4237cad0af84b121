-- How people come in (src/domain/signin): invitations, accounts that wait, requests for access.

-- @row invitation: id id, org id, email text?, username text?, display_name text?, lang text?, mailed int, uses int,
--   uses_left int, expires_at ts, by_kind int, by_id id?, by_name text, created_at ts, used_at ts?, revision int

-- @exec invitation_add(id id, org id, hash bytes, email text?, email_key text?, username text?, display_name text?,
--   lang text?, mailed int, uses int, expires_at ts, by_kind int, by_id id?, by_name text, now ts)
INSERT INTO invitation (id, org, hash, email, email_key, username, display_name, lang, mailed, uses, uses_left,
    expires_at, by_kind, by_id, by_name, created_at, revision)
VALUES ($id, $org, $hash, $email, $email_key, $username, $display_name, $lang, $mailed, $uses, $uses, $expires_at,
    $by_kind, $by_id, $by_name, $now, 1);

-- @exec invitation_group_add(invitation_id id, group_id id)
INSERT INTO invitation_group (invitation_id, group_id) VALUES ($invitation_id, $group_id) ON CONFLICT DO NOTHING;

-- @row invitation_group: id id, name text, roles int
-- @many invitation_groups(invitation_id id) -> invitation_group
SELECT g.id, g.name, g.roles FROM invitation_group i JOIN principal_group g ON g.id = i.group_id
WHERE i.invitation_id = $invitation_id ORDER BY g.name_key;

-- @one invitation_get(org id, id id) -> invitation
SELECT {invitation} FROM invitation WHERE org = $org AND id = $id;

-- @one invitation_by_hash(hash bytes) -> invitation
SELECT {invitation} FROM invitation WHERE hash = $hash;

-- @many invitation_list(org id, after id, n int) -> invitation
SELECT {invitation} FROM invitation WHERE org = $org AND id > $after ORDER BY id LIMIT $n;

-- @many invitation_open(org id, after id, now ts, n int) -> invitation
SELECT {invitation} FROM invitation
WHERE org = $org AND id > $after AND uses_left > 0 AND expires_at > $now ORDER BY id LIMIT $n;

-- @one invitation_open_to(org id, email_key text, now ts) -> (id id)
SELECT id FROM invitation WHERE org = $org AND email_key = $email_key AND uses_left > 0 AND expires_at > $now LIMIT 1;

-- One use, counted only while there is one and the time is not over: of two at once one gets the last.
-- @exec invitation_use(id id, now ts)
UPDATE invitation SET uses_left = uses_left - 1, used_at = $now, revision = revision + 1
WHERE id = $id AND uses_left > 0 AND expires_at > $now;

-- @exec invitation_group_drop(invitation_id id)
DELETE FROM invitation_group WHERE invitation_id = $invitation_id;

-- @exec invitation_drop(org id, id id)
DELETE FROM invitation WHERE org = $org AND id = $id;

-- Accounts that wait for validation.
-- @one user_by_email(org id, email_key text) -> (id id)
SELECT id FROM user_account WHERE org = $org AND email_key = $email_key;

-- @one user_pending_n(org id) -> (n int)
SELECT count(*) FROM user_account WHERE org = $org AND status = 0;

-- @exec user_email_proven(id id, now ts)
UPDATE user_account SET email_verified_at = $now WHERE id = $id;

-- Of two administrators one validates, and no account that was disabled meanwhile comes back.
-- @exec user_validate(org id, id id, now ts)
UPDATE user_account SET status = 1, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id AND status = 0;

-- Requests for access.
-- @row access_request: id id, user_id id, username text, application_id id, application text, reason text?, status int,
--   group_id id?, group_name text?, decided_reason text?, decided_by id?, decided_at ts?, created_at ts

-- @exec access_request_add(id id, org id, user_id id, application_id id, reason text?, now ts)
INSERT INTO access_request (id, org, user_id, application_id, reason, status, created_at)
VALUES ($id, $org, $user_id, $application_id, $reason, 1, $now);

-- @one access_request_get(org id, id id) -> access_request
SELECT r.id, r.user_id, u.username, r.application_id, a.name, r.reason, r.status, r.group_id, g.name, r.decided_reason,
    r.decided_by, r.decided_at, r.created_at
FROM access_request r JOIN user_account u ON u.id = r.user_id JOIN application a ON a.id = r.application_id
LEFT JOIN principal_group g ON g.id = r.group_id
WHERE r.org = $org AND r.id = $id;

-- `status` 0: all.
-- @many access_request_list(org id, status int, after id, n int) -> access_request
SELECT r.id, r.user_id, u.username, r.application_id, a.name, r.reason, r.status, r.group_id, g.name, r.decided_reason,
    r.decided_by, r.decided_at, r.created_at
FROM access_request r JOIN user_account u ON u.id = r.user_id JOIN application a ON a.id = r.application_id
LEFT JOIN principal_group g ON g.id = r.group_id
WHERE r.org = $org AND ($status = 0 OR r.status = $status) AND r.id > $after ORDER BY r.id LIMIT $n;

-- @many access_request_own(user_id id, status int, after id, n int) -> access_request
SELECT r.id, r.user_id, u.username, r.application_id, a.name, r.reason, r.status, r.group_id, g.name, r.decided_reason,
    r.decided_by, r.decided_at, r.created_at
FROM access_request r JOIN user_account u ON u.id = r.user_id JOIN application a ON a.id = r.application_id
LEFT JOIN principal_group g ON g.id = r.group_id
WHERE r.user_id = $user_id AND ($status = 0 OR r.status = $status) AND r.id > $after ORDER BY r.id LIMIT $n;

-- @one access_request_open_n(user_id id) -> (n int)
SELECT count(*) FROM access_request WHERE user_id = $user_id AND status = 1;

-- Decided once.
-- @exec access_request_decide(org id, id id, status int, group_id id?, reason text?, by_kind int, by_id id?, now ts)
UPDATE access_request SET status = $status, group_id = $group_id, decided_reason = $reason, decided_kind = $by_kind,
    decided_by = $by_id, decided_at = $now
WHERE org = $org AND id = $id AND status = 1;

-- What may be asked for: active, and not for administrators only.
-- @one access_request_application(org id, id id) -> (name text)
SELECT name FROM application WHERE org = $org AND id = $id AND status = 1 AND admin = 0 AND origin <> 5;

-- Is the user bound to it, or a group of his?
-- @one access_request_bound(application_id id, user_id id) -> (n int)
SELECT count(*) FROM application_binding b WHERE b.application_id = $application_id
AND ((b.kind = 2 AND b.target_id = $user_id) OR (b.kind = 1 AND b.target_id IN (
    SELECT m.group_id FROM group_member m WHERE m.kind = 1 AND m.member_id = $user_id)));

-- The groups that open it.
-- @many application_groups(application_id id) -> invitation_group
SELECT g.id, g.name, g.roles FROM application_binding b JOIN principal_group g ON g.id = b.target_id
WHERE b.application_id = $application_id AND b.kind = 1 ORDER BY g.name_key;

-- What leads here goes with a person, a group or an application.
-- @exec access_request_forget_user(user_id id)
DELETE FROM access_request WHERE user_id = $user_id;

-- @exec access_request_forget_application(application_id id)
DELETE FROM access_request WHERE application_id = $application_id;

-- @exec invitation_forget_group(group_id id)
DELETE FROM invitation_group WHERE group_id = $group_id;

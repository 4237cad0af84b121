-- Passwords, known browsers, what wrong guesses cost, and links that are opened once.

-- Who may be meant: by username or email, as whoever signs in writes it.
-- @one signin_user(org id, name_key text) -> (id id, username text, email text, status int, password text?,
--     password_at ts?)
SELECT id, username, email, status, password, password_at FROM user_account
WHERE org = $org AND (username_key = $name_key OR email_key = $name_key)
ORDER BY CASE WHEN username_key = $name_key THEN 0 ELSE 1 END LIMIT 1;

-- @one user_password(org id, id id) -> (password text?, password_at ts?)
SELECT password, password_at FROM user_account WHERE org = $org AND id = $id;

-- @one user_password_put(org id, id id, password text, now ts) -> (id id)
UPDATE user_account SET password = $password, password_at = $now, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id
RETURNING id;

-- The same password with today's costs, if it still is the one that was looked at.
-- @exec user_password_renew(org id, id id, password text, old text)
UPDATE user_account SET password = $password WHERE org = $org AND id = $id AND password = $old;

-- @one first_administrator(role int) -> (n int)
SELECT count(*) FROM user_account u WHERE u.password IS NOT NULL AND u.status = 1
AND (u.roles & $role <> 0 OR EXISTS (SELECT 1 FROM group_member m JOIN principal_group g ON g.id = m.group_id
    WHERE m.kind = 1 AND m.member_id = u.id AND g.roles & $role <> 0));

-- Whoever it is, and whether he may sign in or not.
-- @one first_person() -> (n int)
SELECT count(*) FROM (SELECT 1 FROM user_account LIMIT 1) AS one;

-- @row signin_failure: bucket int, failures int, at ts
-- @one signin_failure_get(bucket int) -> signin_failure
SELECT {signin_failure} FROM signin_failure WHERE bucket = $bucket;

-- @exec signin_failure_put(bucket int, failures int, at ts)
INSERT INTO signin_failure (bucket, failures, at) VALUES ($bucket, $failures, $at)
ON CONFLICT (bucket) DO UPDATE SET failures = excluded.failures, at = excluded.at;

-- @exec signin_failure_drop(bucket int)
DELETE FROM signin_failure WHERE bucket = $bucket;

-- @one known_browser_get(user_id id, hash bytes) -> (id id, used_at ts)
SELECT id, used_at FROM known_browser WHERE user_id = $user_id AND hash = $hash;

-- @one known_browser_count(user_id id) -> (n int)
SELECT count(*) FROM known_browser WHERE user_id = $user_id;

-- @exec known_browser_put(user_id id, hash bytes, id id, org id, now ts)
INSERT INTO known_browser (user_id, hash, id, org, created_at, used_at) VALUES ($user_id, $hash, $id, $org, $now, $now)
ON CONFLICT (user_id, hash) DO UPDATE SET used_at = excluded.used_at;

-- The ones that were used longest ago make room.
-- @exec known_browser_trim(user_id id, keep int)
DELETE FROM known_browser WHERE user_id = $user_id AND id NOT IN (
    SELECT id FROM known_browser WHERE user_id = $user_id ORDER BY used_at DESC, id DESC LIMIT $keep);

-- @exec known_browser_expire(before ts, limit int)
DELETE FROM known_browser WHERE id IN (
    SELECT id FROM known_browser WHERE used_at < $before ORDER BY used_at LIMIT $limit);

-- @exec signin_link_add(hash bytes, org id, user_id id?, purpose int, now ts, expires_at ts)
INSERT INTO signin_link (hash, org, user_id, purpose, created_at, expires_at)
VALUES ($hash, $org, $user_id, $purpose, $now, $expires_at);

-- @row signin_link: hash bytes, org id, user_id id?, purpose int, created_at ts, expires_at ts, used_at ts?
-- @one signin_link_get(hash bytes, purpose int, now ts) -> signin_link
SELECT {signin_link} FROM signin_link
WHERE hash = $hash AND purpose = $purpose AND used_at IS NULL AND expires_at > $now;

-- Of several at once exactly one gets a row.
-- @one signin_link_use(hash bytes, purpose int, now ts) -> signin_link
UPDATE signin_link SET used_at = $now
WHERE hash = $hash AND purpose = $purpose AND used_at IS NULL AND expires_at > $now
RETURNING {signin_link};

-- @exec signin_link_end(user_id id, now ts)
UPDATE signin_link SET used_at = $now WHERE user_id = $user_id AND used_at IS NULL;

-- @one signin_link_open(user_id id, purpose int, now ts) -> (n int, newest ts?)
SELECT count(*), max(created_at) FROM signin_link
WHERE user_id = $user_id AND purpose = $purpose AND used_at IS NULL AND expires_at > $now;

-- @exec signin_link_expire(before ts, limit int)
DELETE FROM signin_link WHERE hash IN (
    SELECT hash FROM signin_link WHERE expires_at < $before ORDER BY expires_at LIMIT $limit);

-- Signings-in of people. `kind`, `level`, `amr`: src/domain/signin/session.h.
-- @row session: id id, org id, user_id id, kind int, level int, amr int, auth_at ts, mfa_at ts?, created_at ts,
--     used_at ts, expires_at ts, idle_at ts?, ended_at ts?, ip text?, agent text?, upstream id?, upstream_sub text?,
--     upstream_sid text?
-- @one session_get(org id, id id) -> session
SELECT {session} FROM session WHERE org = $org AND id = $id;

-- Who acts by a cookie: of this server, or of a host behind forward-auth; the two never have one digest.
-- @one session_find(hash bytes) -> (id id, org id, org_status int, user_id id, level int, expires_at ts, idle_at ts?,
--     ended_at ts?)
SELECT s.id, s.org, o.status, s.user_id, s.level, s.expires_at, s.idle_at, s.ended_at
FROM session s JOIN organisation o ON o.id = s.org
WHERE s.hash = $hash OR s.id IN (SELECT f.session_id FROM forward_session f WHERE f.hash = $hash);

-- @exec session_add(id id, org id, user_id id, kind int, level int, hash bytes?, amr int, now ts, mfa_at ts?,
--     expires_at ts, idle_at ts?, ip text?, agent text?, upstream id?, upstream_sub text?, upstream_sid text?)
INSERT INTO session (id, org, user_id, kind, level, hash, amr, auth_at, mfa_at, created_at, used_at, expires_at,
                     idle_at, ip, agent, upstream, upstream_sub, upstream_sid)
VALUES ($id, $org, $user_id, $kind, $level, $hash, $amr, $now, $mfa_at, $now, $now, $expires_at,
        $idle_at, $ip, $agent, $upstream, $upstream_sub, $upstream_sid);

-- Another proof: with it the cookie changes.
-- @one session_raise(org id, id id, hash bytes?, level int, amr int, auth_at ts, mfa_at ts?, now ts) -> session
UPDATE session SET hash = $hash, level = $level, amr = $amr, auth_at = $auth_at, mfa_at = $mfa_at, used_at = $now
WHERE org = $org AND id = $id AND ended_at IS NULL AND expires_at > $now
RETURNING {session};

-- Of one person, those that are open, newest first.
-- @many session_list(org id, user_id id, before id, now ts, n int) -> session
SELECT {session} FROM session
WHERE org = $org AND user_id = $user_id AND id < $before AND ended_at IS NULL AND expires_at > $now
AND (idle_at IS NULL OR idle_at > $now)
ORDER BY id DESC LIMIT $n;

-- What is over the number that a person may have open, the longest unused first to go.
-- @many session_surplus(org id, user_id id, now ts, keep int) -> (id id)
SELECT id FROM session WHERE org = $org AND user_id = $user_id AND ended_at IS NULL AND expires_at > $now
ORDER BY used_at DESC, id DESC LIMIT 100 OFFSET $keep;

-- @one session_end(org id, id id, now ts, reason text) -> (user_id id)
UPDATE session SET ended_at = $now, ended_reason = $reason WHERE org = $org AND id = $id AND ended_at IS NULL
RETURNING user_id;

-- @exec session_end_grants(session_id id, now ts, reason text)
UPDATE oauth_grant SET ended_at = $now, ended_reason = $reason WHERE session_id = $session_id AND ended_at IS NULL;

-- All of one principal but one session and what follows from it. A service account has grants only.
-- @exec session_end_all(user_id id, except id, now ts, reason text)
UPDATE session SET ended_at = $now, ended_reason = $reason
WHERE user_id = $user_id AND id <> $except AND ended_at IS NULL;

-- @exec principal_end_grants(principal id, except id, now ts, reason text)
UPDATE oauth_grant SET ended_at = $now, ended_reason = $reason
WHERE principal = $principal AND ended_at IS NULL AND (session_id IS NULL OR session_id <> $except);

-- Last use; never back.
-- @exec session_seen(id id, at ts, idle_at ts?)
UPDATE session SET used_at = $at, idle_at = $idle_at WHERE id = $id AND used_at < $at AND ended_at IS NULL;

-- What nothing refers to any more.
-- @many session_over(before ts, limit int) -> (id id)
SELECT s.id FROM session s WHERE s.expires_at < $before
AND NOT EXISTS (SELECT 1 FROM oauth_grant g WHERE g.session_id = s.id)
ORDER BY s.expires_at LIMIT $limit;

-- @exec session_drop(id id)
DELETE FROM session WHERE id = $id;

-- Of a principal who goes.
-- @exec principal_drop_refresh(principal id)
DELETE FROM refresh_token WHERE grant_id IN (SELECT id FROM oauth_grant WHERE principal = $principal);

-- @exec principal_drop_grants(principal id)
DELETE FROM oauth_grant WHERE principal = $principal;

-- @exec session_drop_all(user_id id)
DELETE FROM session WHERE user_id = $user_id;

-- @exec known_browser_drop_all(user_id id)
DELETE FROM known_browser WHERE user_id = $user_id;

-- @exec signin_link_drop_all(user_id id)
DELETE FROM signin_link WHERE user_id = $user_id;

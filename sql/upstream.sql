-- Other issuers of identity, the accounts that are linked to them, and the way there and back.

-- @row provider: id id, org id, name text, title text, issuer text, client_id text, scopes text, groups_claim text?,
--   audience text?, sign_up int, link_email int, status int, epoch int?, key_id id?, sealed bytes?, created_at ts,
--   updated_at ts, revision int
-- @exec provider_add(id id, org id, name text, title text, issuer text, client_id text, scopes text, groups_claim text?,
--   audience text?, sign_up int, link_email int, status int, epoch int?, key_id id?, sealed bytes?, now ts)
INSERT INTO identity_provider (id, org, name, title, issuer, client_id, scopes, groups_claim, audience, sign_up, link_email,
    status, epoch, key_id, sealed, created_at, updated_at, revision)
VALUES ($id, $org, $name, $title, $issuer, $client_id, $scopes, $groups_claim, $audience, $sign_up, $link_email,
    $status, $epoch, $key_id, $sealed, $now, $now, 1);

-- @exec provider_put(org id, id id, title text, client_id text, scopes text, groups_claim text?, audience text?, sign_up int,
--   link_email int, status int, epoch int?, key_id id?, sealed bytes?, now ts)
UPDATE identity_provider SET title = $title, client_id = $client_id, scopes = $scopes, groups_claim = $groups_claim,
    audience = $audience, sign_up = $sign_up, link_email = $link_email, status = $status, epoch = $epoch, key_id = $key_id,
    sealed = $sealed, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @one provider_get(org id, id id) -> provider
SELECT {provider} FROM identity_provider WHERE org = $org AND id = $id;

-- @one provider_by_id(id id) -> provider
SELECT {provider} FROM identity_provider WHERE id = $id;

-- @one provider_by_name(org id, name text) -> provider
SELECT {provider} FROM identity_provider WHERE org = $org AND name = $name;

-- Of every organisation: whose access tokens are taken.
-- @many provider_by_issuer(issuer text, active int) -> provider
SELECT {provider} FROM identity_provider WHERE issuer = $issuer AND status = $active AND audience IS NOT NULL
ORDER BY id LIMIT 2;

-- @one provider_of_issuer(org id, issuer text) -> provider
SELECT {provider} FROM identity_provider WHERE org = $org AND issuer = $issuer;

-- @many provider_page(org id, after id, limit int) -> provider
SELECT {provider} FROM identity_provider WHERE org = $org AND id > $after ORDER BY id LIMIT $limit;

-- For the page to sign in.
-- @many provider_shown(org id, active int) -> (name text, title text)
SELECT name, title FROM identity_provider WHERE org = $org AND status = $active AND title <> '' ORDER BY name LIMIT 16;

-- @exec provider_drop(org id, id id)
DELETE FROM identity_provider WHERE org = $org AND id = $id;

-- @exec provider_group_add(provider_id id, value text, group_id id)
INSERT INTO identity_provider_group (provider_id, value, group_id) VALUES ($provider_id, $value, $group_id)
ON CONFLICT DO NOTHING;

-- @exec provider_group_drop_all(provider_id id)
DELETE FROM identity_provider_group WHERE provider_id = $provider_id;

-- @exec provider_group_forget(group_id id)
DELETE FROM identity_provider_group WHERE group_id = $group_id;

-- @many provider_groups(provider_id id) -> (value text, group_id id)
SELECT value, group_id FROM identity_provider_group WHERE provider_id = $provider_id ORDER BY value, group_id;

-- @one link_find(provider_id id, sub text) -> (user_id id)
SELECT user_id FROM identity_link WHERE provider_id = $provider_id AND sub = $sub;

-- @exec link_add(provider_id id, sub text, user_id id, now ts)
INSERT INTO identity_link (provider_id, sub, user_id, created_at, seen_at) VALUES ($provider_id, $sub, $user_id, $now, $now);

-- @exec link_seen(provider_id id, sub text, now ts)
UPDATE identity_link SET seen_at = $now WHERE provider_id = $provider_id AND sub = $sub;

-- @exec link_drop_all(provider_id id)
DELETE FROM identity_link WHERE provider_id = $provider_id;

-- @exec link_forget(user_id id)
DELETE FROM identity_link WHERE user_id = $user_id;

-- @one user_by_email_key(org id, email_key text) -> (id id)
SELECT id FROM user_account WHERE org = $org AND email_key = $email_key;

-- @exec way_add(hash bytes, provider_id id, cookie bytes, next text, expires_at ts)
INSERT INTO upstream_way (hash, provider_id, cookie, next, expires_at, used)
VALUES ($hash, $provider_id, $cookie, $next, $expires_at, 0);

-- @row way: provider_id id, cookie bytes, next text, expires_at ts, used int
-- @one way_get(hash bytes) -> way
SELECT {way} FROM upstream_way WHERE hash = $hash;

-- Whoever gets the row goes through.
-- @one way_use(hash bytes, now ts) -> way
UPDATE upstream_way SET used = 1 WHERE hash = $hash AND used = 0 AND expires_at > $now RETURNING {way};

-- @exec way_expire(before ts)
DELETE FROM upstream_way WHERE expires_at < $before;

-- @exec upstream_logout_add(provider_id id, jti text, expires_at ts)
INSERT INTO upstream_logout (provider_id, jti, expires_at) VALUES ($provider_id, $jti, $expires_at);

-- @exec upstream_logout_expire(before ts)
DELETE FROM upstream_logout WHERE expires_at < $before;

-- By sid alone, by sub alone, or by both (OpenID Connect Back-Channel Logout section 2.4).
-- @many upstream_sessions(upstream id, sub text?, sid text?) -> (id id, user_id id)
SELECT id, user_id FROM session WHERE upstream = $upstream AND ended_at IS NULL
    AND ($sub IS NULL OR upstream_sub = $sub) AND ($sid IS NULL OR upstream_sid = $sid) LIMIT 500;

-- Applications that have grants from a session that has ended, and want to hear of it.
-- @many logout_waiting(since ts, now ts, limit int) -> (application_id id)
SELECT DISTINCT a.id
FROM session s JOIN oauth_grant g ON g.session_id = s.id JOIN application a ON a.id = g.application_id
LEFT JOIN logout_told t ON t.session_id = s.id AND t.application_id = a.id
WHERE s.ended_at > $since AND a.backchannel_logout_uri IS NOT NULL AND a.status = 1
    AND (t.done IS NULL OR (t.done = 0 AND t.due_at <= $now)) LIMIT $limit;

-- Such a session, for one of them.
-- @one logout_due(application_id id, since ts, now ts) -> (session_id id, org id, user_id id, application_id id,
--   client_id text, uri text, alg int, attempts int)
SELECT s.id, s.org, s.user_id, a.id, a.client_id, a.backchannel_logout_uri, a.id_token_alg, coalesce(t.attempts, 0)
FROM session s JOIN oauth_grant g ON g.session_id = s.id JOIN application a ON a.id = g.application_id
LEFT JOIN logout_told t ON t.session_id = s.id AND t.application_id = a.id
WHERE a.id = $application_id AND s.ended_at > $since AND a.backchannel_logout_uri IS NOT NULL AND a.status = 1
    AND (t.done IS NULL OR (t.done = 0 AND t.due_at <= $now)) LIMIT 1;

-- @exec logout_tell(session_id id, application_id id, attempts int, due_at ts, done int)
INSERT INTO logout_told (session_id, application_id, attempts, due_at, done)
VALUES ($session_id, $application_id, $attempts, $due_at, $done)
ON CONFLICT (session_id, application_id) DO UPDATE SET attempts = excluded.attempts, due_at = excluded.due_at,
    done = excluded.done;

-- @exec logout_forget(before ts)
DELETE FROM logout_told WHERE due_at < $before;

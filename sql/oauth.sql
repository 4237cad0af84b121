-- Grants. What counts is the state of everything that a grant stands on: organisation, session, person, application.
-- `principal_status`: NULL where the principal is gone.
-- @row oauth_grant: id id, org id, kind int, application_id id?, principal_kind int, principal id, session_id id?,
--     scope text, resource text, dpop_jkt text?, created_at ts, expires_at ts, ended_at ts?
-- @exec oauth_grant_add(id id, org id, kind int, application_id id?, principal_kind int, principal id, session_id id?,
--     scope text, resource text, dpop_jkt text?, now ts, expires_at ts)
INSERT INTO oauth_grant (id, org, kind, application_id, principal_kind, principal, session_id, scope, resource, dpop_jkt,
                         created_at, expires_at)
VALUES ($id, $org, $kind, $application_id, $principal_kind, $principal, $session_id, $scope, $resource, $dpop_jkt,
        $now, $expires_at);

-- @one oauth_grant_get(id id) -> oauth_grant
SELECT {oauth_grant} FROM oauth_grant WHERE id = $id;

-- @one oauth_grant_stands_on(id id) -> (org_status int, application_status int?, session_level int?,
--     session_ends ts?, session_ended ts?, principal_status int?)
SELECT o.status, a.status, s.level, s.expires_at, s.ended_at, COALESCE(u.status, v.status, d.status)
FROM oauth_grant g JOIN organisation o ON o.id = g.org
LEFT JOIN application a ON a.id = g.application_id
LEFT JOIN session s ON s.id = g.session_id
LEFT JOIN user_account u ON g.principal_kind = 1 AND u.id = g.principal AND u.org = g.org
LEFT JOIN service_account v ON g.principal_kind = 2 AND v.id = g.principal AND v.org = g.org
LEFT JOIN device d ON g.principal_kind = 3 AND d.id = g.principal AND d.org = g.org
WHERE g.id = $id;

-- @exec oauth_grant_extend(id id, expires_at ts)
UPDATE oauth_grant SET expires_at = $expires_at WHERE id = $id AND expires_at < $expires_at;

-- @exec oauth_grant_end(id id, reason text, now ts)
UPDATE oauth_grant SET ended_at = $now, ended_reason = $reason WHERE id = $id AND ended_at IS NULL;

-- Refresh tokens. `state`: enum refresh_state.
-- @row refresh_token: hash bytes, grant_id id, state int, reused int, created_at ts, expires_at ts, rotated_at ts?
-- @one refresh_token_get(hash bytes) -> refresh_token
SELECT {refresh_token} FROM refresh_token WHERE hash = $hash;

-- @exec refresh_token_add(hash bytes, grant_id id, now ts, expires_at ts)
INSERT INTO refresh_token (hash, grant_id, state, reused, created_at, expires_at)
VALUES ($hash, $grant_id, 1, 0, $now, $expires_at);

-- Of several at once exactly one gets a row.
-- @one refresh_token_rotate(hash bytes, now ts) -> (grant_id id)
UPDATE refresh_token SET state = 2, rotated_at = $now WHERE hash = $hash AND state = 1 AND expires_at > $now
RETURNING grant_id;

-- @one refresh_token_again(hash bytes, most int) -> (reused int)
UPDATE refresh_token SET reused = reused + 1 WHERE hash = $hash AND state = 2 AND reused < $most RETURNING reused;

-- Codes.
-- @row auth_code: hash bytes, grant_id id, redirect_uri text, challenge bytes?, nonce text?, created_at ts, expires_at ts,
--     used_at ts?
-- @exec auth_code_add(hash bytes, grant_id id, redirect_uri text, challenge bytes?, nonce text?, now ts, expires_at ts)
INSERT INTO auth_code (hash, grant_id, redirect_uri, challenge, nonce, created_at, expires_at)
VALUES ($hash, $grant_id, $redirect_uri, $challenge, $nonce, $now, $expires_at);

-- @one auth_code_get(hash bytes) -> auth_code
SELECT {auth_code} FROM auth_code WHERE hash = $hash;

-- @one auth_code_use(hash bytes, now ts) -> (grant_id id)
UPDATE auth_code SET used_at = $now WHERE hash = $hash AND used_at IS NULL AND expires_at > $now RETURNING grant_id;

-- Requests.
-- @row auth_request: hash bytes, org id, application_id id, pushed int, redirect_uri text, response_mode int, scope text,
--     resource text, state text?, nonce text?, challenge bytes?, prompt int, max_age int?, login_hint text?,
--     hint_sub id?, dpop_jkt text?, created_at ts, expires_at ts, used_at ts?
-- @exec auth_request_add(hash bytes, org id, application_id id, pushed int, redirect_uri text, response_mode int,
--     scope text, resource text, state text?, nonce text?, challenge bytes?, prompt int, max_age int?, login_hint text?,
--     hint_sub id?, dpop_jkt text?, now ts, expires_at ts)
INSERT INTO auth_request (hash, org, application_id, pushed, redirect_uri, response_mode, scope, resource, state, nonce,
                          challenge, prompt, max_age, login_hint, hint_sub, dpop_jkt, created_at, expires_at)
VALUES ($hash, $org, $application_id, $pushed, $redirect_uri, $response_mode, $scope, $resource, $state, $nonce,
        $challenge, $prompt, $max_age, $login_hint, $hint_sub, $dpop_jkt, $now, $expires_at);

-- @one auth_request_count() -> (n int)
SELECT count(*) FROM auth_request;

-- @one auth_request_get(hash bytes) -> auth_request
SELECT {auth_request} FROM auth_request WHERE hash = $hash;

-- @one auth_request_use(hash bytes, now ts) -> (application_id id)
UPDATE auth_request SET used_at = $now WHERE hash = $hash AND used_at IS NULL AND expires_at > $now
RETURNING application_id;

-- Consent.
-- @one oauth_consent_get(application_id id, user_id id) -> (scope text)
SELECT scope FROM oauth_consent WHERE application_id = $application_id AND user_id = $user_id;

-- @exec oauth_consent_put(application_id id, user_id id, scope text, now ts)
INSERT INTO oauth_consent (application_id, user_id, scope, updated_at) VALUES ($application_id, $user_id, $scope, $now)
ON CONFLICT (application_id, user_id) DO UPDATE SET scope = excluded.scope, updated_at = excluded.updated_at;

-- Expiry, in slices.
-- @many auth_request_expire(before ts, n int) -> (hash bytes)
DELETE FROM auth_request WHERE hash IN (SELECT hash FROM auth_request WHERE expires_at < $before LIMIT $n) RETURNING hash;

-- @many refresh_token_expire(before ts, n int) -> (hash bytes)
DELETE FROM refresh_token WHERE hash IN (
    SELECT hash FROM refresh_token WHERE expires_at < $before ORDER BY expires_at LIMIT $n) RETURNING hash;

-- @many oauth_grant_expired(before ts, n int) -> (id id)
SELECT id FROM oauth_grant WHERE expires_at < $before ORDER BY expires_at LIMIT $n;

-- @exec refresh_token_drop_of_grant(grant_id id)
DELETE FROM refresh_token WHERE grant_id = $grant_id;

-- @exec oauth_grant_drop(id id)
DELETE FROM oauth_grant WHERE id = $id;

-- What a client is told of a person.
-- @one oauth_profile(org id, id id) -> (username text, email text, email_verified_at ts?, display_name text?)
SELECT username, email, email_verified_at, display_name FROM user_account WHERE org = $org AND id = $id;

-- Applications: what people sign in to.
-- @row application: id id, org id, name text, kind int, origin int, status int, admin int, description text?,
--     icon text?, launch_url text?, host text?, client_id text?, client_type int?, auth_method int?,
--     secret_hash bytes?, grants int, scopes text, id_token_alg int, native int, pkce int, par int, dpop int,
--     consent int, access_life int?, refresh_life int?, refresh_grace int?, jwks text?, jwks_uri text?,
--     backchannel_logout_uri text?, registration_hash bytes?, bound_at ts?, created_at ts, updated_at ts,
--     revision int
-- @one application_get(org id, id id) -> application
SELECT {application} FROM application WHERE org = $org AND id = $id;

-- Of any organisation: a grant or a request names it already.
-- @one application_by_id(id id) -> application
SELECT {application} FROM application WHERE id = $id;

-- @one application_by_client(client_id text) -> application
SELECT {application} FROM application WHERE client_id = $client_id;

-- @one application_by_host(host text) -> application
SELECT {application} FROM application WHERE host = $host;

-- @one application_by_name(org id, name_key text) -> application
SELECT {application} FROM application WHERE org = $org AND name_key = $name_key;

-- `admin_max`: 1 shows those of administrators too, 0 leaves them out. `target_id`: those that a binding of it opens.
-- @many application_list(org id, low text, high text, admin_max int, target_id id?, after id, n int) -> application
SELECT {application} FROM application
WHERE org = $org AND id > $after AND name_key >= $low AND name_key < $high AND admin <= $admin_max
AND ($target_id IS NULL OR id IN (SELECT b.application_id FROM application_binding b WHERE b.target_id = $target_id))
ORDER BY id LIMIT $n;

-- Exact up to the limit, so that it never costs more.
-- @one application_count(org id, low text, high text, admin_max int, target_id id?, limit int) -> (n int)
SELECT count(*) FROM (
    SELECT 1 FROM application WHERE org = $org AND name_key >= $low AND name_key < $high AND admin <= $admin_max
    AND ($target_id IS NULL OR id IN (SELECT b.application_id FROM application_binding b WHERE b.target_id = $target_id))
    LIMIT $limit) AS found;

-- A new one, or what has become of one: kind, origin and client_id stay what they were made.
-- @exec application_save(id id, org id, name text, name_key text, kind int, origin int, status int, admin int,
--     description text?, icon text?, launch_url text?, host text?, client_id text?, client_type int?,
--     auth_method int?, secret_hash bytes?, grants int, scopes text, id_token_alg int, native int, pkce int, par int,
--     dpop int, consent int, access_life int?, refresh_life int?, refresh_grace int?, jwks text?, jwks_uri text?,
--     backchannel_logout_uri text?, registration_hash bytes?, now ts)
INSERT INTO application (id, org, name, name_key, kind, origin, status, admin, description, icon, launch_url, host,
                         client_id, client_type, auth_method, secret_hash, grants, scopes, id_token_alg, native, pkce,
                         par, dpop, consent, access_life, refresh_life, refresh_grace, jwks, jwks_uri,
                         backchannel_logout_uri, registration_hash, created_at, updated_at, revision)
VALUES ($id, $org, $name, $name_key, $kind, $origin, $status, $admin, $description, $icon, $launch_url, $host,
        $client_id, $client_type, $auth_method, $secret_hash, $grants, $scopes, $id_token_alg, $native, $pkce,
        $par, $dpop, $consent, $access_life, $refresh_life, $refresh_grace, $jwks, $jwks_uri,
        $backchannel_logout_uri, $registration_hash, $now, $now, 1)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, status = excluded.status,
    admin = excluded.admin, description = excluded.description, icon = excluded.icon,
    launch_url = excluded.launch_url, host = excluded.host, client_type = excluded.client_type,
    auth_method = excluded.auth_method, secret_hash = excluded.secret_hash, grants = excluded.grants,
    scopes = excluded.scopes, id_token_alg = excluded.id_token_alg, native = excluded.native, pkce = excluded.pkce,
    par = excluded.par, dpop = excluded.dpop, consent = excluded.consent, access_life = excluded.access_life,
    refresh_life = excluded.refresh_life, refresh_grace = excluded.refresh_grace, jwks = excluded.jwks,
    jwks_uri = excluded.jwks_uri, backchannel_logout_uri = excluded.backchannel_logout_uri,
    registration_hash = excluded.registration_hash, updated_at = excluded.updated_at,
    revision = application.revision + 1
WHERE application.org = excluded.org;

-- What a newer program says of a client that is built in.
-- @exec application_renew(id id, grants int, scopes text, now ts)
UPDATE application SET grants = $grants, scopes = $scopes, updated_at = $now, revision = revision + 1 WHERE id = $id;

-- @exec application_set_secret(org id, id id, secret_hash bytes, now ts)
UPDATE application SET secret_hash = $secret_hash, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec application_drop(org id, id id)
DELETE FROM application WHERE org = $org AND id = $id;

-- URIs: an application has a few of each kind.
-- @many application_uris(application_id id) -> (kind int, uri text)
SELECT kind, uri FROM application_uri WHERE application_id = $application_id ORDER BY kind, uri;

-- @one application_uri_get(application_id id, kind int, uri text) -> (uri text)
SELECT uri FROM application_uri WHERE application_id = $application_id AND kind = $kind AND uri = $uri;

-- @exec application_uri_add(application_id id, kind int, uri text)
INSERT INTO application_uri (application_id, kind, uri) VALUES ($application_id, $kind, $uri)
ON CONFLICT (application_id, kind, uri) DO NOTHING;

-- @exec application_uri_clear(application_id id, kind int)
DELETE FROM application_uri WHERE application_id = $application_id AND kind = $kind;

-- @exec application_uri_drop_all(application_id id)
DELETE FROM application_uri WHERE application_id = $application_id;

-- What was granted at an application. Ending a grant ends every token of its line.
-- @each application_principals(application_id id) -> (org id, principal id)
SELECT DISTINCT org, principal FROM oauth_grant WHERE application_id = $application_id AND ended_at IS NULL;

-- @exec application_grants_drop_tokens(application_id id)
DELETE FROM refresh_token WHERE grant_id IN (SELECT g.id FROM oauth_grant g WHERE g.application_id = $application_id);

-- @exec application_grants_drop(application_id id)
DELETE FROM oauth_grant WHERE application_id = $application_id;

-- @exec application_requests_drop(application_id id)
DELETE FROM access_request WHERE application_id = $application_id;

-- Bindings. `kind`: 1 group, 2 user, 3 service account.
-- @row binding: id id, kind int, target_id id, name text?, created_at ts
-- @many binding_list(org id, application_id id, after id, n int) -> binding
SELECT b.id, b.kind, b.target_id, COALESCE(g.name, u.username, s.name), b.created_at
FROM application_binding b
LEFT JOIN principal_group g ON b.kind = 1 AND g.id = b.target_id AND g.org = b.org
LEFT JOIN user_account u ON b.kind = 2 AND u.id = b.target_id AND u.org = b.org
LEFT JOIN service_account s ON b.kind = 3 AND s.id = b.target_id AND s.org = b.org
WHERE b.org = $org AND b.application_id = $application_id AND b.id > $after ORDER BY b.id LIMIT $n;

-- @one binding_get(org id, application_id id, id id) -> binding
SELECT b.id, b.kind, b.target_id, COALESCE(g.name, u.username, s.name), b.created_at
FROM application_binding b
LEFT JOIN principal_group g ON b.kind = 1 AND g.id = b.target_id AND g.org = b.org
LEFT JOIN user_account u ON b.kind = 2 AND u.id = b.target_id AND u.org = b.org
LEFT JOIN service_account s ON b.kind = 3 AND s.id = b.target_id AND s.org = b.org
WHERE b.org = $org AND b.application_id = $application_id AND b.id = $id;

-- @one binding_find(application_id id, kind int, target_id id) -> (id id)
SELECT id FROM application_binding WHERE application_id = $application_id AND kind = $kind AND target_id = $target_id;

-- @exec binding_add(id id, org id, application_id id, kind int, target_id id, now ts)
INSERT INTO application_binding (id, org, application_id, kind, target_id, created_at)
VALUES ($id, $org, $application_id, $kind, $target_id, $now);

-- The first binding, for good.
-- @exec application_bound(id id, now ts)
UPDATE application SET bound_at = $now WHERE id = $id AND bound_at IS NULL;

-- @exec binding_drop(org id, application_id id, id id)
DELETE FROM application_binding WHERE org = $org AND application_id = $application_id AND id = $id;

-- @exec binding_drop_all(application_id id)
DELETE FROM application_binding WHERE application_id = $application_id;

-- A principal goes.
-- @exec binding_drop_target(org id, target_id id)
DELETE FROM application_binding WHERE org = $org AND target_id = $target_id;

-- Who may. `kind` is that of the principal: 1 user, 2 service account, 3 device. `joins`, `leaves`: a membership that is
-- tried; `without`: a binding that is left out; zero: none.
-- @one access_bound(application_id id, kind int, principal id, joins id, leaves id, without id) -> (n int)
SELECT count(*) FROM application_binding b
WHERE b.application_id = $application_id AND b.id <> $without
AND ((b.kind = 2 AND $kind = 1 AND b.target_id = $principal) OR (b.kind = 3 AND $kind = 2 AND b.target_id = $principal)
     OR (b.kind = 1 AND b.target_id = $joins)
     OR (b.kind = 1 AND b.target_id <> $leaves AND EXISTS (SELECT 1 FROM group_member m
         WHERE m.group_id = b.target_id AND m.kind = $kind AND m.member_id = $principal)));

-- The applications that somebody is bound to, by name.
-- @many access_applications(org id, kind int, principal id, joins id, leaves id, n int) -> application
SELECT {a.application} FROM application a
WHERE a.org = $org AND a.status = 1
AND EXISTS (SELECT 1 FROM application_binding b WHERE b.application_id = a.id
            AND ((b.kind = 2 AND $kind = 1 AND b.target_id = $principal)
                 OR (b.kind = 3 AND $kind = 2 AND b.target_id = $principal)
                 OR (b.kind = 1 AND b.target_id = $joins)
                 OR (b.kind = 1 AND b.target_id <> $leaves
                     AND EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = b.target_id
                                 AND m.kind = $kind AND m.member_id = $principal))))
ORDER BY a.name_key LIMIT $n;

-- The applications that a group opens.
-- @many access_of_group(org id, group_id id, n int) -> (id id, name text)
SELECT a.id, a.name FROM application a JOIN application_binding b ON b.application_id = a.id
WHERE a.org = $org AND a.status = 1 AND b.kind = 1 AND b.target_id = $group_id ORDER BY a.name_key LIMIT $n;

-- Grants of an application that nothing opens any more. Those of a client that came by itself and was never bound to
-- anybody rest on the person's consent.
-- @many access_orphans(org id, application_id id) -> (id id, org id, principal id)
SELECT g.id, g.org, g.principal FROM oauth_grant g JOIN application a ON a.id = g.application_id
WHERE a.org = $org AND a.id = $application_id AND g.ended_at IS NULL AND a.origin <> 5
AND NOT (a.origin IN (3, 4) AND a.bound_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM application_binding b WHERE b.application_id = a.id
                AND ((b.kind = 2 AND g.principal_kind = 1 AND b.target_id = g.principal)
                     OR (b.kind = 3 AND g.principal_kind = 2 AND b.target_id = g.principal)
                     OR (b.kind = 1 AND EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = b.target_id
                                                AND m.kind = g.principal_kind AND m.member_id = g.principal))));

-- @exec access_orphan_end(id id, now ts)
UPDATE oauth_grant SET ended_at = $now, ended_reason = 'access-lost' WHERE id = $id AND ended_at IS NULL;

-- @exec access_grants_end(application_id id, principal id, now ts)
UPDATE oauth_grant SET ended_at = $now, ended_reason = 'access-lost'
WHERE application_id = $application_id AND principal = $principal AND ended_at IS NULL;

-- Rules, in the order in which they are asked.
-- @row access_rule: id id, application_id id?, name text, position int, status int, effect int, max_age int?,
--     cidr text?, not_cidr text?, weekdays int?, hours_from int?, hours_to int?, tz text?, mfa int?, mfa_max_age int?,
--     clients text?, scopes text?, device_level int?, expression text?, created_at ts, updated_at ts, revision int
-- @many access_rules_of(org id, application_id id, n int) -> access_rule
SELECT {access_rule} FROM access_rule
WHERE org = $org AND status = 1 AND (application_id = $application_id OR application_id IS NULL)
ORDER BY position, id LIMIT $n;

-- @one access_rule_get(org id, id id) -> access_rule
SELECT {access_rule} FROM access_rule WHERE org = $org AND id = $id;

-- @many access_rule_list(org id, after id, n int) -> access_rule
SELECT {access_rule} FROM access_rule WHERE org = $org AND id > $after ORDER BY id LIMIT $n;

-- @one access_rule_count(org id) -> (n int)
SELECT count(*) FROM access_rule WHERE org = $org;

-- A new one, or what has become of one.
-- @exec access_rule_save(id id, org id, application_id id?, name text, name_key text, position int, status int,
--     effect int, max_age int?, cidr text?, not_cidr text?, weekdays int?, hours_from int?, hours_to int?, tz text?,
--     mfa int?, mfa_max_age int?, clients text?, scopes text?, device_level int?, expression text?, now ts)
INSERT INTO access_rule (id, org, application_id, name, name_key, position, status, effect, max_age, cidr, not_cidr,
                         weekdays, hours_from, hours_to, tz, mfa, mfa_max_age, clients, scopes, device_level,
                         expression, created_at, updated_at, revision)
VALUES ($id, $org, $application_id, $name, $name_key, $position, $status, $effect, $max_age, $cidr, $not_cidr,
        $weekdays, $hours_from, $hours_to, $tz, $mfa, $mfa_max_age, $clients, $scopes, $device_level,
        $expression, $now, $now, 1)
ON CONFLICT (id) DO UPDATE SET application_id = excluded.application_id, name = excluded.name,
    name_key = excluded.name_key, position = excluded.position, status = excluded.status, effect = excluded.effect,
    max_age = excluded.max_age, cidr = excluded.cidr, not_cidr = excluded.not_cidr, weekdays = excluded.weekdays,
    hours_from = excluded.hours_from, hours_to = excluded.hours_to, tz = excluded.tz, mfa = excluded.mfa,
    mfa_max_age = excluded.mfa_max_age, clients = excluded.clients, scopes = excluded.scopes,
    device_level = excluded.device_level, expression = excluded.expression, updated_at = excluded.updated_at,
    revision = access_rule.revision + 1
WHERE access_rule.org = excluded.org;

-- @exec access_rule_drop(org id, id id)
DELETE FROM access_rule WHERE org = $org AND id = $id;

-- @many access_rule_groups(rule_id id) -> (kind int, group_id id, name text)
SELECT r.kind, r.group_id, g.name FROM access_rule_group r JOIN principal_group g ON g.id = r.group_id
WHERE r.rule_id = $rule_id ORDER BY r.kind, g.name_key;

-- @exec access_rule_group_add(rule_id id, kind int, group_id id)
INSERT INTO access_rule_group (rule_id, kind, group_id) VALUES ($rule_id, $kind, $group_id)
ON CONFLICT (rule_id, kind, group_id) DO NOTHING;

-- @exec access_rule_groups_clear(rule_id id)
DELETE FROM access_rule_group WHERE rule_id = $rule_id;

-- An application goes.
-- @exec access_rules_groups_drop(application_id id)
DELETE FROM access_rule_group WHERE rule_id IN (SELECT r.id FROM access_rule r WHERE r.application_id = $application_id);

-- @exec access_rules_drop(application_id id)
DELETE FROM access_rule WHERE application_id = $application_id;

-- The device that a person is on: enrolled, and his.
-- @one access_device(org id, id id) -> (id id, status int, user_id id?, key_hash bytes?)
SELECT id, status, user_id, key_hash FROM device WHERE org = $org AND id = $id;

-- Forward-auth.
-- @exec forward_code_add(hash bytes, session_id id, application_id id, state bytes, path text, expires_at ts)
INSERT INTO forward_code (hash, session_id, application_id, state, path, expires_at)
VALUES ($hash, $session_id, $application_id, $state, $path, $expires_at);

-- One use.
-- @one forward_code_use(hash bytes, application_id id, state bytes, now ts) -> (session_id id, path text)
DELETE FROM forward_code
WHERE hash = $hash AND application_id = $application_id AND state = $state AND expires_at > $now
RETURNING session_id, path;

-- @exec forward_codes_expire(now ts)
DELETE FROM forward_code WHERE expires_at <= $now;

-- @exec forward_session_put(session_id id, application_id id, hash bytes, now ts)
INSERT INTO forward_session (session_id, application_id, hash, created_at)
VALUES ($session_id, $application_id, $hash, $now)
ON CONFLICT (session_id, application_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at;

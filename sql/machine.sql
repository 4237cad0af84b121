-- Keys of service accounts and devices, what is good once, sign-ins on another machine.

-- Keys of service accounts.
-- @row service_key: id id, org id, service_id id, name text, status int, spki bytes, created_at ts, expires_at ts,
--   used_at ts?
-- @exec service_key_add(id id, org id, service_id id, name text, status int, spki bytes, now ts, expires_at ts)
INSERT INTO service_key (id, org, service_id, name, status, spki, created_at, expires_at)
VALUES ($id, $org, $service_id, $name, $status, $spki, $now, $expires_at);

-- @one service_key_get(org id, service_id id, id id) -> service_key
SELECT {service_key} FROM service_key WHERE org = $org AND service_id = $service_id AND id = $id;

-- @many service_key_list(org id, service_id id, after id, n int) -> service_key
SELECT {service_key} FROM service_key WHERE org = $org AND service_id = $service_id AND id > $after
ORDER BY id LIMIT $n;

-- @one service_key_count(service_id id) -> (n int)
SELECT count(*) FROM service_key WHERE service_id = $service_id;

-- @exec service_key_put(org id, service_id id, id id, name text, status int)
UPDATE service_key SET name = $name, status = $status WHERE org = $org AND service_id = $service_id AND id = $id;

-- @exec service_key_drop(org id, service_id id, id id)
DELETE FROM service_key WHERE org = $org AND service_id = $service_id AND id = $id;

-- @exec service_key_drop_all(org id, service_id id)
DELETE FROM service_key WHERE org = $org AND service_id = $service_id;

-- @exec service_key_used(id id, now ts, before ts)
UPDATE service_key SET used_at = $now WHERE id = $id AND (used_at IS NULL OR used_at < $before);

-- Whose key it is, in whatever organisation, and whether he may still act.
-- @one service_key_holder(id id) -> (org id, service_id id, service_name text, key_name text, org_status int,
--   service_status int, status int, spki bytes, expires_at ts)
SELECT k.org, k.service_id, s.name, k.name, o.status, s.status, k.status, k.spki, k.expires_at
FROM service_key k JOIN service_account s ON s.id = k.service_id JOIN organisation o ON o.id = k.org
WHERE k.id = $id;

-- @one device_key_holder(id id) -> (org id, name text, org_status int, status int, spki bytes?)
SELECT d.org, d.machine_id, o.status, d.status, d.public_key
FROM device d JOIN organisation o ON o.id = d.org WHERE d.id = $id;

-- Credentials of service accounts and people that end soon, and were not warned of that often yet: 30, 7 and 1 days before, each
-- step only of what lives longer than it. `kind`: 1 key, 2 token, 3 a person's token.
-- @row ending: kind int, id id, org id, principal id, name text?, created_at ts, expires_at ts
-- @many credentials_ending(now ts, day_1 ts, day_7 ts, day_30 ts, limit int) -> ending
SELECT CAST(1 AS BIGINT), k.id, k.org, k.service_id, k.name, k.created_at, k.expires_at
FROM service_key k LEFT JOIN credential_warned w ON w.id = k.id
WHERE k.expires_at > $now AND k.expires_at <= $day_30 AND k.status = 1
AND ((w.days IS NULL AND k.expires_at - k.created_at > $day_30 - $now)
    OR (COALESCE(w.days, 30) > 7 AND k.expires_at <= $day_7 AND k.expires_at - k.created_at > $day_7 - $now)
    OR (COALESCE(w.days, 30) > 1 AND k.expires_at <= $day_1 AND k.expires_at - k.created_at > $day_1 - $now))
UNION ALL
SELECT CAST(CASE t.principal_kind WHEN 1 THEN 3 ELSE 2 END AS BIGINT), t.id, t.org, t.principal, t.name, t.created_at, t.expires_at
FROM token t LEFT JOIN credential_warned w ON w.id = t.id
WHERE t.principal_kind IN (1, 2) AND t.expires_at IS NOT NULL AND t.expires_at > $now AND t.expires_at <= $day_30
AND ((w.days IS NULL AND t.expires_at - t.created_at > $day_30 - $now)
    OR (COALESCE(w.days, 30) > 7 AND t.expires_at <= $day_7 AND t.expires_at - t.created_at > $day_7 - $now)
    OR (COALESCE(w.days, 30) > 1 AND t.expires_at <= $day_1 AND t.expires_at - t.created_at > $day_1 - $now))
LIMIT $limit;

-- @exec credential_warned_put(id id, days int, until ts)
INSERT INTO credential_warned (id, days, until) VALUES ($id, $days, $until)
ON CONFLICT (id) DO UPDATE SET days = excluded.days, until = excluded.until;

-- @exec credential_warned_expire(now ts, limit int)
DELETE FROM credential_warned WHERE id IN (SELECT w.id FROM credential_warned w WHERE w.until <= $now LIMIT $limit);

-- Good once.
-- @exec used_jti_add(hash bytes, expires_at ts)
INSERT INTO used_jti (hash, expires_at) VALUES ($hash, $expires_at) ON CONFLICT (hash) DO NOTHING;

-- @one used_jti_get(hash bytes) -> (expires_at ts)
SELECT expires_at FROM used_jti WHERE hash = $hash;

-- @exec used_jti_expire(now ts, limit int)
DELETE FROM used_jti WHERE hash IN (SELECT u.hash FROM used_jti u WHERE u.expires_at < $now LIMIT $limit);

-- Signing in on another machine.
-- @row device_code: hash bytes, id id, org id, application_id id, scope text, resource text, dpop_jkt text?, state int,
--   user_id id?, amr int?, interval_s int, polled_at ts?, ip text?, agent text?, created_at ts, expires_at ts
-- @exec device_code_add(hash bytes, id id, user_code bytes, org id, application_id id, scope text, resource text,
--   dpop_jkt text?, interval_s int, ip text?, agent text?, now ts, expires_at ts)
INSERT INTO device_code (hash, id, user_code, org, application_id, scope, resource, dpop_jkt, state, interval_s, ip,
                         agent, created_at, expires_at)
VALUES ($hash, $id, $user_code, $org, $application_id, $scope, $resource, $dpop_jkt, 1, $interval_s, $ip, $agent,
        $now, $expires_at);

-- @one device_code_count(now ts) -> (n int)
SELECT count(*) FROM device_code WHERE expires_at > $now;

-- @one device_code_by_user_code(user_code bytes, now ts) -> device_code
SELECT {device_code} FROM device_code WHERE user_code = $user_code AND state = 1 AND expires_at > $now;

-- @one device_code_get(hash bytes) -> device_code
SELECT {device_code} FROM device_code WHERE hash = $hash;

-- Who decides brings his organisation: a client that is built in serves all of them.
-- @exec device_code_decide(id id, state int, org id, user_id id, amr int, now ts)
UPDATE device_code SET state = $state, org = $org, user_id = $user_id, amr = $amr
WHERE id = $id AND state = 1 AND expires_at > $now;

-- @exec device_code_polled(id id, interval_s int, now ts)
UPDATE device_code SET interval_s = $interval_s, polled_at = $now WHERE id = $id;

-- Of several at once exactly one changes a row.
-- @exec device_code_use(id id, now ts)
UPDATE device_code SET state = 4 WHERE id = $id AND state = 2 AND expires_at > $now;

-- A used one stays for its time, so that it is known when it comes again.
-- @exec device_code_expire(before ts, limit int)
DELETE FROM device_code WHERE hash IN (SELECT d.hash FROM device_code d WHERE d.expires_at < $before LIMIT $limit);

-- @exec device_code_drop_of_application(application_id id)
DELETE FROM device_code WHERE application_id = $application_id;

-- Clients of one origin.
-- @one registered_count(org id, origin int) -> (n int)
SELECT count(*) FROM application WHERE org = $org AND origin = $origin;

-- The service accounts that an application acts as by itself.
-- @many application_services(application_id id, n int) -> (id id, status int, name text)
SELECT s.id, s.status, s.name FROM application_binding b JOIN service_account s ON s.id = b.target_id
WHERE b.application_id = $application_id AND b.kind = 3 AND s.org = b.org ORDER BY b.target_id LIMIT $n;

-- Whose resource it is.
-- @many application_of_resource(org id, uri text, n int) -> (id id)
SELECT a.id FROM application_uri u JOIN application a ON a.id = u.application_id
WHERE a.org = $org AND u.kind = 3 AND u.uri = $uri ORDER BY a.id LIMIT $n;

-- The first token of a public client that proves a key binds all that follow.
-- @exec oauth_grant_bind(id id, dpop_jkt text)
UPDATE oauth_grant SET dpop_jkt = $dpop_jkt WHERE id = $id AND dpop_jkt IS NULL;

-- Devices, their requests to enrol, and the registry seen as agents.

-- @row device: id id, org id, machine_id text, status int, status_reason text?, known bool, imported bool,
--   hostname text?, kind text?, os text?, client_version text?, fingerprint text?, metadata text?, labels text?,
--   user_id id?, public_key bytes?, key_hash bytes?, join_seq int, enrol_key_id id?, token_issued_at ts?,
--   enrolled_at ts?, last_seen_at ts?, metrics text?, agent_user_name text?, agent_user_email text?,
--   agent_user_id text?, uninstalled_at ts?, uninstall_reason text?, revoked_at ts?, revoked_by_kind int?,
--   revoked_by id?, revoke_reason text?, created_at ts, revision int

-- @one device_get(org id, id id) -> device
SELECT {device} FROM device WHERE org = $org AND id = $id;

-- @one device_by_machine(org id, machine_key text, machine_id text) -> device
SELECT {device} FROM device WHERE org = $org AND machine_key = $machine_key AND machine_id = $machine_id;

-- Whose key is it?
-- @one device_by_key(org id, key_hash bytes) -> (id id)
SELECT id FROM device WHERE org = $org AND key_hash = $key_hash;

-- A claim names its device before anybody knows the organisation: only its confirmation asks this.
-- @one device_org(id id) -> (org id)
SELECT org FROM device WHERE id = $id;

-- How many stand where, over all organisations.
-- @many device_sums() -> (status int, n int)
SELECT status, count(*) FROM device GROUP BY status;

-- @exec device_add(id id, org id, machine_id text, machine_key text, status int, hostname text?,
--   hostname_key text?, kind text?, os text?, client_version text?, fingerprint text?, metadata text?, user_id id?,
--   now ts)
INSERT INTO device (id, org, machine_id, machine_key, status, known, imported, hostname, hostname_key, kind, os,
    client_version, fingerprint, metadata, user_id, join_seq, created_at, revision)
VALUES ($id, $org, $machine_id, $machine_key, $status, FALSE, FALSE, $hostname, $hostname_key, $kind, $os,
    $client_version, $fingerprint, $metadata, $user_id, 0, $now, 1);

-- @exec device_status_set(org id, id id, status int, reason text?)
UPDATE device SET status = $status, status_reason = $reason, revision = revision + 1 WHERE org = $org AND id = $id;

-- @exec device_reinstate(org id, id id, status int, reason text?)
UPDATE device SET status = $status, status_reason = $reason, known = TRUE, revision = revision + 1
WHERE org = $org AND id = $id;

-- The only statement that writes the columns of a revocation.
-- @exec device_revoke(org id, id id, status int, now ts, by_kind int, by_id id?, reason text?)
UPDATE device SET status = $status, status_reason = NULL, revoked_at = $now, revoked_by_kind = $by_kind,
    revoked_by = $by_id, revoke_reason = $reason, revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec device_uninstall(org id, id id, status int, now ts, reason text?)
UPDATE device SET status = $status, status_reason = NULL, uninstalled_at = $now, uninstall_reason = $reason,
    revision = revision + 1
WHERE org = $org AND id = $id;

-- In by a request: its words, where it has some, become the device's.
-- @exec device_enrol(org id, id id, status int, now ts, hostname text?, hostname_key text?, kind text?, os text?,
--   client_version text?, fingerprint text?, metadata text?, labels text?, user_id id?, public_key bytes?,
--   key_hash bytes?, enrol_key_id id?)
UPDATE device SET status = $status, status_reason = NULL, known = TRUE, enrolled_at = $now,
    hostname = COALESCE($hostname, hostname), hostname_key = COALESCE($hostname_key, hostname_key),
    kind = COALESCE($kind, kind), os = COALESCE($os, os), client_version = COALESCE($client_version, client_version),
    fingerprint = COALESCE($fingerprint, fingerprint), metadata = COALESCE($metadata, metadata), labels = $labels,
    user_id = $user_id, public_key = COALESCE($public_key, public_key), key_hash = COALESCE($key_hash, key_hash),
    enrol_key_id = $enrol_key_id, uninstalled_at = NULL, uninstall_reason = NULL, revision = revision + 1
WHERE org = $org AND id = $id;

-- In by an installer. An owner that nobody approved does not become one.
-- A machine that nobody knew, in at once and with its token.
-- @exec agent_add(id id, org id, machine_id text, machine_key text, status int, now ts, hostname text?,
--   hostname_key text?, os text?, client_version text?, user_name text?, user_email text?, user_words text?,
--   labels text?, enrol_key_id id, join_seq int)
INSERT INTO device (id, org, machine_id, machine_key, status, known, imported, hostname, hostname_key, os,
    client_version, agent_user_name, agent_user_email, agent_user_id, labels, enrol_key_id, join_seq, token_issued_at,
    enrolled_at, last_seen_at, created_at, revision)
VALUES ($id, $org, $machine_id, $machine_key, $status, TRUE, FALSE, $hostname, $hostname_key, $os, $client_version,
    $user_name, $user_email, $user_words, $labels, $enrol_key_id, $join_seq, $now, $now, $now, $now, 1);

-- It is in again; agent_words writes what its installer says of it.
-- @exec agent_enrol(org id, id id, status int, now ts, enrol_key_id id)
UPDATE device SET status = $status, status_reason = NULL,
    user_id = CASE WHEN known THEN user_id ELSE NULL END, known = TRUE, enrolled_at = $now,
    enrol_key_id = $enrol_key_id, uninstalled_at = NULL, uninstall_reason = NULL
WHERE org = $org AND id = $id;

-- What the installer did not say stays.
-- @exec agent_words(org id, id id, now ts, hostname text?, hostname_key text?, os text?, client_version text?,
--   user_name text?, user_email text?, user_words text?, labels text?)
UPDATE device SET last_seen_at = $now, hostname = COALESCE($hostname, hostname),
    hostname_key = COALESCE($hostname_key, hostname_key), os = COALESCE($os, os),
    client_version = COALESCE($client_version, client_version),
    agent_user_name = COALESCE($user_name, agent_user_name),
    agent_user_email = COALESCE($user_email, agent_user_email),
    agent_user_id = COALESCE($user_words, agent_user_id), labels = $labels, revision = revision + 1
WHERE org = $org AND id = $id;

-- As an older registry has it.
-- @exec device_import(id id, org id, machine_id text, machine_key text, status int, hostname text?,
--   hostname_key text?, os text?, client_version text?, user_name text?, user_email text?, user_words text?,
--   join_seq int, token_issued_at ts?, enrolled_at ts, last_seen_at ts?, uninstalled_at ts?, uninstall_reason text?,
--   revoked_at ts?, revoked_by_kind int?, revoked_by id?, revoke_reason text?, now ts)
INSERT INTO device (id, org, machine_id, machine_key, status, known, imported, hostname, hostname_key, os,
    client_version, agent_user_name, agent_user_email, agent_user_id, join_seq, token_issued_at, enrolled_at,
    last_seen_at, uninstalled_at, uninstall_reason, revoked_at, revoked_by_kind, revoked_by, revoke_reason,
    created_at, revision)
VALUES ($id, $org, $machine_id, $machine_key, $status, TRUE, TRUE, $hostname, $hostname_key, $os, $client_version,
    $user_name, $user_email, $user_words, $join_seq, $token_issued_at, $enrolled_at, $last_seen_at, $uninstalled_at,
    $uninstall_reason, $revoked_at, $revoked_by_kind, $revoked_by, $revoke_reason, $now, 1);

-- @exec agent_token_set(org id, id id, now ts, join_seq int)
UPDATE device SET token_issued_at = $now, join_seq = $join_seq WHERE org = $org AND id = $id;

-- @exec device_patch(org id, id id, user_id id?, labels text?)
UPDATE device SET user_id = $user_id, labels = $labels, revision = revision + 1 WHERE org = $org AND id = $id;

-- A token was given out.
-- @exec device_token_issued(org id, id id, now ts)
UPDATE device SET token_issued_at = $now WHERE org = $org AND id = $id;

-- @exec device_join_seq_set(org id, id id, join_seq int)
UPDATE device SET join_seq = $join_seq WHERE org = $org AND id = $id;

-- Written only when it moved far enough.
-- @exec device_seen_set(org id, id id, at ts, least ts)
UPDATE device SET last_seen_at = $at
WHERE org = $org AND id = $id AND (last_seen_at IS NULL OR last_seen_at <= $least);

-- @exec device_beat(org id, id id, now ts, least ts, client_version text?, metrics text?)
UPDATE device SET client_version = COALESCE($client_version, client_version), metrics = COALESCE($metrics, metrics),
    metrics_at = CASE WHEN $metrics IS NULL THEN metrics_at ELSE $now END
WHERE org = $org AND id = $id
    AND (($metrics IS NOT NULL AND (metrics_at IS NULL OR metrics_at <= $least))
        OR ($client_version IS NOT NULL AND (client_version IS NULL OR client_version <> $client_version)));

-- Would a heartbeat write anything?
-- @one device_beat_due(org id, id id, least ts, client_version text?, metrics text?) -> (id id)
SELECT id FROM device WHERE org = $org AND id = $id
    AND (($metrics IS NOT NULL AND (metrics_at IS NULL OR metrics_at <= $least))
        OR ($client_version IS NOT NULL AND (client_version IS NULL OR client_version <> $client_version)));

-- @exec device_drop(org id, id id)
DELETE FROM device WHERE org = $org AND id = $id;

-- @exec device_label_add(org id, device id, name text, value text)
INSERT INTO device_label (org, name, value, device_id) VALUES ($org, $name, $value, $device);

-- @exec device_label_drop(org id, device id)
DELETE FROM device_label WHERE org = $org AND device_id = $device;

-- @exec device_event_add(id id, org id, device id, now ts, action int, from_status int, to_status int,
--   actor_kind int, actor_id id?, reason text?)
INSERT INTO device_event (id, org, device_id, at, action, from_status, to_status, actor_kind, actor_id, reason)
VALUES ($id, $org, $device, $now, $action, $from_status, $to_status, $actor_kind, $actor_id, $reason);

-- @row device_event: at ts, action int, from_status int, to_status int, actor_kind int, actor_id id?, reason text?
-- @many device_event_list(org id, device id, limit int) -> device_event
SELECT {device_event} FROM device_event WHERE org = $org AND device_id = $device ORDER BY id DESC LIMIT $limit;

-- @row device_group: id id, name text, roles int
-- @many device_group_list(org id, device id) -> device_group
SELECT g.id, g.name, g.roles FROM group_member m CROSS JOIN principal_group g
WHERE g.id = m.group_id AND m.member_id = $device AND m.kind = 3 AND g.org = $org ORDER BY g.name_key;

-- @one fleet_group_by_id(org id, id id) -> device_group
SELECT {device_group} FROM principal_group WHERE org = $org AND id = $id;

-- @one fleet_group_by_name(org id, name_key text) -> device_group
SELECT {device_group} FROM principal_group WHERE org = $org AND name_key = $name_key;

-- @one fleet_user_get(org id, id id) -> (id id, username text, status int)
SELECT id, username, status FROM user_account WHERE org = $org AND id = $id;

-- @many enrolment_key_group_list(org id, key_id id) -> device_group
SELECT g.id, g.name, g.roles FROM enrolment_key_group k JOIN principal_group g ON g.id = k.group_id
WHERE k.key_id = $key_id AND g.org = $org ORDER BY g.name_key;

-- @exec device_group_add(grp id, device id)
INSERT INTO group_member (group_id, kind, member_id) VALUES ($grp, 3, $device) ON CONFLICT DO NOTHING;

-- @exec device_group_clear(device id)
DELETE FROM group_member WHERE member_id = $device AND kind = 3;

-- What a device said about its configuration last.
-- @row device_config: etag text, version text?, result text, reason text?, acked_at ts
-- @one device_config_get(org id, device id) -> device_config
SELECT {device_config} FROM device_ack WHERE org = $org AND device_id = $device;

-- @exec device_config_drop(org id, device id)
DELETE FROM device_ack WHERE org = $org AND device_id = $device;

-- @row device_drift: places text, count int, drifted_at ts, reported_at ts
-- @one device_drift_get(org id, device id) -> device_drift
SELECT {device_drift} FROM device_drift WHERE org = $org AND device_id = $device;

-- @exec device_drift_drop(org id, device id)
DELETE FROM device_drift WHERE org = $org AND device_id = $device;

-- What was assigned to it alone goes with it.
-- @exec device_assignment_drop(org id, device id)
DELETE FROM assignment WHERE scope = 5 AND target = $device AND org = $org;

-- Lists. Every filter may be absent; `statuses` is a set, bit 1 << status. A search is a prefix of machine_id, hostname
-- or the owner's name, all in lower case, from $search up to, but not including, $search_end.

-- @part device_filter
org id, statuses int?, user_id id?, grp id?, label text?, label_value text?, search text?, search_end text?;

-- @part device_wanted
d.org = $org AND ($statuses IS NULL OR (($statuses >> CAST(d.status AS INTEGER)) & 1) = 1) AND {device_has};

-- @part device_has
($user_id IS NULL OR d.user_id = $user_id)
    AND ($grp IS NULL OR EXISTS (SELECT 1 FROM group_member m
        WHERE m.group_id = $grp AND m.kind = 3 AND m.member_id = d.id))
    AND ($label IS NULL OR EXISTS (SELECT 1 FROM device_label l WHERE l.device_id = d.id AND l.org = $org
        AND l.name = $label AND ($label_value IS NULL OR l.value = $label_value)));

-- Those that a search finds, by the indexes of what is searched: for a page, which ends early.
-- @part device_found
($search IS NULL OR d.id IN (
    SELECT id FROM device WHERE org = $org AND machine_key >= $search AND machine_key < $search_end
    UNION SELECT id FROM device WHERE org = $org AND COALESCE(hostname_key, '') >= $search
        AND COALESCE(hostname_key, '') < $search_end
    UNION SELECT o.id FROM user_account u JOIN device o ON o.org = u.org AND o.user_id = u.id
    WHERE u.org = $org AND u.username_key >= $search AND u.username_key < $search_end));

-- The same, device by device: for a walk over the whole list, where a search that finds most of it costs no more.
-- @part device_matches
($search IS NULL OR (d.machine_key >= $search AND d.machine_key < $search_end)
    OR (COALESCE(d.hostname_key, '') >= $search AND COALESCE(d.hostname_key, '') < $search_end)
    OR d.user_id IN (SELECT u.id FROM user_account u
        WHERE u.org = $org AND u.username_key >= $search AND u.username_key < $search_end));

-- Pages behind a position. Those of one status run over its own index: few devices wait for approval in a large fleet.
-- @part device_page
SELECT {d.device} FROM device d WHERE {device_wanted} AND {device_found};
-- @part device_page_one
SELECT {d.device} FROM device d WHERE d.org = $org AND d.status = $status AND {device_has} AND {device_found};
-- @part device_filter_one
org id, status int, user_id id?, grp id?, label text?, label_value text?, search text?, search_end text?;

-- @many device_page_old({device_filter}, from_id id, limit int) -> device
{device_page} AND d.id > $from_id
ORDER BY d.id LIMIT $limit;

-- @many device_page_new({device_filter}, from_id id, limit int) -> device
{device_page} AND d.id < $from_id
ORDER BY d.id DESC LIMIT $limit;

-- @many device_page_machine({device_filter}, machine_key text, machine_id text, limit int) -> device
{device_page} AND (d.machine_key, d.machine_id) > ($machine_key, $machine_id)
ORDER BY d.machine_key, d.machine_id LIMIT $limit;

-- @many device_page_machine_back({device_filter}, machine_key text, machine_id text, limit int) -> device
{device_page} AND (d.machine_key, d.machine_id) < ($machine_key, $machine_id)
ORDER BY d.machine_key DESC, d.machine_id DESC LIMIT $limit;

-- @many device_page_seen({device_filter}, at ts, from_id id, limit int) -> device
{device_page} AND (COALESCE(d.last_seen_at, 0), d.id) > ($at, $from_id)
ORDER BY COALESCE(d.last_seen_at, 0), d.id LIMIT $limit;

-- @many device_page_seen_back({device_filter}, at ts, from_id id, limit int) -> device
{device_page} AND (COALESCE(d.last_seen_at, 0), d.id) < ($at, $from_id)
ORDER BY COALESCE(d.last_seen_at, 0) DESC, d.id DESC LIMIT $limit;

-- @many device_page_host({device_filter}, host_key text, from_id id, limit int) -> device
{device_page} AND (COALESCE(d.hostname_key, ''), d.id) > ($host_key, $from_id)
ORDER BY COALESCE(d.hostname_key, ''), d.id LIMIT $limit;

-- @many device_page_host_back({device_filter}, host_key text, from_id id, limit int) -> device
{device_page} AND (COALESCE(d.hostname_key, ''), d.id) < ($host_key, $from_id)
ORDER BY COALESCE(d.hostname_key, '') DESC, d.id DESC LIMIT $limit;

-- @many device_page_state({device_filter}, state int, from_id id, limit int) -> device
{device_page} AND (d.status, d.id) > ($state, $from_id)
ORDER BY d.status, d.id LIMIT $limit;

-- @many device_page_state_back({device_filter}, state int, from_id id, limit int) -> device
{device_page} AND (d.status, d.id) < ($state, $from_id)
ORDER BY d.status DESC, d.id DESC LIMIT $limit;

-- @many device_page_status_old({device_filter_one}, from_id id, limit int) -> device
{device_page_one} AND d.id > $from_id
ORDER BY d.id LIMIT $limit;

-- @many device_page_status_new({device_filter_one}, from_id id, limit int) -> device
{device_page_one} AND d.id < $from_id
ORDER BY d.id DESC LIMIT $limit;

-- A page from any row on: which they are is found in an index that has all that a plain filter asks.
-- @part device_ids
SELECT d.id AS id FROM device d WHERE {device_wanted} AND {device_matches};

-- @many device_jump_old({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY d.id LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY w.id;

-- @many device_jump_new({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY d.id DESC LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY w.id DESC;

-- @many device_jump_machine({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY d.machine_key, d.machine_id LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY w.machine_key, w.machine_id;

-- @many device_jump_machine_back({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY d.machine_key DESC, d.machine_id DESC LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY w.machine_key DESC, w.machine_id DESC;

-- @many device_jump_seen({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY COALESCE(d.last_seen_at, 0), d.id LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY COALESCE(w.last_seen_at, 0), w.id;

-- @many device_jump_seen_back({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY COALESCE(d.last_seen_at, 0) DESC, d.id DESC LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY COALESCE(w.last_seen_at, 0) DESC, w.id DESC;

-- @many device_jump_host({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY COALESCE(d.hostname_key, ''), d.id LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY COALESCE(w.hostname_key, ''), w.id;

-- @many device_jump_host_back({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY COALESCE(d.hostname_key, '') DESC, d.id DESC LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY COALESCE(w.hostname_key, '') DESC, w.id DESC;

-- @many device_jump_state({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY d.status, d.id LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY w.status, w.id;

-- @many device_jump_state_back({device_filter}, first int, limit int) -> device
SELECT {w.device} FROM ({device_ids} ORDER BY d.status DESC, d.id DESC LIMIT $limit OFFSET $first) AS p
JOIN device w ON w.id = p.id ORDER BY w.status DESC, w.id DESC;

-- Exact up to the limit, so that it never costs more.
-- @one device_count({device_filter}, limit int) -> (n int)
SELECT count(*) FROM (SELECT 1 FROM device d WHERE {device_wanted} AND {device_matches} LIMIT $limit) AS found;

-- @many device_counts({device_filter}) -> (status int, n int)
SELECT d.status, count(*) FROM device d WHERE {device_wanted} AND {device_matches} GROUP BY d.status;

-- @many agent_page(org id, status int?, at ts, from_id id, limit int) -> device
SELECT {d.device} FROM device d WHERE d.org = $org AND d.enrolled_at IS NOT NULL
    AND (d.enrolled_at, d.id) < ($at, $from_id) AND ($status IS NULL OR d.status = $status)
ORDER BY d.enrolled_at DESC, d.id DESC LIMIT $limit;

-- @one agent_count(org id, status int?) -> (n int)
SELECT count(*) FROM device d WHERE d.org = $org AND d.enrolled_at IS NOT NULL AND ($status IS NULL OR d.status = $status);

-- Requests.

-- @row enrol_request: id id, org id, device_id id, state int, code text, claim_hash bytes, join_seq int,
--   public_key bytes?, key_hash bytes?, nonce text?, nonce_until ts?, nonce_spent text?, idem_body bytes?,
--   enrol_key_id id?, auto_approve bool, user_id id?, address text?, hostname text?, kind text?, os text?,
--   client_version text?, fingerprint text?, user_hint text?, labels text?, metadata text?, created_at ts,
--   expires_at ts, approved_at ts?

-- @exec enrol_request_add(id id, org id, device_id id, state int, code text, claim_hash bytes, join_seq int,
--   public_key bytes?, key_hash bytes?, nonce text?, nonce_until ts?, idem_hash bytes?, idem_body bytes?,
--   enrol_key_id id?, auto_approve bool, user_id id?, address text?, hostname text?, kind text?, os text?,
--   client_version text?, fingerprint text?, user_hint text?, labels text?, metadata text?, now ts, expires_at ts,
--   approved_at ts?)
INSERT INTO enrol_request (id, org, device_id, state, code, claim_hash, join_seq, public_key, key_hash, nonce,
    nonce_until, idem_hash, idem_body, enrol_key_id, auto_approve, user_id, address, hostname, kind, os,
    client_version, fingerprint, user_hint, labels, metadata, created_at, expires_at, approved_at)
VALUES ($id, $org, $device_id, $state, $code, $claim_hash, $join_seq, $public_key, $key_hash, $nonce, $nonce_until,
    $idem_hash, $idem_body, $enrol_key_id, $auto_approve, $user_id, $address, $hostname, $kind, $os,
    $client_version, $fingerprint, $user_hint, $labels, $metadata, $now, $expires_at, $approved_at);

-- @many enrol_request_of(org id, device id, upto int, limit int) -> enrol_request
SELECT {enrol_request} FROM enrol_request WHERE org = $org AND device_id = $device AND state <= $upto
ORDER BY state, id LIMIT $limit;

-- @many enrol_request_open(org id, device id) -> enrol_request
SELECT {enrol_request} FROM enrol_request WHERE org = $org AND device_id = $device AND state = 0 ORDER BY id LIMIT 64;

-- @one enrol_request_by_claim(org id, device id, claim_hash bytes) -> enrol_request
SELECT {enrol_request} FROM enrol_request WHERE org = $org AND device_id = $device AND claim_hash = $claim_hash;

-- @one enrol_request_by_idem(org id, idem_hash bytes) -> enrol_request
SELECT {enrol_request} FROM enrol_request WHERE org = $org AND idem_hash = $idem_hash;

-- @exec enrol_request_nonce(org id, id id, nonce text?, until ts?, spent text?)
UPDATE enrol_request SET nonce = $nonce, nonce_until = $until, nonce_spent = $spent WHERE org = $org AND id = $id;

-- @exec enrol_request_approve(org id, id id, state int, join_seq int, now ts, expires_at ts)
UPDATE enrol_request SET state = $state, join_seq = $join_seq, approved_at = $now, expires_at = $expires_at
WHERE org = $org AND id = $id;

-- @exec enrol_request_state(org id, id id, state int)
UPDATE enrol_request SET state = $state WHERE org = $org AND id = $id;

-- Every open one of a device; those that gave a claim which still gives a token too, where `upto` is 1.
-- @many enrol_request_end(org id, device id, upto int, state int) -> (id id)
UPDATE enrol_request SET state = $state WHERE org = $org AND device_id = $device AND state <= $upto RETURNING id;

-- Their tokens were used.
-- @exec enrol_request_use(org id, device id, from_state int, to_state int)
UPDATE enrol_request SET state = $to_state WHERE org = $org AND device_id = $device AND state = $from_state;

-- @many enrol_request_drop_of(org id, device id) -> (state int)
DELETE FROM enrol_request WHERE org = $org AND device_id = $device RETURNING state;

-- The oldest first: ids are in order of making.
-- @row enrol_expired: id id, org id, device_id id, state int
-- @many enrol_request_expired(before id, now ts, limit int) -> enrol_expired
SELECT {enrol_expired} FROM enrol_request WHERE id < $before AND expires_at <= $now ORDER BY id LIMIT $limit;

-- @one enrol_request_drop(org id, id id) -> (state int)
DELETE FROM enrol_request WHERE org = $org AND id = $id RETURNING state;

-- One more open request, where there is room.
-- @one enrol_count_up(org id, most int) -> (open_n int)
INSERT INTO enrol_count (org, open_n) VALUES ($org, 1)
ON CONFLICT (org) DO UPDATE SET open_n = enrol_count.open_n + 1 WHERE enrol_count.open_n < $most
RETURNING open_n;

-- @exec enrol_count_down(org id, n int)
UPDATE enrol_count SET open_n = open_n - $n WHERE org = $org;

-- Tokens of devices and enrolment keys (the table is identity's).

-- @row device_token: hash bytes, org id, principal id, state int, join_seq int
-- @one device_token_get(hash bytes, kind int) -> device_token
SELECT {device_token} FROM token WHERE hash = $hash AND principal_kind = $kind;

-- @exec fleet_token_add(hash bytes, id id, org id, kind int, principal id, state int, join_seq int, name text?, now ts)
INSERT INTO token (hash, id, org, principal_kind, principal, state, join_seq, name, created_at)
VALUES ($hash, $id, $org, $kind, $principal, $state, $join_seq, $name, $now)
ON CONFLICT (hash) DO NOTHING;

-- Has anybody this token, whoever and wherever he is?
-- @one fleet_token_owner(hash bytes) -> (principal id, state int)
SELECT principal, state FROM token WHERE hash = $hash;

-- @exec device_token_state(hash bytes, state int)
UPDATE token SET state = $state WHERE hash = $hash;

-- @exec device_token_retire(org id, device id, from_state int, to_state int)
UPDATE token SET state = $to_state WHERE org = $org AND principal = $device AND state = $from_state;

-- @exec device_token_drop(org id, device id, state int)
DELETE FROM token WHERE org = $org AND principal = $device AND state = $state;

-- @exec fleet_token_drop_all(org id, principal id)
DELETE FROM token WHERE org = $org AND principal = $principal;

-- Retired tokens whose successor is that old: they themselves may have been current until yesterday.
-- @exec token_retired_drop(before ts, limit int)
DELETE FROM token WHERE hash IN (
    SELECT t.hash FROM token t WHERE t.state = 2 AND t.created_at < $before AND EXISTS (
        SELECT 1 FROM token s WHERE s.principal = t.principal AND s.join_seq > t.join_seq AND s.created_at < $before)
    ORDER BY t.created_at LIMIT $limit);

-- Rotations.

-- @row rotation: join_seq int, nonce_hash bytes
-- @one rotation_get(org id, device id) -> rotation
SELECT {rotation} FROM rotation WHERE org = $org AND device_id = $device;

-- @exec rotation_set(org id, device id, join_seq int, nonce_hash bytes, now ts)
INSERT INTO rotation (device_id, org, join_seq, nonce_hash, asked_at)
VALUES ($device, $org, $join_seq, $nonce_hash, $now)
ON CONFLICT (device_id) DO UPDATE SET join_seq = excluded.join_seq, nonce_hash = excluded.nonce_hash,
    asked_at = excluded.asked_at;

-- @exec rotation_drop(org id, device id)
DELETE FROM rotation WHERE org = $org AND device_id = $device;

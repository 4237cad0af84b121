-- The MCP gateway: servers, tools, permissions, credentials.

-- @row server: id id, org id, owner id, name text, prefix text, title text?, kind int, transport int, url text?,
--     command text?, env_names text?, header_names text?, domains_allowed text?, per_user int, pinning int, status int,
--     parallel_max int, queue_max int, timeout_ms int, message_max int, epoch int?, key_id id?, sealed bytes?,
--     seen_at ts?, seen_version text?, seen_as text?, failed_at ts?, failed text?, created_at ts, updated_at ts,
--     revision int
-- @one server_get(org id, id id) -> server
SELECT {server} FROM mcp_server WHERE org = $org AND id = $id;

-- @one server_by_name(org id, owner id, name text) -> server
SELECT {server} FROM mcp_server WHERE org = $org AND owner = $owner AND name = $name;

-- Those of the organisation (`owner` all zero), or of one person.
-- @many server_of(org id, owner id, after id, limit int) -> server
SELECT {server} FROM mcp_server WHERE org = $org AND owner = $owner AND id > $after ORDER BY id LIMIT $limit;

-- @many server_all(org id, limit int) -> server
SELECT {server} FROM mcp_server WHERE org = $org ORDER BY owner, name LIMIT $limit;

-- What they are called.
-- @row server_name: id id, owner id, name text, prefix text
-- @many server_names(org id, limit int) -> server_name
SELECT {server_name} FROM mcp_server WHERE org = $org ORDER BY owner, name LIMIT $limit;

-- @one server_count(org id, owner id) -> (n int)
SELECT count(*) FROM mcp_server WHERE org = $org AND owner = $owner;

-- @exec server_save(id id, org id, owner id, name text, prefix text, title text?, kind int, transport int, url text?,
--     command text?, env_names text?, header_names text?, domains_allowed text?, per_user int, pinning int, status int,
--     parallel_max int, queue_max int, timeout_ms int, message_max int, epoch int?, key_id id?, sealed bytes?, now ts)
INSERT INTO mcp_server (id, org, owner, name, prefix, title, kind, transport, url, command, env_names, header_names,
    domains_allowed, per_user, pinning, status, parallel_max, queue_max, timeout_ms, message_max, epoch, key_id, sealed,
    created_at, updated_at, revision)
VALUES ($id, $org, $owner, $name, $prefix, $title, $kind, $transport, $url, $command, $env_names, $header_names,
    $domains_allowed, $per_user, $pinning, $status, $parallel_max, $queue_max, $timeout_ms, $message_max, $epoch, $key_id,
    $sealed, $now, $now, 1)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, prefix = excluded.prefix, title = excluded.title,
    url = excluded.url, command = excluded.command, env_names = excluded.env_names,
    header_names = excluded.header_names, domains_allowed = excluded.domains_allowed, per_user = excluded.per_user,
    pinning = excluded.pinning, status = excluded.status, parallel_max = excluded.parallel_max,
    queue_max = excluded.queue_max, timeout_ms = excluded.timeout_ms, message_max = excluded.message_max,
    epoch = excluded.epoch, key_id = excluded.key_id, sealed = excluded.sealed, updated_at = excluded.updated_at,
    revision = mcp_server.revision + 1
WHERE mcp_server.org = excluded.org;

-- What it said when it was asked last; no change of the server itself.
-- @exec server_seen(org id, id id, now ts, version text?, as_name text?)
UPDATE mcp_server SET seen_at = $now, seen_version = $version, seen_as = $as_name, failed_at = NULL, failed = NULL
WHERE org = $org AND id = $id;

-- @exec server_failed(org id, id id, now ts, why text)
UPDATE mcp_server SET failed_at = $now, failed = $why WHERE org = $org AND id = $id;

-- @exec server_drop(org id, id id)
DELETE FROM mcp_server WHERE org = $org AND id = $id;

-- Tools.
-- @row tool: id id, server_id id, name text, state int, definition text?, digest bytes?, pending text?,
--     pending_digest bytes?, class int, class_set int?, approval int, first_seen_at ts, changed_at ts, revision int
-- @many tool_all(org id, limit int) -> tool
SELECT {t.tool} FROM mcp_tool t JOIN mcp_server s ON s.id = t.server_id
WHERE s.org = $org ORDER BY t.server_id, t.name LIMIT $limit;

-- @many tool_of(server_id id, limit int) -> tool
SELECT {tool} FROM mcp_tool WHERE server_id = $server_id ORDER BY name LIMIT $limit;

-- @many tool_page(server_id id, after id, state int?, limit int) -> tool
SELECT {tool} FROM mcp_tool WHERE server_id = $server_id AND id > $after AND ($state IS NULL OR state = $state)
ORDER BY id LIMIT $limit;

-- How many a server has, and how many of them wait for somebody to look; of those without any there is no row.
-- @row tool_count: server_id id, tools int, quarantined int
-- @many tool_counts(org id, owner id, server_id id?, limit int) -> tool_count
SELECT t.server_id, count(*), count(CASE WHEN t.state = 2 THEN 1 END)
FROM mcp_tool t JOIN mcp_server s ON s.id = t.server_id
WHERE s.org = $org AND s.owner = $owner AND ($server_id IS NULL OR s.id = $server_id) AND t.state < 3
GROUP BY t.server_id LIMIT $limit;

-- @one tool_get(server_id id, name text) -> tool
SELECT {tool} FROM mcp_tool WHERE server_id = $server_id AND name = $name;

-- @many tool_names(server_id id, limit int) -> (name text)
SELECT name FROM mcp_tool WHERE server_id = $server_id ORDER BY name LIMIT $limit;

-- @exec tool_add(id id, server_id id, name text, state int, definition text?, digest bytes?, pending text?,
--     pending_digest bytes?, class int, now ts)
INSERT INTO mcp_tool (id, server_id, name, state, definition, digest, pending, pending_digest, class, approval,
    first_seen_at, changed_at, revision)
VALUES ($id, $server_id, $name, $state, $definition, $digest, $pending, $pending_digest, $class, 0, $now, $now, 1);

-- @exec tool_put(id id, state int, definition text?, digest bytes?, pending text?, pending_digest bytes?, class int,
--     class_set int?, approval int, now ts)
UPDATE mcp_tool SET state = $state, definition = $definition, digest = $digest, pending = $pending,
    pending_digest = $pending_digest, class = $class, class_set = $class_set, approval = $approval, changed_at = $now,
    revision = revision + 1
WHERE id = $id;

-- @exec tool_drop_all(server_id id)
DELETE FROM mcp_tool WHERE server_id = $server_id;

-- Permissions. `kind`: enum gate_subject.
-- @row permission: id id, org id, kind int, subject id, server_id id, tool text, can_read bool?, can_write bool?,
--     can_execute bool?, is_enabled bool?, approval bool?, arguments text?, device text?, created_at ts, updated_at ts,
--     revision int
-- @many permission_page(org id, kind int, subject id, after id, limit int) -> permission
SELECT {permission} FROM mcp_permission WHERE org = $org AND kind = $kind AND subject = $subject AND id > $after
ORDER BY id LIMIT $limit;

-- Of everybody, with the name of whom they are.
-- @many permission_all(org id, after id, limit int) -> (id id, kind int, subject id, server_id id, tool text,
--     can_read bool?, can_write bool?, can_execute bool?, is_enabled bool?, approval bool?, arguments text?, device text?,
--     created_at ts, updated_at ts, revision int, name text)
SELECT p.id, p.kind, p.subject, p.server_id, p.tool, p.can_read, p.can_write, p.can_execute, p.is_enabled, p.approval,
    p.arguments, p.device, p.created_at, p.updated_at, p.revision,
    CASE p.kind WHEN 1 THEN (SELECT u.username FROM user_account u WHERE u.id = p.subject)
        WHEN 2 THEN (SELECT s.name FROM service_account s WHERE s.id = p.subject)
        WHEN 3 THEN (SELECT d.machine_id FROM device d WHERE d.id = p.subject)
        WHEN 4 THEN (SELECT g.name FROM principal_group g WHERE g.id = p.subject)
        ELSE 'default' END
FROM mcp_permission p WHERE p.org = $org AND p.id > $after ORDER BY p.id LIMIT $limit;

-- @one permission_get(org id, id id) -> permission
SELECT {permission} FROM mcp_permission WHERE org = $org AND id = $id;

-- @one permission_find(org id, kind int, subject id, server_id id, tool text) -> permission
SELECT {permission} FROM mcp_permission
WHERE org = $org AND kind = $kind AND subject = $subject AND server_id = $server_id AND tool = $tool;

-- @one permission_count(org id, kind int, subject id) -> (n int)
SELECT count(*) FROM mcp_permission WHERE org = $org AND kind = $kind AND subject = $subject;

-- @exec permission_add(id id, org id, kind int, subject id, server_id id, tool text, can_read bool?, can_write bool?,
--     can_execute bool?, is_enabled bool?, approval bool?, arguments text?, device text?, now ts)
INSERT INTO mcp_permission (id, org, kind, subject, server_id, tool, can_read, can_write, can_execute, is_enabled, approval,
    arguments, device, created_at, updated_at, revision)
VALUES ($id, $org, $kind, $subject, $server_id, $tool, $can_read, $can_write, $can_execute, $is_enabled, $approval,
    $arguments, $device, $now, $now, 1);

-- @exec permission_put(org id, id id, can_read bool?, can_write bool?, can_execute bool?, is_enabled bool?,
--     approval bool?, arguments text?, device text?, now ts)
UPDATE mcp_permission SET can_read = $can_read, can_write = $can_write, can_execute = $can_execute,
    is_enabled = $is_enabled, approval = $approval, arguments = $arguments, device = $device, updated_at = $now,
    revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec permission_drop(org id, id id)
DELETE FROM mcp_permission WHERE org = $org AND id = $id;

-- A server goes.
-- @exec permission_drop_server(server_id id)
DELETE FROM mcp_permission WHERE server_id = $server_id;

-- A principal or a group goes.
-- @exec permission_drop_subject(org id, subject id)
DELETE FROM mcp_permission WHERE org = $org AND subject = $subject;

-- Everything that counts for a principal, the device that he is on and that one's owner (all zero: none). The name and
-- priority are those of a group. A membership may be tried: `member` in `joins`, or not in `leaves`; zero: none is.
-- @many permission_rules(org id, kind int, id id, device id, person id, member id, joins id, leaves id, limit int) -> (id id, kind int, subject id,
--     server_id id, tool text, can_read bool?, can_write bool?, can_execute bool?, is_enabled bool?, approval bool?,
--     arguments text?, device_when text?, name text?, priority int?)
SELECT p.id, p.kind, p.subject, p.server_id, p.tool, p.can_read, p.can_write, p.can_execute, p.is_enabled, p.approval,
    p.arguments, p.device, g.name, g.priority
FROM mcp_permission p LEFT JOIN principal_group g ON p.kind = 4 AND g.id = p.subject AND g.org = p.org
WHERE p.org = $org AND (p.kind = 5 OR (p.kind = $kind AND p.subject = $id) OR (p.kind = 3 AND p.subject = $device)
    OR (p.kind = 1 AND p.subject = $person)
    OR (p.kind = 4 AND p.subject IN (SELECT m.group_id FROM group_member m WHERE m.member_id IN ($id, $device, $person)
            AND NOT (m.member_id = $member AND m.group_id = $leaves)
        UNION ALL SELECT $joins)))
ORDER BY p.id LIMIT $limit;

-- @one gate_device(org id, id id) -> (status int, user_id id?, key_hash bytes?)
SELECT status, user_id, key_hash FROM device WHERE org = $org AND id = $id;

-- @many gate_device_labels(device_id id, limit int) -> (name text, value text)
SELECT name, value FROM device_label WHERE device_id = $device_id ORDER BY name, value LIMIT $limit;

-- Credentials.
-- @row credential: id id, server_id id, user_id id, kind int, header text?, epoch int, key_id id, sealed bytes,
--     expires_at ts?, updated_at ts, revision int
-- @one credential_get(org id, server_id id, user_id id) -> credential
SELECT {credential} FROM mcp_credential WHERE org = $org AND server_id = $server_id AND user_id = $user_id;

-- @exec credential_put(id id, org id, server_id id, user_id id, kind int, header text?, epoch int, key_id id,
--     sealed bytes, expires_at ts?, now ts)
INSERT INTO mcp_credential (id, org, server_id, user_id, kind, header, epoch, key_id, sealed, expires_at, updated_at,
    revision)
VALUES ($id, $org, $server_id, $user_id, $kind, $header, $epoch, $key_id, $sealed, $expires_at, $now, 1)
ON CONFLICT (server_id, user_id) DO UPDATE SET id = excluded.id, kind = excluded.kind, header = excluded.header,
    epoch = excluded.epoch, key_id = excluded.key_id, sealed = excluded.sealed, expires_at = excluded.expires_at,
    updated_at = excluded.updated_at, revision = mcp_credential.revision + 1;

-- @exec credential_drop(org id, server_id id, user_id id)
DELETE FROM mcp_credential WHERE org = $org AND server_id = $server_id AND user_id = $user_id;

-- @exec credential_drop_server(server_id id)
DELETE FROM mcp_credential WHERE server_id = $server_id;

-- Calls that wait for a yes.
-- @row approval: id id, org id, principal_kind int, principal id, device_id id?, server_id id, tool text, digest bytes,
--     epoch int, key_id id, sealed bytes, state int, decided_kind int?, decided_by id?, decided_at ts?, reason text?,
--     created_at ts, expires_at ts, revision int
-- @one approval_get(org id, id id) -> approval
SELECT {approval} FROM mcp_approval WHERE org = $org AND id = $id;

-- Of everybody, or of one person and his devices.
-- @many approval_page(org id, state int?, person id?, after id, limit int) -> approval
SELECT {approval} FROM mcp_approval WHERE org = $org AND id > $after AND ($state IS NULL OR state = $state)
    AND ($person IS NULL OR principal = $person OR principal IN (SELECT id FROM device WHERE user_id = $person))
ORDER BY id LIMIT $limit;

-- @many approval_newest(org id, state int?, person id?, before id, limit int) -> approval
SELECT {approval} FROM mcp_approval WHERE org = $org AND id < $before AND ($state IS NULL OR state = $state)
    AND ($person IS NULL OR principal = $person OR principal IN (SELECT id FROM device WHERE user_id = $person))
ORDER BY id DESC LIMIT $limit;

-- @one approval_waiting(org id, principal id) -> (n int)
SELECT count(*) FROM mcp_approval WHERE org = $org AND state = 1 AND principal = $principal;

-- @exec approval_add(id id, org id, principal_kind int, principal id, device_id id?, server_id id, tool text,
--     digest bytes, epoch int, key_id id, sealed bytes, now ts, expires_at ts)
INSERT INTO mcp_approval (id, org, principal_kind, principal, device_id, server_id, tool, digest, epoch, key_id, sealed,
    state, created_at, expires_at, revision)
VALUES ($id, $org, $principal_kind, $principal, $device_id, $server_id, $tool, $digest, $epoch, $key_id, $sealed, 1, $now,
    $expires_at, 1);

-- Of several who decide at once, one gets a row. `since`: nobody waits any more for what is older.
-- @one approval_decide(org id, id id, state int, decided_kind int, decided_by id, reason text?, nothing bytes, now ts,
--     since ts) -> (digest bytes)
UPDATE mcp_approval SET state = $state, decided_kind = $decided_kind, decided_by = $decided_by, decided_at = $now,
    reason = $reason, sealed = $nothing, revision = revision + 1
WHERE org = $org AND id = $id AND state = 1 AND expires_at > $now AND created_at >= $since RETURNING digest;

-- @one approval_end(org id, id id, reason text, nothing bytes, now ts) -> (tool text)
UPDATE mcp_approval SET state = 4, decided_at = $now, reason = $reason, sealed = $nothing, revision = revision + 1
WHERE org = $org AND id = $id AND state = 1 RETURNING tool;

-- @many approval_late(now ts, since ts, limit int) -> (id id, org id, tool text, created_at ts)
SELECT id, org, tool, created_at FROM mcp_approval
WHERE state = 1 AND (expires_at <= $now OR created_at < $since) LIMIT $limit;

-- @exec approval_drop_old(before ts, limit int)
DELETE FROM mcp_approval WHERE id IN (SELECT id FROM mcp_approval WHERE expires_at < $before AND state <> 1 LIMIT $limit);

-- @exec approval_drop_server(server_id id)
DELETE FROM mcp_approval WHERE server_id = $server_id;

-- A person goes, and the servers that are his alone go with him.
-- @exec permission_drop_owned(org id, owner id)
DELETE FROM mcp_permission
WHERE server_id IN (SELECT s.id FROM mcp_server s WHERE s.org = $org AND s.owner = $owner);

-- @exec credential_drop_owned(org id, owner id)
DELETE FROM mcp_credential WHERE user_id = $owner
OR server_id IN (SELECT s.id FROM mcp_server s WHERE s.org = $org AND s.owner = $owner);

-- @exec approval_drop_owned(org id, owner id)
DELETE FROM mcp_approval WHERE principal = $owner
OR server_id IN (SELECT s.id FROM mcp_server s WHERE s.org = $org AND s.owner = $owner);

-- @exec tool_drop_owned(org id, owner id)
DELETE FROM mcp_tool WHERE server_id IN (SELECT s.id FROM mcp_server s WHERE s.org = $org AND s.owner = $owner);

-- @exec server_drop_owned(org id, owner id)
DELETE FROM mcp_server WHERE org = $org AND owner = $owner;

-- People ask for tools. `class`: of the tool, in force; NULL: its server has it no more.
-- @row tool_request: id id, user_id id, username text, server_id id, server text, tool text, class int?, reason text?,
--     status int, decided_reason text?, decided_at ts?, created_at ts
-- @exec tool_request_add(id id, org id, user_id id, server_id id, tool text, reason text?, now ts)
INSERT INTO tool_request (id, org, user_id, server_id, tool, reason, status, created_at)
VALUES ($id, $org, $user_id, $server_id, $tool, $reason, 1, $now);

-- @one tool_request_get(org id, id id) -> tool_request
SELECT r.id, r.user_id, u.username, r.server_id, s.name, r.tool, COALESCE(t.class_set, t.class), r.reason, r.status,
    r.decided_reason, r.decided_at, r.created_at
FROM tool_request r JOIN user_account u ON u.id = r.user_id JOIN mcp_server s ON s.id = r.server_id
LEFT JOIN mcp_tool t ON t.server_id = r.server_id AND t.name = r.tool AND t.state < 3
WHERE r.org = $org AND r.id = $id;

-- `status` 0: all.
-- @many tool_request_list(org id, status int, after id, n int) -> tool_request
SELECT r.id, r.user_id, u.username, r.server_id, s.name, r.tool, COALESCE(t.class_set, t.class), r.reason, r.status,
    r.decided_reason, r.decided_at, r.created_at
FROM tool_request r JOIN user_account u ON u.id = r.user_id JOIN mcp_server s ON s.id = r.server_id
LEFT JOIN mcp_tool t ON t.server_id = r.server_id AND t.name = r.tool AND t.state < 3
WHERE r.org = $org AND ($status = 0 OR r.status = $status) AND r.id > $after ORDER BY r.id LIMIT $n;

-- @many tool_request_own(user_id id, status int, after id, n int) -> tool_request
SELECT r.id, r.user_id, u.username, r.server_id, s.name, r.tool, COALESCE(t.class_set, t.class), r.reason, r.status,
    r.decided_reason, r.decided_at, r.created_at
FROM tool_request r JOIN user_account u ON u.id = r.user_id JOIN mcp_server s ON s.id = r.server_id
LEFT JOIN mcp_tool t ON t.server_id = r.server_id AND t.name = r.tool AND t.state < 3
WHERE r.user_id = $user_id AND ($status = 0 OR r.status = $status) AND r.id > $after ORDER BY r.id LIMIT $n;

-- @one tool_request_open_n(user_id id) -> (n int)
SELECT count(*) FROM tool_request WHERE user_id = $user_id AND status = 1;

-- Decided once.
-- @exec tool_request_decide(org id, id id, status int, reason text?, by_kind int, by_id id?, now ts)
UPDATE tool_request SET status = $status, decided_reason = $reason, decided_kind = $by_kind, decided_by = $by_id,
    decided_at = $now
WHERE org = $org AND id = $id AND status = 1;

-- @exec tool_request_drop_user(user_id id)
DELETE FROM tool_request WHERE user_id = $user_id;

-- @exec tool_request_drop_server(server_id id)
DELETE FROM tool_request WHERE server_id = $server_id;

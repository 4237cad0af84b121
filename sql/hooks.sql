-- What leaves this server for people and programs: notices, mail.

-- @one user_lang_get(org id, id id) -> (lang text?, email text, username text, status int)
SELECT lang, email, username, status FROM user_account WHERE org = $org AND id = $id;

-- @exec user_lang_set(org id, id id, lang text?)
UPDATE user_account SET lang = $lang WHERE org = $org AND id = $id;

-- People who hold a role, by themselves or by a group.
-- @many user_ids_of_role(org id, role int, active int, kind int, limit int) -> (id id)
SELECT u.id FROM user_account u WHERE u.org = $org AND u.status = $active AND ((u.roles & $role) <> 0 OR EXISTS (
    SELECT 1 FROM group_member m CROSS JOIN principal_group g
    WHERE g.id = m.group_id AND m.kind = $kind AND m.member_id = u.id AND g.org = $org AND (g.roles & $role) <> 0))
ORDER BY u.id LIMIT $limit;

-- @row notice: id id, user_id id, kind text, fields text, created_at ts, read_at ts?
-- @exec notice_put(id id, org id, user_id id, kind text, fields text, now ts)
INSERT INTO notice (id, org, user_id, kind, fields, created_at) VALUES ($id, $org, $user_id, $kind, $fields, $now);

-- @many notice_newest(org id, user_id id, before id, limit int) -> notice
SELECT {notice} FROM notice WHERE org = $org AND user_id = $user_id AND id < $before ORDER BY id DESC LIMIT $limit;

-- The newest of a kind but so many.
-- @one notice_nth(user_id id, kind text, skip int) -> (created_at ts)
SELECT created_at FROM notice WHERE user_id = $user_id AND kind = $kind ORDER BY id DESC LIMIT 1 OFFSET $skip;

-- @one notice_mark_read(org id, user_id id, id id, now ts) -> (id id)
UPDATE notice SET read_at = coalesce(read_at, $now) WHERE org = $org AND user_id = $user_id AND id = $id RETURNING id;

-- The oldest beyond what a person keeps.
-- @exec notice_trim(user_id id, keep int)
DELETE FROM notice WHERE user_id = $user_id AND id <= (
    SELECT n.id FROM notice n WHERE n.user_id = $user_id ORDER BY n.id DESC LIMIT 1 OFFSET $keep);

-- @exec notice_forget(user_id id)
DELETE FROM notice WHERE user_id = $user_id;

-- @row mail: id id, org id, recipient text, kind text, epoch int, key_id id, sealed bytes, attempts int, created_at ts
-- @exec mail_add(id id, org id, recipient text, kind text, epoch int, key_id id, sealed bytes, now ts)
INSERT INTO mail (id, org, recipient, kind, epoch, key_id, sealed, attempts, due_at, created_at)
VALUES ($id, $org, $recipient, $kind, $epoch, $key_id, $sealed, 0, $now, $now);

-- @one mail_count(org id) -> (n int)
SELECT count(*) FROM mail WHERE org = $org;

-- @one mail_next(now ts) -> mail
SELECT {mail} FROM mail WHERE due_at <= $now ORDER BY due_at, id LIMIT 1;

-- @exec mail_again(id id, attempts int, due_at ts, error text)
UPDATE mail SET attempts = $attempts, due_at = $due_at, error = $error WHERE id = $id;

-- @exec mail_drop(id id)
DELETE FROM mail WHERE id = $id;

-- What is sealed under the data key `outgoing`, as domain/hooks/hook_reseal.c numbers it; sealing anew changes nothing else.
-- @many outgoing_of_older_epoch(epoch int, limit int) -> (kind int, id id, epoch int, key_id id, sealed bytes)
SELECT CAST(1 AS BIGINT), id, epoch, key_id, sealed FROM mail WHERE epoch < $epoch
UNION ALL
SELECT CAST(2 AS BIGINT), id, epoch, key_id, sealed FROM webhook WHERE epoch < $epoch
UNION ALL
SELECT CAST(3 AS BIGINT), id, epoch, key_id, sealed FROM identity_provider WHERE epoch < $epoch
UNION ALL
SELECT CAST(4 AS BIGINT), id, epoch, key_id, sealed FROM mcp_server WHERE epoch < $epoch
UNION ALL
SELECT CAST(5 AS BIGINT), id, epoch, key_id, sealed FROM mcp_credential WHERE epoch < $epoch
UNION ALL
SELECT CAST(6 AS BIGINT), id, epoch, key_id, sealed FROM mcp_approval WHERE epoch < $epoch
LIMIT $limit;

-- @exec mail_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE mail SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- @exec webhook_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE webhook SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- @exec provider_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE identity_provider SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- @exec server_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE mcp_server SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- @exec credential_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE mcp_credential SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- @exec approval_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE mcp_approval SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- Webhooks.
-- @row webhook: id id, org id, name text, description text?, url text, format int, status int, events text, group_id id?,
--   application_id id?, event_type text?, ref text?, priority text?, tags text?, template text?, epoch int, key_id id,
--   sealed bytes, failing_since ts?, created_at ts, updated_at ts, revision int
-- A new one, or what has become of one.
-- @exec webhook_save(id id, org id, name text, name_key text, description text?, url text, format int, status int, events text,
--   group_id id?, application_id id?, event_type text?, ref text?, priority text?, tags text?, template text?, epoch int,
--   key_id id, sealed bytes, now ts)
INSERT INTO webhook (id, org, name, name_key, description, url, format, status, events, group_id, application_id, event_type,
    ref, priority, tags, template, epoch, key_id, sealed, created_at, updated_at, revision)
VALUES ($id, $org, $name, $name_key, $description, $url, $format, $status, $events, $group_id, $application_id, $event_type,
    $ref, $priority, $tags, $template, $epoch, $key_id, $sealed, $now, $now, 1)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
    description = excluded.description, url = excluded.url, format = excluded.format, status = excluded.status,
    events = excluded.events, group_id = excluded.group_id, application_id = excluded.application_id,
    event_type = excluded.event_type, ref = excluded.ref, priority = excluded.priority, tags = excluded.tags,
    template = excluded.template, epoch = excluded.epoch, key_id = excluded.key_id, sealed = excluded.sealed,
    updated_at = excluded.updated_at, revision = webhook.revision + 1
WHERE webhook.org = excluded.org;

-- @one webhook_get(org id, id id) -> webhook
SELECT {webhook} FROM webhook WHERE org = $org AND id = $id;

-- @one webhook_by_id(id id) -> webhook
SELECT {webhook} FROM webhook WHERE id = $id;

-- @one webhook_count(org id) -> (n int)
SELECT count(*) FROM webhook WHERE org = $org;

-- @many webhook_page(org id, after id, limit int) -> webhook
SELECT {webhook} FROM webhook WHERE org = $org AND id > $after ORDER BY id LIMIT $limit;

-- Of what happened at this time: what came before a webhook was made is not told to it, though it may still wait in the outbox.
-- @many webhook_wants(org id, active int, at ts) -> (id id, events text, group_id id?, application_id id?)
SELECT id, events, group_id, application_id FROM webhook WHERE org = $org AND status = $active AND created_at <= $at
ORDER BY id;

-- @many webhook_orgs(limit int) -> (org id)
SELECT DISTINCT org FROM webhook ORDER BY org LIMIT $limit;

-- @exec webhook_drop(org id, id id)
DELETE FROM webhook WHERE org = $org AND id = $id;

-- @exec webhook_failing(id id, now ts)
UPDATE webhook SET failing_since = $now WHERE id = $id;

-- @exec webhook_well(id id)
UPDATE webhook SET failing_since = NULL WHERE id = $id AND failing_since IS NOT NULL;

-- @row delivery: id id, org id, webhook_id id, event text, body text, state int, attempts int, due_at ts, created_at ts,
--   done_at ts?, status int?, error text?
-- @exec delivery_add(id id, org id, webhook_id id, event text, body text, now ts)
INSERT INTO webhook_delivery (id, org, webhook_id, event, body, state, attempts, due_at, created_at)
VALUES ($id, $org, $webhook_id, $event, $body, 1, 0, $now, $now);

-- The one that waits longest, of each webhook that has one.
-- @many delivery_due(now ts, limit int) -> (id id, webhook_id id)
SELECT d.id, d.webhook_id FROM webhook w JOIN webhook_delivery d ON d.id = (
    SELECT x.id FROM webhook_delivery x WHERE x.webhook_id = w.id AND x.state = 1 AND x.due_at <= $now
    ORDER BY x.due_at, x.id LIMIT 1)
WHERE w.status = 1 ORDER BY d.due_at LIMIT $limit;

-- @one delivery_get(id id) -> delivery
SELECT {delivery} FROM webhook_delivery WHERE id = $id;

-- @one delivery_waiting(webhook_id id) -> (n int)
SELECT count(*) FROM webhook_delivery WHERE webhook_id = $webhook_id AND state = 1;

-- @one delivery_end(id id, state int, attempts int, now ts, status int?, error text?) -> (id id)
UPDATE webhook_delivery SET state = $state, attempts = $attempts, done_at = $now, status = $status, error = $error
WHERE id = $id AND state = 1 RETURNING id;

-- @exec delivery_again(id id, attempts int, due_at ts, status int?, error text?)
UPDATE webhook_delivery SET attempts = $attempts, due_at = $due_at, status = $status, error = $error
WHERE id = $id AND state = 1;

-- @one delivery_redeliver(org id, webhook_id id, id id, now ts) -> delivery
UPDATE webhook_delivery SET state = 1, attempts = 0, due_at = $now, done_at = NULL
WHERE org = $org AND webhook_id = $webhook_id AND id = $id RETURNING {delivery};

-- The newest first.
-- @many delivery_page(org id, webhook_id id, before id, state int?, limit int) -> delivery
SELECT {delivery} FROM webhook_delivery WHERE org = $org AND webhook_id = $webhook_id AND id < $before
    AND ($state IS NULL OR state = $state) ORDER BY id DESC LIMIT $limit;

-- @exec delivery_drop_all(webhook_id id)
DELETE FROM webhook_delivery WHERE webhook_id = $webhook_id;

-- @exec delivery_expire(before ts, limit int)
DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE done_at < $before ORDER BY done_at LIMIT $limit);

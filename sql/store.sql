-- The store's own tables: migrations, counter, change log, outbox, settings, jobs, idempotency.

-- @row meta: id id, created_at ts
-- @one meta_get() -> meta
SELECT {meta} FROM meta WHERE one = 1;

-- Only the first call makes the row.
-- @exec meta_make(id id, now ts)
INSERT INTO meta (one, id, created_at) VALUES (1, $id, $now) ON CONFLICT DO NOTHING;

-- @one generation_get() -> (n int)
SELECT n FROM generation WHERE one = 1;

-- @one generation_next() -> (n int)
UPDATE generation SET n = n + 1 WHERE one = 1 RETURNING n;

-- After a restore: what devices have seen must not come again.
-- @one generation_raise(step int) -> (n int)
UPDATE generation SET n = n + $step WHERE one = 1 RETURNING n;

-- @exec scope_seq_set(kind int, org id, id id, seq int)
INSERT INTO scope_seq (kind, org, id, seq) VALUES ($kind, $org, $id, $seq)
ON CONFLICT (kind, org, id) DO UPDATE SET seq = excluded.seq;

-- @row scope_seq: kind int, org id, id id, seq int
-- @one scope_seq_get(kind int, org id, id id) -> (seq int)
SELECT seq FROM scope_seq WHERE kind = $kind AND org = $org AND id = $id;

-- @each scope_seq_all() -> scope_seq
SELECT {scope_seq} FROM scope_seq;

-- @row change: n int, part int, kind int, org id, id id
-- @exec change_add(n int, part int, kind int, org id, id id)
INSERT INTO change (n, part, kind, org, id) VALUES ($n, $part, $kind, $org, $id);

-- @many change_after(n int, limit int) -> change
SELECT {change} FROM change WHERE n > $n ORDER BY n, part LIMIT $limit;

-- @exec change_drop(upto int)
DELETE FROM change WHERE n <= $upto;

-- @row outbox: id id, org id, event text, body text, created_at ts
-- @exec outbox_add(id id, org id, event text, body text, created_at ts)
INSERT INTO outbox (id, org, event, body, created_at) VALUES ($id, $org, $event, $body, $created_at);

-- @many outbox_after(after id, limit int) -> outbox
SELECT {outbox} FROM outbox WHERE id > $after ORDER BY id LIMIT $limit;

-- @exec outbox_drop(upto id)
DELETE FROM outbox WHERE id <= $upto;

-- @row setting: name text, value text, changed_at ts
-- @one setting_get(org id, name text) -> setting
SELECT {setting} FROM setting WHERE org = $org AND name = $name;

-- @many setting_list(org id) -> setting
SELECT {setting} FROM setting WHERE org = $org ORDER BY name;

-- @exec setting_set(org id, name text, value text, now ts)
INSERT INTO setting (org, name, value, changed_at) VALUES ($org, $name, $value, $now)
ON CONFLICT (org, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at;

-- @exec setting_drop(org id, name text)
DELETE FROM setting WHERE org = $org AND name = $name;

-- @row job: name text, due ts, holder text?, until ts?
-- @exec job_make(name text, due ts)
INSERT INTO job (name, due) VALUES ($name, $due) ON CONFLICT (name) DO NOTHING;

-- Whoever gets the row runs the job.
-- @one job_take(name text, now ts, holder text, until ts) -> job
UPDATE job SET holder = $holder, until = $until
WHERE name = $name AND due <= $now AND (until IS NULL OR until <= $now OR holder = $holder)
RETURNING {job};

-- Only its holder ends it.
-- @one job_finish(name text, holder text, due ts) -> job
UPDATE job SET due = $due, holder = NULL, until = NULL WHERE name = $name AND holder = $holder
RETURNING {job};

-- @many job_list() -> job
SELECT {job} FROM job ORDER BY name;

-- @row idempotency: body_hash bytes, status int, object_id id?, answer text?, created_at ts
-- @one idempotency_get(principal id, route text, key text) -> idempotency
SELECT {idempotency} FROM idempotency WHERE principal = $principal AND route = $route AND key = $key;

-- @exec idempotency_add(principal id, route text, key text, body_hash bytes, status int, object_id id?,
--   answer text?, created_at ts)
INSERT INTO idempotency (principal, route, key, body_hash, status, object_id, answer, created_at)
VALUES ($principal, $route, $key, $body_hash, $status, $object_id, $answer, $created_at);

-- @exec idempotency_drop(before ts, limit int)
DELETE FROM idempotency WHERE (principal, route, key) IN (
    SELECT principal, route, key FROM idempotency WHERE created_at < $before ORDER BY created_at LIMIT $limit);

-- @exec managed_put(org id, object_id id, kind text, marked_at ts)
INSERT INTO managed (org, object_id, kind, marked_at) VALUES ($org, $object_id, $kind, $marked_at)
ON CONFLICT (org, object_id) DO NOTHING;

-- @exec managed_drop(org id, object_id id)
DELETE FROM managed WHERE org = $org AND object_id = $object_id;

-- @many managed_page(org id, after id, limit int) -> (object_id id, kind text, marked_at ts)
SELECT object_id, kind, marked_at FROM managed WHERE org = $org AND object_id > $after
ORDER BY object_id LIMIT $limit;

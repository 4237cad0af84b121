-- Secrets: who has which, which device was given which, and their sealing anew. Data keys are rows of identity.sql.

-- @row secret: id id, org id, name text, scope int, target id, description text?, epoch int, key_id id, sealed bytes,
--   created_at ts, updated_at ts, revision int
-- @row secret_line: id id, name text, scope int, target id, description text?, epoch int, created_at ts,
--   updated_at ts, revision int, target_name text?

-- @part secret_lines
SELECT t.id, t.name, t.scope, t.target, t.description, t.epoch, t.created_at, t.updated_at, t.revision,
    {target_name} FROM secret t;

-- @one secret_at(org id, name text, scope int, target id) -> secret_line
{secret_lines} WHERE t.org = $org AND t.name = $name AND t.scope = $scope AND t.target = $target;

-- @one secret_sealed_at(org id, name text, scope int, target id) -> secret
SELECT {secret} FROM secret WHERE org = $org AND name = $name AND scope = $scope AND target = $target;

-- The global ones are everybody's: the only ones read across organisations.
-- @many secret_sealed_global(name text) -> secret
SELECT {secret} FROM secret WHERE scope = 1 AND name = $name ORDER BY id LIMIT 1;

-- @many secret_list(org id, name text?, scope int?, target id?, after id, limit int) -> secret_line
{secret_lines}
WHERE t.org = $org AND ($name IS NULL OR t.name = $name) AND ($scope IS NULL OR t.scope = $scope)
    AND ($target IS NULL OR t.target = $target) AND t.id > $after
ORDER BY t.id LIMIT $limit;

-- @one secret_count(org id) -> (n int)
SELECT COUNT(*) FROM secret WHERE org = $org;

-- @exec secret_add(id id, org id, name text, scope int, target id, description text?, epoch int, key_id id,
--   sealed bytes, now ts)
INSERT INTO secret (id, org, name, scope, target, description, epoch, key_id, sealed, created_at, updated_at, revision)
VALUES ($id, $org, $name, $scope, $target, $description, $epoch, $key_id, $sealed, $now, $now, 1);

-- @exec secret_put(org id, id id, description text?, epoch int, key_id id, sealed bytes, now ts)
UPDATE secret SET description = $description, epoch = $epoch, key_id = $key_id, sealed = $sealed, updated_at = $now,
    revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec secret_drop(org id, id id)
DELETE FROM secret WHERE org = $org AND id = $id;

-- @exec secret_drop_target(org id, scope int, target id)
DELETE FROM secret WHERE org = $org AND scope = $scope AND target = $target;

-- Sealing anew: value and revision stay.
-- @many secret_of_older_epoch(epoch int, limit int) -> secret
SELECT {secret} FROM secret WHERE epoch < $epoch ORDER BY epoch, id LIMIT $limit;

-- @exec secret_reseal(id id, epoch int, key_id id, sealed bytes)
UPDATE secret SET epoch = $epoch, key_id = $key_id, sealed = $sealed WHERE id = $id;

-- @one secret_delivery_get(secret_id id, device_id id) -> (revision int, at ts)
SELECT revision, at FROM secret_delivery WHERE secret_id = $secret_id AND device_id = $device_id;

-- @exec secret_delivery_put(secret_id id, device_id id, revision int, now ts)
INSERT INTO secret_delivery (secret_id, device_id, revision, at) VALUES ($secret_id, $device_id, $revision, $now)
ON CONFLICT (secret_id, device_id) DO UPDATE SET revision = excluded.revision, at = excluded.at;

-- @exec secret_delivery_drop(secret_id id)
DELETE FROM secret_delivery WHERE secret_id = $secret_id;

-- @exec secret_delivery_drop_device(device_id id)
DELETE FROM secret_delivery WHERE device_id = $device_id;

-- @exec secret_delivery_drop_target(org id, scope int, target id)
DELETE FROM secret_delivery WHERE secret_id IN
    (SELECT id FROM secret WHERE org = $org AND scope = $scope AND target = $target);

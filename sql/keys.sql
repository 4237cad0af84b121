-- Keys that sign for an organisation, and the generation of its key set.
-- @row org_key: id id, org id, kid text, public bytes, created_at ts, retires_at ts?
-- Newest first.
-- @many org_keys(org id) -> org_key
SELECT k.id, k.org, k.kid, s.public, k.created_at, k.retires_at FROM org_key k JOIN sealed_key s ON s.id = k.id
WHERE k.org = $org ORDER BY s.epoch DESC;

-- The one that signs.
-- @one org_key_signs(org id) -> (id id, name text, epoch int, master bytes, sealed bytes)
SELECT s.id, s.name, s.epoch, s.master, s.sealed FROM org_key k JOIN sealed_key s ON s.id = k.id
WHERE k.org = $org AND k.retires_at IS NULL;

-- @one org_key_kid(org id) -> (kid text)
SELECT kid FROM org_key WHERE org = $org AND retires_at IS NULL;

-- @exec org_key_add(id id, org id, kid text, now ts)
INSERT INTO org_key (id, org, kid, created_at, retires_at) VALUES ($id, $org, $kid, $now, NULL);

-- @exec org_key_retire(org id, at ts)
UPDATE org_key SET retires_at = $at WHERE org = $org AND retires_at IS NULL;

-- @many org_keys_due(now ts, limit int) -> (id id, org id, kid text)
SELECT id, org, kid FROM org_key WHERE retires_at <= $now ORDER BY retires_at LIMIT $limit;

-- @many org_keys_retiring(org id) -> (id id, kid text)
SELECT id, kid FROM org_key WHERE org = $org AND retires_at IS NOT NULL ORDER BY id;

-- @exec org_key_drop(id id)
DELETE FROM org_key WHERE id = $id;

-- @one org_key_set_get(org id) -> (n int)
SELECT n FROM org_key_set WHERE org = $org;

-- @exec org_key_set_put(org id, n int)
INSERT INTO org_key_set (org, n) VALUES ($org, $n) ON CONFLICT (org) DO UPDATE SET n = excluded.n;

-- Organisations of a store that is older than their keys.
-- @many org_keyless(limit int) -> (id id)
SELECT o.id FROM organisation o WHERE NOT EXISTS (SELECT 1 FROM org_key k WHERE k.org = o.id AND k.retires_at IS NULL)
LIMIT $limit;

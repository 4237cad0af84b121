-- Keys of this server as an issuer of tokens.
-- @row issuer_key: id id, alg int, kid text, created_at ts, retires_at ts?
-- Newest first.
-- @many issuer_keys() -> issuer_key
SELECT {issuer_key} FROM issuer_key ORDER BY id DESC;

-- @one issuer_key_sealed(id id) -> (name text, epoch int, master bytes, sealed bytes)
SELECT name, epoch, master, sealed FROM sealed_key WHERE id = $id;

-- @one issuer_key_epoch(name text) -> (epoch int)
SELECT COALESCE(MAX(epoch), 0) FROM sealed_key WHERE name = $name;

-- @exec issuer_key_add(id id, alg int, kid text, now ts)
INSERT INTO issuer_key (id, alg, kid, created_at, retires_at) VALUES ($id, $alg, $kid, $now, NULL);

-- @exec issuer_key_retire(alg int, at ts)
UPDATE issuer_key SET retires_at = $at WHERE alg = $alg AND retires_at IS NULL;

-- @many issuer_keys_due(now ts, limit int) -> (id id, kid text)
SELECT id, kid FROM issuer_key WHERE retires_at <= $now ORDER BY retires_at LIMIT $limit;

-- @exec issuer_key_drop(id id)
DELETE FROM issuer_key WHERE id = $id;

-- The longest life of an access token that any application has for itself, in seconds.
-- @one issuer_life_longest() -> (seconds int)
SELECT COALESCE(MAX(access_life), 0) FROM application;

-- What an access token stands on, beside its grant.
-- @one access_session(id id, user_id id) -> (level int, expires_at ts, ended_at ts?)
SELECT level, expires_at, ended_at FROM session WHERE id = $id AND user_id = $user_id;

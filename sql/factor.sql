-- What people prove themselves with beside their password.
-- @one factor_count(user_id id) -> (totp_n int, codes_n int, passkeys_n int)
SELECT (SELECT count(*) FROM totp t WHERE t.user_id = $user_id AND t.confirmed_at IS NOT NULL),
       (SELECT count(*) FROM recovery_code r WHERE r.user_id = $user_id AND r.used_at IS NULL),
       (SELECT count(*) FROM passkey k WHERE k.user_id = $user_id);

-- When the first of what he has now was made to work.
-- @one factor_first(user_id id) -> (apps ts?, passkeys ts?)
SELECT (SELECT MIN(t.confirmed_at) FROM totp t WHERE t.user_id = $user_id),
       (SELECT MIN(k.created_at) FROM passkey k WHERE k.user_id = $user_id);

-- Keys of authenticator apps.
-- @row totp: id id, org id, user_id id, name text, epoch int, sealed bytes, used_step int, created_at ts,
--     confirmed_at ts?, used_at ts?
-- @many totp_list(user_id id) -> totp
SELECT {totp} FROM totp WHERE user_id = $user_id ORDER BY id;

-- @one totp_get(user_id id, id id) -> totp
SELECT {totp} FROM totp WHERE user_id = $user_id AND id = $id;

-- @exec totp_add(id id, org id, user_id id, name text, epoch int, sealed bytes, now ts)
INSERT INTO totp (id, org, user_id, name, epoch, sealed, used_step, created_at)
VALUES ($id, $org, $user_id, $name, $epoch, $sealed, 0, $now);

-- @exec totp_drop_unconfirmed(user_id id)
DELETE FROM totp WHERE user_id = $user_id AND confirmed_at IS NULL;

-- A step only grows: of two who show the same code at once, one gets a row.
-- @one totp_use(id id, step int, now ts) -> (id id)
UPDATE totp SET used_step = $step, used_at = $now, confirmed_at = COALESCE(confirmed_at, $now)
WHERE id = $id AND used_step < $step RETURNING id;

-- @one totp_drop(user_id id, id id) -> (name text)
DELETE FROM totp WHERE user_id = $user_id AND id = $id RETURNING name;

-- @exec totp_drop_all(user_id id)
DELETE FROM totp WHERE user_id = $user_id;

-- @many totp_of_older_epoch(epoch int, limit int) -> totp
SELECT {totp} FROM totp WHERE epoch < $epoch ORDER BY epoch, id LIMIT $limit;

-- @exec totp_reseal(id id, epoch int, sealed bytes)
UPDATE totp SET epoch = $epoch, sealed = $sealed WHERE id = $id;

-- Recovery codes.
-- @exec recovery_code_add(hash bytes, org id, user_id id, now ts)
INSERT INTO recovery_code (hash, org, user_id, created_at) VALUES ($hash, $org, $user_id, $now);

-- @one recovery_code_use(hash bytes, user_id id, now ts) -> (created_at ts)
UPDATE recovery_code SET used_at = $now WHERE hash = $hash AND user_id = $user_id AND used_at IS NULL
RETURNING created_at;

-- @exec recovery_code_drop_all(user_id id)
DELETE FROM recovery_code WHERE user_id = $user_id;

-- Passkeys.
-- @row passkey: id id, org id, user_id id, name text, credential bytes, alg int, public_key bytes, sign_count int,
--     created_at ts, used_at ts?
-- @many passkey_list(user_id id) -> passkey
SELECT {passkey} FROM passkey WHERE user_id = $user_id ORDER BY id;

-- @one passkey_by_credential(credential bytes) -> passkey
SELECT {passkey} FROM passkey WHERE credential = $credential;

-- @exec passkey_add(id id, org id, user_id id, name text, credential bytes, alg int, public_key bytes, sign_count int,
--     now ts)
INSERT INTO passkey (id, org, user_id, name, credential, alg, public_key, sign_count, created_at)
VALUES ($id, $org, $user_id, $name, $credential, $alg, $public_key, $sign_count, $now);

-- A count that does not grow is that of a copy; zero: the authenticator does not count.
-- @one passkey_use(id id, sign_count int, now ts) -> (id id)
UPDATE passkey SET sign_count = $sign_count, used_at = $now
WHERE id = $id AND (sign_count < $sign_count OR (sign_count = 0 AND $sign_count = 0)) RETURNING id;

-- @one passkey_drop(user_id id, id id) -> (name text)
DELETE FROM passkey WHERE user_id = $user_id AND id = $id RETURNING name;

-- @exec passkey_drop_all(user_id id)
DELETE FROM passkey WHERE user_id = $user_id;

-- @one passkey_challenge_use(hash bytes, expires_at ts) -> (expires_at ts)
INSERT INTO passkey_challenge (hash, expires_at) VALUES ($hash, $expires_at) ON CONFLICT (hash) DO NOTHING
RETURNING expires_at;

-- @exec passkey_challenge_expire(now ts)
DELETE FROM passkey_challenge WHERE expires_at < $now;

-- What leaves this server for people and programs: notices, mail.

-- @one user_lang_get(org id, id id) -> (lang text?, email text, username text, status int)
SELECT lang, email, username, status FROM user_account WHERE org = $org AND id = $id;

-- @exec user_lang_set(org id, id id, lang text?)
UPDATE user_account SET lang = $lang WHERE org = $org AND id = $id;

-- People who hold a role, by themselves or by a group.
-- @many user_ids_of_role(org id, role int, active int, kind int, limit int) -> (id id)
SELECT u.id FROM user_account u WHERE u.org = $org AND u.status = $active AND ((u.roles & $role) <> 0 OR EXISTS (
    SELECT 1 FROM group_member m JOIN principal_group g ON g.id = m.group_id
    WHERE m.kind = $kind AND m.member_id = u.id AND g.org = $org AND (g.roles & $role) <> 0))
ORDER BY u.id LIMIT $limit;

-- @row notice: id id, user_id id, kind text, fields text, created_at ts, read_at ts?
-- @exec notice_put(id id, org id, user_id id, kind text, fields text, now ts)
INSERT INTO notice (id, org, user_id, kind, fields, created_at) VALUES ($id, $org, $user_id, $kind, $fields, $now);

-- @many notice_newest(org id, user_id id, before id, limit int) -> notice
SELECT {notice} FROM notice WHERE org = $org AND user_id = $user_id AND id < $before ORDER BY id DESC LIMIT $limit;

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

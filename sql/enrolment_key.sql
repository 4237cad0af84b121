-- Keys that let machines in.

-- @row enrolment_key: id id, org id, name text, uses int?, uses_left int?, used_n int, expires_at ts,
--   auto_approve bool, may_uninstall bool, adopt bool, machine_pattern text?, labels text?, created_by_kind int,
--   created_by id?, created_at ts, revision int

-- @exec enrolment_key_add(id id, org id, name text, uses int?, expires_at ts, auto_approve bool, may_uninstall bool,
--   adopt bool, machine_pattern text?, labels text?, by_kind int, by_id id?, now ts)
INSERT INTO enrolment_key (id, org, name, uses, uses_left, used_n, expires_at, auto_approve, may_uninstall, adopt,
    machine_pattern, labels, created_by_kind, created_by, created_at, revision)
VALUES ($id, $org, $name, $uses, $uses, 0, $expires_at, $auto_approve, $may_uninstall, $adopt, $machine_pattern,
    $labels, $by_kind, $by_id, $now, 1);

-- @exec enrolment_key_group_add(key_id id, grp id)
INSERT INTO enrolment_key_group (key_id, group_id) VALUES ($key_id, $grp) ON CONFLICT DO NOTHING;

-- @one enrolment_key_get(org id, id id) -> enrolment_key
SELECT {enrolment_key} FROM enrolment_key WHERE org = $org AND id = $id;

-- @many enrolment_key_list(org id, after id, limit int) -> enrolment_key
SELECT {enrolment_key} FROM enrolment_key WHERE org = $org AND id > $after ORDER BY id LIMIT $limit;

-- One use, counted only while there is one and the key lives: two at once cannot both have the last.
-- @exec enrolment_key_use(org id, id id, now ts)
UPDATE enrolment_key SET uses_left = uses_left - 1, used_n = used_n + 1, revision = revision + 1
WHERE org = $org AND id = $id AND expires_at > $now AND (uses_left IS NULL OR uses_left > 0);

-- @exec enrolment_key_group_drop(key_id id)
DELETE FROM enrolment_key_group WHERE key_id = $key_id;

-- @exec enrolment_key_drop(org id, id id)
DELETE FROM enrolment_key WHERE org = $org AND id = $id;

-- Policies, versions, assignments; what a device gets of them; what it says it applied.

-- @row policy: id id, org id, name text, description text?, created_at ts, updated_at ts, revision int,
--   last_number int, newest_id id?
-- @row policy_info: id id, name text, description text?, created_at ts, updated_at ts, revision int,
--   newest_number int?, newest_version text?, draft_number int?, assignments int, scopes int, managed bool
-- @row policy_version: id id, org id, policy_id id, number int, state int, version text?, content bytes, locked text,
--   enabled bool?, created_at ts, updated_at ts, published_at ts?, revision int
-- @row policy_version_line: id id, number int, state int, version text?, enabled bool?, created_at ts, updated_at ts,
--   published_at ts?, revision int
-- @row assignment: id id, org id, policy_id id, scope int, target id, priority int, number int?, created_at ts,
--   updated_at ts, revision int, target_name text?

-- @exec policy_add(id id, org id, name text, description text?, now ts)
INSERT INTO policy (id, org, name, description, created_at, updated_at, revision, last_number)
VALUES ($id, $org, $name, $description, $now, $now, 1, 0);

-- @one policy_by_id(org id, id id) -> policy
SELECT {policy} FROM policy WHERE org = $org AND id = $id;

-- `draft_number`: of the newest draft. `scopes`: where it is assigned, bit 1 << enum scope_kind.
-- @part policy_infos
SELECT p.id, p.name, p.description, p.created_at, p.updated_at, p.revision, v.number, v.version,
    (SELECT MAX(d.number) FROM policy_version d WHERE d.org = p.org AND d.policy_id = p.id AND d.state = 0),
    (SELECT COUNT(*) FROM assignment a WHERE a.org = p.org AND a.policy_id = p.id),
    (SELECT COALESCE(SUM(DISTINCT CASE a.scope WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 WHEN 4 THEN 16 ELSE 32 END), 0)
        FROM assignment a WHERE a.org = p.org AND a.policy_id = p.id),
    EXISTS (SELECT 1 FROM managed m WHERE m.org = p.org AND m.object_id = p.id)
FROM policy p LEFT JOIN policy_version v ON v.id = p.newest_id;

-- A search is a part of the name, A to Z in either case.
-- @part policy_named
($search IS NULL OR REPLACE(LOWER(p.name), LOWER($search), '') <> LOWER(p.name));

-- @one policy_info_by_id(org id, id id) -> policy_info
{policy_infos} WHERE p.org = $org AND p.id = $id;

-- `grp`: a group that it is assigned to.
-- @many policy_info_list(org id, search text?, grp id?, after id, limit int) -> policy_info
{policy_infos}
WHERE p.org = $org AND p.id > $after AND {policy_named} AND ($grp IS NULL OR EXISTS (
    SELECT 1 FROM assignment a WHERE a.policy_id = p.id AND a.scope = 3 AND a.target = $grp))
ORDER BY p.id LIMIT $limit;

-- @one policy_id_by_name(org id, name text) -> (id id)
SELECT id FROM policy WHERE org = $org AND name = $name;

-- @exec policy_set(org id, id id, name text, description text?, now ts)
UPDATE policy SET name = $name, description = $description, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @one policy_take_number(org id, id id) -> (number int)
UPDATE policy SET last_number = last_number + 1 WHERE org = $org AND id = $id RETURNING last_number;

-- @exec policy_set_newest(org id, id id, newest_id id, now ts)
UPDATE policy SET newest_id = $newest_id, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec policy_drop(org id, id id)
DELETE FROM policy WHERE org = $org AND id = $id;

-- @exec policy_version_add(id id, org id, policy_id id, number int, content bytes, locked text, enabled bool?, now ts)
INSERT INTO policy_version (id, org, policy_id, number, state, content, locked, enabled, created_at, updated_at,
    revision)
VALUES ($id, $org, $policy_id, $number, 0, $content, $locked, $enabled, $now, $now, 1);

-- @one policy_version_get(org id, policy_id id, number int) -> policy_version
SELECT {policy_version} FROM policy_version WHERE org = $org AND policy_id = $policy_id AND number = $number;

-- @many policy_version_list(org id, policy_id id, before int, limit int) -> policy_version_line
SELECT {policy_version_line} FROM policy_version
WHERE org = $org AND policy_id = $policy_id AND number < $before ORDER BY number DESC LIMIT $limit;

-- @exec policy_version_set(org id, id id, content bytes, locked text, enabled bool?, now ts)
UPDATE policy_version SET content = $content, locked = $locked, enabled = $enabled, updated_at = $now,
    revision = revision + 1
WHERE org = $org AND id = $id AND state = 0;

-- @exec policy_version_publish(org id, id id, version text, day text, day_number int, now ts)
UPDATE policy_version SET state = 1, version = $version, day = $day, day_number = $day_number, updated_at = $now,
    published_at = $now, revision = revision + 1
WHERE org = $org AND id = $id AND state = 0;

-- @exec policy_version_drop(org id, id id)
DELETE FROM policy_version WHERE org = $org AND id = $id AND state = 0;

-- @exec policy_version_drop_all(org id, policy_id id)
DELETE FROM policy_version WHERE org = $org AND policy_id = $policy_id;

-- @one policy_publication_next(org id, day text) -> (n int)
INSERT INTO policy_publication (org, day, n) VALUES ($org, $day, 1)
ON CONFLICT (org, day) DO UPDATE SET n = policy_publication.n + 1 RETURNING n;

-- @exec assignment_add(id id, org id, policy_id id, scope int, target id, priority int, number int?, now ts)
INSERT INTO assignment (id, org, policy_id, scope, target, priority, number, created_at, updated_at, revision)
VALUES ($id, $org, $policy_id, $scope, $target, $priority, $number, $now, $now, 1);

-- The name of what `t` is for: a group's, a person's or a device's.
-- @part target_name
CASE t.scope WHEN 3 THEN (SELECT g.name FROM principal_group g WHERE g.org = t.org AND g.id = t.target)
    WHEN 4 THEN (SELECT u.username FROM user_account u WHERE u.org = t.org AND u.id = t.target)
    WHEN 5 THEN (SELECT d.machine_id FROM device d WHERE d.org = t.org AND d.id = t.target) END;

-- @part assignments
SELECT t.id, t.org, t.policy_id, t.scope, t.target, t.priority, t.number, t.created_at, t.updated_at, t.revision,
    {target_name} FROM assignment t;

-- @one assignment_by_id(org id, id id) -> assignment
{assignments} WHERE t.org = $org AND t.id = $id;

-- @many assignment_list(org id, policy_id id?, scope int?, target id?, after id, limit int) -> assignment
{assignments}
WHERE t.org = $org AND ($policy_id IS NULL OR t.policy_id = $policy_id) AND ($scope IS NULL OR t.scope = $scope)
    AND ($target IS NULL OR t.target = $target) AND t.id > $after
ORDER BY t.id LIMIT $limit;

-- @exec assignment_set(org id, id id, scope int, target id, priority int, number int?, now ts)
UPDATE assignment SET scope = $scope, target = $target, priority = $priority, number = $number, updated_at = $now,
    revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec assignment_drop(org id, id id)
DELETE FROM assignment WHERE org = $org AND id = $id;

-- @exec assignment_drop_target(org id, scope int, target id)
DELETE FROM assignment WHERE org = $org AND scope = $scope AND target = $target;

-- @one assignment_same(org id, policy_id id, scope int, target id) -> (id id)
SELECT id FROM assignment WHERE org = $org AND policy_id = $policy_id AND scope = $scope AND target = $target;

-- @one assignment_count_policy(org id, policy_id id) -> (n int)
SELECT COUNT(*) FROM assignment WHERE org = $org AND policy_id = $policy_id;

-- @one assignment_count_target(org id, scope int, target id) -> (n int)
SELECT COUNT(*) FROM assignment WHERE org = $org AND scope = $scope AND target = $target;

-- What a publication of this policy reaches.
-- @many assignment_followers(org id, policy_id id) -> (scope int, target id)
SELECT scope, target FROM assignment WHERE org = $org AND policy_id = $policy_id AND number IS NULL ORDER BY id;

-- Does a target exist in the organisation?
-- @one target_group(org id, id id) -> (id id)
SELECT id FROM principal_group WHERE org = $org AND id = $id;
-- @one target_user(org id, id id) -> (id id)
SELECT id FROM user_account WHERE org = $org AND id = $id;
-- @one target_device(org id, id id) -> (id id)
SELECT id FROM device WHERE org = $org AND id = $id;
-- @one target_default(org id) -> (id id)
SELECT id FROM organisation WHERE id = $org AND slug = 'default';

-- @one plan_device(org id, id id) -> (user_id id?)
SELECT user_id FROM device WHERE org = $org AND id = $id;

-- The groups of the device and of its owner, each once. `kind`: enum actor_kind.
-- @row plan_group: id id
-- A membership may be tried: `member` in `joins`, or not in `leaves`; zero: none is.
-- @many plan_groups(org id, device id, owner id?, member id, joins id, leaves id) -> plan_group
SELECT id FROM principal_group
WHERE org = $org AND id IN (SELECT group_id FROM group_member
    WHERE ((kind = 3 AND member_id = $device) OR (kind = 1 AND member_id = $owner))
    AND NOT (member_id = $member AND group_id = $leaves)
    UNION ALL SELECT $joins)
ORDER BY priority, id;

-- The assignments of a target in the order in which they apply, with the published version of each; NULL: none is.
-- @row plan_entry: assignment_id id, policy_id id, priority int, pinned bool, version_id id?
-- @many plan_target(org id, scope int, target id) -> plan_entry
SELECT a.id, p.id, a.priority, a.number IS NOT NULL, CASE WHEN a.number IS NULL THEN p.newest_id ELSE
    (SELECT v.id FROM policy_version v WHERE v.policy_id = p.id AND v.number = a.number AND v.state = 1) END
FROM assignment a JOIN policy p ON p.id = a.policy_id
WHERE a.org = $org AND a.scope = $scope AND a.target = $target ORDER BY a.priority, a.id;

-- The global ones, which are everybody's: the only ones read across organisations.
-- @many plan_global() -> plan_entry
SELECT a.id, p.id, a.priority, a.number IS NOT NULL, CASE WHEN a.number IS NULL THEN p.newest_id ELSE
    (SELECT v.id FROM policy_version v WHERE v.policy_id = p.id AND v.number = a.number AND v.state = 1) END
FROM assignment a JOIN policy p ON p.id = a.policy_id
WHERE a.scope = 1 ORDER BY a.priority, a.id;

-- By an id out of a plan, which may be of a global policy.
-- @row plan_words: number int, version text, day text, day_number int, content bytes, locked text, enabled bool?
-- @one plan_version(id id) -> plan_words
SELECT {plan_words} FROM policy_version WHERE id = $id AND state = 1;

-- The same of a moment that has passed, in the same order (history.sql writes what they read).
-- @one plan_owner_at(device id, at ts) -> (user_id id)
SELECT user_id FROM owner_history
WHERE device_id = $device AND from_at <= $at AND (until_at IS NULL OR until_at > $at);

-- @many plan_groups_at(org id, device id, owner id?, at ts) -> plan_group
SELECT id FROM group_history
WHERE org = $org AND from_at <= $at AND (until_at IS NULL OR until_at > $at) AND id IN (
    SELECT group_id FROM member_history
    WHERE ((kind = 3 AND member_id = $device) OR (kind = 1 AND member_id = $owner))
        AND from_at <= $at AND (until_at IS NULL OR until_at > $at))
ORDER BY priority, id;

-- @many plan_target_at(org id, scope int, target id, at ts) -> plan_entry
SELECT a.id, a.policy_id, a.priority, a.number IS NOT NULL, CASE WHEN a.number IS NULL
    THEN (SELECT n.version_id FROM newest_history n
        WHERE n.policy_id = a.policy_id AND n.from_at <= $at AND (n.until_at IS NULL OR n.until_at > $at))
    ELSE COALESCE(
        (SELECT v.id FROM policy_version v WHERE v.policy_id = a.policy_id AND v.number = a.number AND v.state = 1),
        (SELECT k.id FROM version_history k WHERE k.policy_id = a.policy_id AND k.number = a.number)) END
FROM assignment_history a
WHERE a.org = $org AND a.scope = $scope AND a.target = $target
    AND a.from_at <= $at AND (a.until_at IS NULL OR a.until_at > $at)
ORDER BY a.priority, a.id;

-- @many plan_global_at(at ts) -> plan_entry
SELECT a.id, a.policy_id, a.priority, a.number IS NOT NULL, CASE WHEN a.number IS NULL
    THEN (SELECT n.version_id FROM newest_history n
        WHERE n.policy_id = a.policy_id AND n.from_at <= $at AND (n.until_at IS NULL OR n.until_at > $at))
    ELSE COALESCE(
        (SELECT v.id FROM policy_version v WHERE v.policy_id = a.policy_id AND v.number = a.number AND v.state = 1),
        (SELECT k.id FROM version_history k WHERE k.policy_id = a.policy_id AND k.number = a.number)) END
FROM assignment_history a
WHERE a.scope = 1 AND a.from_at <= $at AND (a.until_at IS NULL OR a.until_at > $at)
ORDER BY a.priority, a.id;

-- @one plan_version_kept(id id) -> plan_words
SELECT {plan_words} FROM version_history WHERE id = $id;

-- Also of one that was deleted since, if anything of it was published.
-- @one plan_policy_name(policy id) -> (name text)
SELECT name FROM policy WHERE id = $policy
UNION ALL SELECT policy_name FROM version_history WHERE policy_id = $policy LIMIT 1;

-- @one plan_device_since(org id, id id) -> (created_at ts)
SELECT created_at FROM device WHERE org = $org AND id = $id;

-- Enrolled devices that a policy reaches where its newest version is followed, if that is tried; by an assignment that
-- goes; or would by one to come. Each way in is a look into an index.
-- @many preview_devices(org id, policy_id id, scope int, target id, followed bool, gone id, after id,
--   limit int) -> (id id, machine_id text, hostname text?)
SELECT d.id, d.machine_id, d.hostname FROM device d
WHERE d.org = $org AND d.status = 2 AND d.id > $after AND ($scope IN (1, 2)
    OR ($scope = 5 AND d.id = $target) OR ($scope = 4 AND d.user_id = $target)
    OR ($scope = 3 AND EXISTS (SELECT 1 FROM group_member m
        WHERE m.group_id = $target AND m.member_id IN (d.id, d.user_id)))
    OR EXISTS (SELECT 1 FROM assignment a WHERE a.policy_id = $policy_id AND a.scope IN (1, 2)
        AND (($followed AND a.number IS NULL) OR a.id = $gone))
    OR EXISTS (SELECT 1 FROM assignment a
        WHERE a.policy_id = $policy_id AND a.scope = 5 AND a.target = d.id
        AND (($followed AND a.number IS NULL) OR a.id = $gone))
    OR EXISTS (SELECT 1 FROM assignment a
        WHERE a.policy_id = $policy_id AND a.scope = 4 AND a.target = d.user_id
        AND (($followed AND a.number IS NULL) OR a.id = $gone))
    OR EXISTS (SELECT 1 FROM group_member m JOIN assignment a
            ON a.policy_id = $policy_id AND a.scope = 3 AND a.target = m.group_id
            AND (($followed AND a.number IS NULL) OR a.id = $gone)
        WHERE m.member_id IN (d.id, d.user_id)))
ORDER BY d.id LIMIT $limit;

-- Enrolled devices of all organisations, for what is global.
-- @many preview_everywhere(after id, limit int) -> (id id, org id, machine_id text, hostname text?)
SELECT id, org, machine_id, hostname FROM device WHERE status = 2 AND id > $after ORDER BY id LIMIT $limit;

-- @one preview_device(org id, id id) -> (id id, machine_id text, hostname text?)
SELECT id, machine_id, hostname FROM device WHERE org = $org AND id = $id;

-- @one preview_is_global(policy_id id, followed bool, gone id) -> (n int)
SELECT COUNT(*) FROM assignment
WHERE policy_id = $policy_id AND scope = 1 AND (($followed AND number IS NULL) OR id = $gone);

-- @row device_ack: etag text, version text?, result text, reason text?, applied_at ts?, acked_at ts
-- @one device_ack_get(org id, device_id id) -> device_ack
SELECT {device_ack} FROM device_ack WHERE org = $org AND device_id = $device_id;

-- @exec device_ack_put(device_id id, org id, etag text, version text?, result text, reason text?, applied_at ts?,
--   acked_at ts)
INSERT INTO device_ack (device_id, org, etag, version, result, reason, applied_at, acked_at)
VALUES ($device_id, $org, $etag, $version, $result, $reason, $applied_at, $acked_at)
ON CONFLICT (device_id) DO UPDATE SET etag = excluded.etag, version = excluded.version, result = excluded.result,
    reason = excluded.reason, applied_at = excluded.applied_at, acked_at = excluded.acked_at;

-- What others changed in the files that the device's agent keeps: the newest report.
-- @one device_drift_at(org id, device_id id) -> (drifted_at ts)
SELECT drifted_at FROM device_drift WHERE org = $org AND device_id = $device_id;

-- @exec device_drift_put(device_id id, org id, places text, count int, drifted_at ts, reported_at ts)
INSERT INTO device_drift (device_id, org, places, count, drifted_at, reported_at)
VALUES ($device_id, $org, $places, $count, $drifted_at, $reported_at)
ON CONFLICT (device_id) DO UPDATE SET places = excluded.places, count = device_drift.count + excluded.count,
    drifted_at = excluded.drifted_at, reported_at = excluded.reported_at;

-- @exec device_ack_drop(org id, device_id id)
DELETE FROM device_ack WHERE org = $org AND device_id = $device_id;

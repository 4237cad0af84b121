-- What configurations were made of at a moment that has passed (migrations/0007_config_history.sql).

-- @exec history_assignment_open(id id, org id, policy_id id, scope int, target id, priority int, number int?, now ts)
INSERT INTO assignment_history (id, org, policy_id, scope, target, priority, number, from_at)
VALUES ($id, $org, $policy_id, $scope, $target, $priority, $number, $now)
ON CONFLICT (id, from_at) DO UPDATE SET scope = excluded.scope, target = excluded.target, priority = excluded.priority,
    number = excluded.number, until_at = NULL;

-- @exec history_assignment_close(id id, now ts)
UPDATE assignment_history SET until_at = $now WHERE id = $id AND until_at IS NULL;

-- @exec history_target_close(org id, scope int, target id, now ts)
UPDATE assignment_history SET until_at = $now
WHERE org = $org AND scope = $scope AND target = $target AND until_at IS NULL;

-- @exec history_group_open(id id, org id, priority int, now ts)
INSERT INTO group_history (id, org, priority, from_at) VALUES ($id, $org, $priority, $now)
ON CONFLICT (id, from_at) DO UPDATE SET priority = excluded.priority, until_at = NULL;

-- @exec history_group_close(id id, now ts)
UPDATE group_history SET until_at = $now WHERE id = $id AND until_at IS NULL;

-- @exec history_member_open(member_id id, group_id id, kind int, now ts)
INSERT INTO member_history (member_id, group_id, kind, from_at)
SELECT $member_id, $group_id, $kind, $now WHERE NOT EXISTS (SELECT 1 FROM member_history
    WHERE member_id = $member_id AND group_id = $group_id AND kind = $kind AND until_at IS NULL)
ON CONFLICT (member_id, group_id, kind, from_at) DO UPDATE SET until_at = NULL;

-- @exec history_member_close(member_id id, group_id id, now ts)
UPDATE member_history SET until_at = $now WHERE member_id = $member_id AND group_id = $group_id AND until_at IS NULL;

-- @exec history_member_gone(member_id id, now ts)
UPDATE member_history SET until_at = $now WHERE member_id = $member_id AND until_at IS NULL;

-- @exec history_group_emptied(group_id id, now ts)
UPDATE member_history SET until_at = $now WHERE group_id = $group_id AND until_at IS NULL;

-- @exec history_owner_open(device_id id, user_id id, now ts)
INSERT INTO owner_history (device_id, user_id, from_at) VALUES ($device_id, $user_id, $now)
ON CONFLICT (device_id, from_at) DO UPDATE SET user_id = excluded.user_id, until_at = NULL;

-- @one history_owner_close(device_id id, now ts) -> (user_id id)
UPDATE owner_history SET until_at = $now WHERE device_id = $device_id AND until_at IS NULL RETURNING user_id;

-- @exec history_newest_open(policy_id id, version_id id, now ts)
INSERT INTO newest_history (policy_id, version_id, from_at) VALUES ($policy_id, $version_id, $now)
ON CONFLICT (policy_id, from_at) DO UPDATE SET version_id = excluded.version_id, until_at = NULL;

-- @exec history_newest_close(policy_id id, now ts)
UPDATE newest_history SET until_at = $now WHERE policy_id = $policy_id AND until_at IS NULL;

-- What was published of a policy that is about to be deleted.
-- @exec history_versions_keep(org id, policy_id id, now ts)
INSERT INTO version_history (id, policy_id, policy_name, number, version, day, day_number, content, locked, enabled,
    until_at)
SELECT v.id, v.policy_id, p.name, v.number, v.version, v.day, v.day_number, v.content, v.locked, v.enabled, $now
FROM policy_version v JOIN policy p ON p.id = v.policy_id
WHERE v.org = $org AND v.policy_id = $policy_id AND v.state = 1;

-- Since when these tables say everything, but for what was pruned.
-- @one history_made() -> (at ts)
SELECT applied_at FROM migration WHERE name = 'config_history';

-- Pruning, in slices. Each says by a row that it dropped something.
-- @many history_assignment_prune(before ts, limit int) -> (at ts)
DELETE FROM assignment_history WHERE (id, from_at) IN (
    SELECT id, from_at FROM assignment_history WHERE until_at <= $before LIMIT $limit) RETURNING from_at;

-- @many history_group_prune(before ts, limit int) -> (at ts)
DELETE FROM group_history WHERE (id, from_at) IN (
    SELECT id, from_at FROM group_history WHERE until_at <= $before LIMIT $limit) RETURNING from_at;

-- @many history_member_prune(before ts, limit int) -> (at ts)
DELETE FROM member_history WHERE (member_id, group_id, kind, from_at) IN (
    SELECT member_id, group_id, kind, from_at FROM member_history WHERE until_at <= $before LIMIT $limit)
RETURNING from_at;

-- @many history_owner_prune(before ts, limit int) -> (at ts)
DELETE FROM owner_history WHERE (device_id, from_at) IN (
    SELECT device_id, from_at FROM owner_history WHERE until_at <= $before LIMIT $limit) RETURNING from_at;

-- @many history_newest_prune(before ts, limit int) -> (at ts)
DELETE FROM newest_history WHERE (policy_id, from_at) IN (
    SELECT policy_id, from_at FROM newest_history WHERE until_at <= $before LIMIT $limit) RETURNING from_at;

-- @many history_version_prune(before ts, limit int) -> (at ts)
DELETE FROM version_history WHERE id IN (
    SELECT id FROM version_history WHERE until_at <= $before LIMIT $limit) RETURNING until_at;

-- Rollouts: their rings, their members, what was decided.

-- @row rollout: id id, org id, policy_id id, to_id id, to_number int, from_number int?, state int, arms int, ring int,
--   rings int, percent int, selectors int, seed text, auto_rollback bool, min_executed int, max_failed int,
--   timeout_s int, lost_after_s int, away_after_s int, reason text, event_n int, state_at ts, created_at ts,
--   started_at ts?, ended_at ts?, revision int, walk_after id?, walked bool, walk_at ts?, judge_state int,
--   judge_after id?
-- @row rollout_ring: n int, name text, group_id id?, label_name text?, label_value text?, percent int?,
--   min_executed int?, soak_s int, approval bool, pause bool, started_at ts?, met_at ts?, promoted_at ts?, forced bool,
--   looked bool, ended_at ts?, pending int, away int, applied int, failed int, timed_out int, lost int, unchanged int,
--   gone int, group_name text?
-- @row rollout_device: device id, ring int, state int, since ts, seen_at ts?, etag bytes?, acked bytes?, reason text?,
--   at ts, back bool
-- @row rollout_event: n int, at ts, kind text, state int, ring int, reason text, actor_kind int, actor_id id?

-- @exec rollout_add(id id, org id, policy_id id, to_id id, to_number int, from_number int?, rings int, seed text,
--   auto_rollback bool, min_executed int, max_failed int, timeout_s int, lost_after_s int, away_after_s int,
--   reason text, now ts)
INSERT INTO rollout (id, org, policy_id, to_id, to_number, from_number, state, arms, ring, rings, percent, selectors,
    seed, auto_rollback, min_executed, max_failed, timeout_s, lost_after_s, away_after_s, reason, event_n, state_at,
    created_at, revision, hidden, walked, judge_state)
VALUES ($id, $org, $policy_id, $to_id, $to_number, $from_number, 0, 0, 0, $rings, 0, 0, $seed, $auto_rollback,
    $min_executed, $max_failed, $timeout_s, $lost_after_s, $away_after_s, $reason, 0, $now, $now, 1, FALSE, FALSE, 0);

-- Only a draft.
-- @exec rollout_set(org id, id id, to_id id, to_number int, from_number int?, rings int, seed text, auto_rollback bool,
--   min_executed int, max_failed int, timeout_s int, lost_after_s int, away_after_s int)
UPDATE rollout SET to_id = $to_id, to_number = $to_number, from_number = $from_number, rings = $rings, seed = $seed,
    auto_rollback = $auto_rollback, min_executed = $min_executed, max_failed = $max_failed, timeout_s = $timeout_s,
    lost_after_s = $lost_after_s, away_after_s = $away_after_s, revision = revision + 1
WHERE org = $org AND id = $id AND state = 0;

-- @exec rollout_ring_add(rollout id, n int, name text, group_id id?, label_name text?, label_value text?,
--   percent int?, min_executed int?, soak_s int, approval bool, pause bool)
INSERT INTO rollout_ring (rollout, n, name, group_id, label_name, label_value, percent, min_executed, soak_s, approval,
    pause, forced, looked, pending, away, applied, failed, timed_out, lost, unchanged, gone)
VALUES ($rollout, $n, $name, $group_id, $label_name, $label_value, $percent, $min_executed, $soak_s, $approval, $pause,
    FALSE, FALSE, 0, 0, 0, 0, 0, 0, 0, 0);

-- @exec rollout_ring_drop(rollout id)
DELETE FROM rollout_ring WHERE rollout = $rollout;

-- @many rollout_ring_list(rollout id) -> rollout_ring
SELECT r.n, r.name, r.group_id, r.label_name, r.label_value, r.percent, r.min_executed, r.soak_s, r.approval, r.pause,
    r.started_at, r.met_at, r.promoted_at, r.forced, r.looked, r.ended_at, r.pending, r.away, r.applied, r.failed,
    r.timed_out, r.lost, r.unchanged, r.gone, g.name
FROM rollout_ring r LEFT JOIN principal_group g ON g.id = r.group_id WHERE r.rollout = $rollout ORDER BY r.n;

-- @one rollout_get(org id, id id) -> rollout
SELECT {rollout} FROM rollout WHERE org = $org AND id = $id AND NOT hidden;

-- Lists. `states` is a set, bit 1 << state; a search is a part of the policy's name.
-- @part rollout_filter
org id, states int?, policy_id id?, search text?;
-- @part rollout_wanted
r.org = $org AND NOT r.hidden AND ($states IS NULL OR (($states >> CAST(r.state AS INTEGER)) & 1) = 1)
    AND ($policy_id IS NULL OR r.policy_id = $policy_id)
    AND ($search IS NULL OR EXISTS (SELECT 1 FROM policy p WHERE p.id = r.policy_id AND {policy_named}));

-- @many rollout_list_old({rollout_filter}, from_id id, limit int) -> rollout
SELECT {r.rollout} FROM rollout r WHERE {rollout_wanted} AND r.id > $from_id ORDER BY r.id LIMIT $limit;

-- @many rollout_list_new({rollout_filter}, from_id id, limit int) -> rollout
SELECT {r.rollout} FROM rollout r WHERE {rollout_wanted} AND r.id < $from_id ORDER BY r.id DESC LIMIT $limit;

-- @one rollout_count({rollout_filter}) -> (n int)
SELECT count(*) FROM rollout r WHERE {rollout_wanted};

-- How many are running, paused, or being taken back, over all organisations.
-- @one rollout_open_count() -> (n int)
SELECT count(*) FROM rollout WHERE state IN (1, 2, 4);

-- @one rollout_open_own(org id) -> (n int)
SELECT count(*) FROM rollout WHERE state IN (1, 2, 4) AND org = $org;

-- What the job looks at, over all organisations.
-- @many rollout_open(after id, limit int) -> rollout
SELECT {rollout} FROM rollout WHERE state IN (1, 2, 4) AND id > $after ORDER BY id LIMIT $limit;

-- What an acknowledgement of a device of this organisation may concern: its own, and those of global policies.
-- @many rollout_open_org(org id) -> rollout
SELECT {rollout} FROM rollout
WHERE state IN (1, 2, 4) AND org IN ($org, (SELECT o.id FROM organisation o WHERE o.slug = 'default'));

-- The one that gives a policy's target to some devices.
-- @row rollout_arm: id id, org id, to_id id, to_number int, arms int, ring int, percent int, selectors int, seed text
-- @one rollout_arm_of(policy_id id) -> rollout_arm
SELECT {rollout_arm} FROM rollout WHERE policy_id = $policy_id AND arms <> 0;

-- Which one it was at a moment that has passed: by the last thing decided then. `held` tells for one that stood aborted
-- whether devices kept the version: it was aborted once more later, or they have it still.
-- @row rollout_arm_at: id id, org id, to_id id, seed text, state int, ring int, percent int?, held bool
-- @many rollout_arms_at(policy_id id, at ts) -> rollout_arm_at
SELECT r.id, r.org, r.to_id, r.seed, e.state, e.ring,
    (SELECT MAX(g.percent) FROM rollout_ring g WHERE g.rollout = r.id AND g.n <= e.ring),
    r.arms = 2 OR EXISTS (SELECT 1 FROM rollout_event l WHERE l.rollout = r.id AND l.n > e.n AND l.kind = 'aborted')
FROM rollout r JOIN rollout_event e ON e.rollout = r.id
WHERE r.policy_id = $policy_id AND e.at <= $at AND e.state IN (1, 2, 4) AND NOT EXISTS (
    SELECT 1 FROM rollout_event x WHERE x.rollout = r.id AND x.at <= $at AND x.n > e.n);

-- One that was aborted and is still being taken back.
-- @one rollout_taken_back(policy_id id) -> (id id)
SELECT id FROM rollout WHERE policy_id = $policy_id AND state = 4 AND arms = 0 LIMIT 1;

-- Other policies under way whose devices may be the same ones: of the organisation, and global ones; of a global one
-- ($everywhere) all of them.
-- @many rollout_other(org id, policy_id id, everywhere bool) -> (id id, policy_id id)
SELECT r.id, r.policy_id FROM rollout r
WHERE r.arms <> 0 AND r.policy_id <> $policy_id AND ($everywhere OR r.org = $org
    OR EXISTS (SELECT 1 FROM assignment a WHERE a.policy_id = r.policy_id AND a.number IS NULL AND a.scope = 1));

-- Every decision goes through here: once, from the state and ring that it was taken in.
-- @one rollout_move(id id, from_state int, from_arms int, from_ring int, state int, arms int, ring int, percent int,
--   selectors int, reason text, now ts, from_number int?, started_at ts?, ended_at ts?) -> (event_n int)
UPDATE rollout SET state = $state, arms = $arms, ring = $ring, percent = $percent, selectors = $selectors,
    reason = $reason, state_at = CASE WHEN state = $state AND arms = $arms THEN state_at ELSE $now END,
    from_number = $from_number, started_at = $started_at, ended_at = $ended_at, event_n = event_n + 1,
    revision = revision + 1, walked = CASE WHEN ring = $ring THEN walked ELSE FALSE END,
    walk_after = CASE WHEN ring = $ring THEN walk_after ELSE NULL END,
    judge_state = CASE WHEN state = $state THEN judge_state ELSE 0 END,
    judge_after = CASE WHEN state = $state THEN judge_after ELSE NULL END
WHERE id = $id AND state = $from_state AND arms = $from_arms AND ring = $from_ring RETURNING event_n;

-- @exec rollout_event_add(rollout id, n int, now ts, kind text, state int, ring int, reason text, actor_kind int,
--   actor_id id?)
INSERT INTO rollout_event (rollout, n, at, kind, state, ring, reason, actor_kind, actor_id)
VALUES ($rollout, $n, $now, $kind, $state, $ring, $reason, $actor_kind, $actor_id);

-- Newest first.
-- @many rollout_event_list(rollout id, before int, limit int) -> rollout_event
SELECT {rollout_event} FROM rollout_event WHERE rollout = $rollout AND n < $before ORDER BY n DESC LIMIT $limit;

-- @exec rollout_ring_begin(rollout id, n int, now ts)
UPDATE rollout_ring SET started_at = $now WHERE rollout = $rollout AND n = $n AND started_at IS NULL;

-- @exec rollout_ring_meet(rollout id, n int, now ts)
UPDATE rollout_ring SET met_at = $now WHERE rollout = $rollout AND n = $n AND met_at IS NULL;

-- @exec rollout_ring_promote(rollout id, n int, now ts, forced bool)
UPDATE rollout_ring SET promoted_at = $now, forced = $forced WHERE rollout = $rollout AND n = $n;

-- @exec rollout_ring_look(rollout id, n int)
UPDATE rollout_ring SET looked = TRUE WHERE rollout = $rollout AND n = $n;

-- @exec rollout_ring_end(rollout id, n int, now ts)
UPDATE rollout_ring SET ended_at = $now WHERE rollout = $rollout AND n = $n AND ended_at IS NULL;

-- What its members became, as differences.
-- @exec rollout_ring_count(rollout id, n int, pending int, away int, applied int, failed int, timed_out int, lost int,
--   unchanged int, gone int)
UPDATE rollout_ring SET pending = pending + $pending, away = away + $away, applied = applied + $applied,
    failed = failed + $failed, timed_out = timed_out + $timed_out, lost = lost + $lost,
    unchanged = unchanged + $unchanged, gone = gone + $gone
WHERE rollout = $rollout AND n = $n;

-- Where the job is.
-- @exec rollout_walk_set(id id, walk_after id?, walked bool, walk_at ts?)
UPDATE rollout SET walk_after = $walk_after, walked = $walked, walk_at = $walk_at WHERE id = $id;
-- @exec rollout_judge_set(id id, judge_state int, judge_after id?)
UPDATE rollout SET judge_state = $judge_state, judge_after = $judge_after WHERE id = $id;

-- The first ring by selector that takes a device, by its own groups and labels or by its owner's groups. A membership
-- may be tried: `member` in `joins`, or not in `leaves`; zero: none is.
-- @one rollout_ring_of(rollout id, ring int, device id, member id, joins id, leaves id) -> (n int)
SELECT s.n FROM rollout_ring s
WHERE s.rollout = $rollout AND s.n <= $ring AND (
    (s.group_id IS NOT NULL AND EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = s.group_id
        AND NOT (m.member_id = $member AND m.group_id = $leaves)
        AND ((m.kind = 3 AND m.member_id = $device)
            OR (m.kind = 1 AND m.member_id = (SELECT d.user_id FROM device d WHERE d.id = $device)))))
    OR (s.group_id = $joins AND EXISTS (SELECT 1 FROM device d
        WHERE d.id = $device AND (d.id = $member OR d.user_id = $member)))
    OR (s.label_name IS NOT NULL AND EXISTS (SELECT 1 FROM device_label l
        WHERE l.device_id = $device AND l.name = s.label_name AND l.value = s.label_value)))
ORDER BY s.n LIMIT 1;

-- @one rollout_device_get(rollout id, device id) -> rollout_device
SELECT {rollout_device} FROM rollout_device WHERE rollout = $rollout AND device = $device;

-- @exec rollout_device_add(rollout id, device id, ring int, state int, since ts, seen_at ts?, etag bytes?,
--   acked bytes?, reason text?, now ts)
INSERT INTO rollout_device (rollout, device, ring, state, since, seen_at, etag, acked, reason, at, back)
VALUES ($rollout, $device, $ring, $state, $since, $seen_at, $etag, $acked, $reason, $now, FALSE);

-- @exec rollout_device_set(rollout id, device id, state int, since ts, seen_at ts?, etag bytes?, acked bytes?,
--   reason text?, at ts)
UPDATE rollout_device SET state = $state, since = $since, seen_at = $seen_at, etag = $etag, acked = $acked,
    reason = $reason, at = $at
WHERE rollout = $rollout AND device = $device;

-- @exec rollout_device_back(rollout id, device id)
UPDATE rollout_device SET back = TRUE WHERE rollout = $rollout AND device = $device;

-- Enrolled devices in order, with what is known of them in this rollout: of an organisation, and of all.
-- @row rollout_walk: id id, org id, last_seen_at ts?, member int?, etag bytes?
-- @many rollout_walk_org(rollout id, org id, after id, limit int) -> rollout_walk
SELECT d.id, d.org, d.last_seen_at, m.state, m.etag
FROM device d LEFT JOIN rollout_device m ON m.rollout = $rollout AND m.device = d.id
WHERE d.org = $org AND d.status = 2 AND d.id > $after ORDER BY d.id LIMIT $limit;
-- @many rollout_walk_all(rollout id, after id, limit int) -> rollout_walk
SELECT d.id, d.org, d.last_seen_at, m.state, m.etag
FROM device d LEFT JOIN rollout_device m ON m.rollout = $rollout AND m.device = d.id
WHERE d.status = 2 AND d.id > $after ORDER BY d.id LIMIT $limit;

-- Members in one state, with what the registry knows of them; NULL status: the device was deleted.
-- @row rollout_judge: device id, ring int, state int, since ts, seen_at ts?, etag bytes?, acked bytes?, reason text?,
--   at ts, status int?, last_seen_at ts?
-- @many rollout_judge_page(rollout id, state int, after id, limit int) -> rollout_judge
SELECT m.device, m.ring, m.state, m.since, m.seen_at, m.etag, m.acked, m.reason, m.at, d.status, d.last_seen_at
FROM rollout_device m LEFT JOIN device d ON d.id = m.device
WHERE m.rollout = $rollout AND m.state = $state AND m.device > $after ORDER BY m.device LIMIT $limit;

-- After an abort: who has the target still, as far as is known.
-- @row rollout_back: device id, acked bytes?, at ts, status int?, last_seen_at ts?, newest text?
-- @many rollout_back_page(rollout id, state int, after id, limit int) -> rollout_back
SELECT m.device, m.acked, m.at, d.status, d.last_seen_at, a.etag
FROM rollout_device m LEFT JOIN device d ON d.id = m.device LEFT JOIN device_ack a ON a.device_id = m.device
WHERE m.rollout = $rollout AND m.state = $state AND NOT m.back AND m.device > $after ORDER BY m.device LIMIT $limit;
-- @one rollout_back_left(rollout id) -> (device id)
SELECT device FROM rollout_device WHERE rollout = $rollout AND state IN (2, 5) AND NOT back LIMIT 1;

-- @row rollout_line: device id, machine_id text?, hostname text?, ring int, state int, since ts, seen_at ts?,
--   reason text?, at ts, back bool
-- @many rollout_device_list(rollout id, state int?, ring int?, after id, limit int) -> rollout_line
SELECT m.device, d.machine_id, d.hostname, m.ring, m.state, m.since, m.seen_at, m.reason, m.at, m.back
FROM rollout_device m LEFT JOIN device d ON d.id = m.device
WHERE m.rollout = $rollout AND m.device > $after AND ($state IS NULL OR m.state = $state)
    AND ($ring IS NULL OR m.ring = $ring)
ORDER BY m.device LIMIT $limit;

-- A device whose configuration two policies make, through assignments that follow them.
-- @one rollout_shared(one id, two id) -> (device id)
WITH reached (policy, device) AS (
    SELECT a.policy_id, a.target FROM assignment a
        WHERE a.policy_id IN ($one, $two) AND a.number IS NULL AND a.scope = 5
    UNION SELECT a.policy_id, d.id FROM assignment a JOIN device d ON d.org = a.org AND d.user_id = a.target
        WHERE a.policy_id IN ($one, $two) AND a.number IS NULL AND a.scope = 4
    UNION SELECT a.policy_id, m.member_id FROM assignment a JOIN group_member m ON m.group_id = a.target AND m.kind = 3
        WHERE a.policy_id IN ($one, $two) AND a.number IS NULL AND a.scope = 3
    UNION SELECT a.policy_id, d.id FROM assignment a JOIN group_member m ON m.group_id = a.target AND m.kind = 1
        JOIN device d ON d.org = a.org AND d.user_id = m.member_id
        WHERE a.policy_id IN ($one, $two) AND a.number IS NULL AND a.scope = 3
)
SELECT x.device FROM reached x JOIN reached y ON x.device = y.device
WHERE x.policy = $one AND y.policy = $two LIMIT 1;

-- The widest scope that follows a policy: 1 everybody, 2 the organisation; NULL: none follows.
-- @one rollout_reach(policy_id id) -> (scope int?)
SELECT MIN(scope) FROM assignment WHERE policy_id = $policy_id AND number IS NULL;

-- Deleted ones: hidden at once, their rows dropped in slices.
-- @exec rollout_hide(org id, id id)
UPDATE rollout SET hidden = TRUE, revision = revision + 1 WHERE org = $org AND id = $id AND state IN (0, 3, 5);
-- @many rollout_hidden(limit int) -> (id id)
SELECT id FROM rollout WHERE hidden ORDER BY id LIMIT $limit;
-- @one rollout_hidden_member(rollout id) -> (device id)
SELECT device FROM rollout_device WHERE rollout = $rollout LIMIT 1;
-- @exec rollout_device_drop(rollout id, limit int)
DELETE FROM rollout_device WHERE rollout = $rollout AND device IN (
    SELECT device FROM rollout_device WHERE rollout = $rollout ORDER BY device LIMIT $limit);
-- @exec rollout_event_drop(rollout id)
DELETE FROM rollout_event WHERE rollout = $rollout;
-- @exec rollout_drop(id id)
DELETE FROM rollout WHERE id = $id;

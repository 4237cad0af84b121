-- Figures over time (domain/series/series.def), and how many there are of everything.

-- @exec series_put(step int, name text, at ts, value int)
INSERT INTO series_point (step, name, at, value) VALUES ($step, $name, $at, $value)
ON CONFLICT (step, name, at) DO UPDATE SET value = excluded.value;

-- @each series_points(step int, name text, since ts, until ts) -> (at ts, value int)
SELECT at, value FROM series_point WHERE step = $step AND name = $name AND at >= $since AND at < $until ORDER BY at;

-- @exec series_drop(step int, before ts, limit int)
DELETE FROM series_point WHERE (step, name, at) IN (
    SELECT step, name, at FROM series_point WHERE step = $step AND at < $before LIMIT $limit);

-- Sessions that are open, over all organisations.
-- @one sessions_open(now ts) -> (n int)
SELECT count(*) FROM session WHERE ended_at IS NULL AND expires_at > $now;

-- What an organisation has; each count walks an index of its own.
-- @row org_counts: people int, groups int, services int, policies int, rollouts int, applications int, servers int,
--   approvals int, access_requests int, sessions int
-- @one org_counts(org id, now ts) -> org_counts
SELECT (SELECT count(*) FROM user_account u WHERE u.org = $org),
       (SELECT count(*) FROM principal_group g WHERE g.org = $org),
       (SELECT count(*) FROM service_account s WHERE s.org = $org),
       (SELECT count(*) FROM policy p WHERE p.org = $org),
       (SELECT count(*) FROM rollout r WHERE r.org = $org AND r.state IN (1, 2, 4)),
       (SELECT count(*) FROM application a WHERE a.org = $org),
       (SELECT count(*) FROM mcp_server m WHERE m.org = $org),
       (SELECT count(*) FROM mcp_approval q WHERE q.org = $org AND q.state = 1),
       (SELECT count(*) FROM access_request w WHERE w.org = $org AND w.status = 1) +
           (SELECT count(*) FROM tool_request v WHERE v.org = $org AND v.status = 1),
       (SELECT count(*) FROM session o WHERE o.org = $org AND o.ended_at IS NULL AND o.expires_at > $now);

-- @one audit_events_of(org id) -> (n int)
SELECT CAST(coalesce(sum((SELECT e.seq FROM audit_event e WHERE e.chain = c.id ORDER BY e.seq DESC LIMIT 1)), 0) AS bigint)
FROM audit_chain c WHERE c.org = $org;

-- @one org_count() -> (n int)
SELECT count(*) FROM organisation;

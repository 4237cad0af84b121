-- Rollouts: a version of a policy on its way to the fleet, ring by ring (FLEET, "Rollouts").

-- `state`: enum rollout_state; `arms`: enum rollout_arms. What is decided is one row of rollout_event in the same
-- transaction; `event_n` is the number of the last one.
CREATE TABLE rollout (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    policy_id @id NOT NULL,
    to_id @id NOT NULL,     -- the version; a draft until the rollout starts
    to_number @int NOT NULL,
    from_number @int,       -- of the newest at the start; NULL: none was published, or not started
    state @int NOT NULL CHECK (state BETWEEN 0 AND 5),
    arms @int NOT NULL CHECK (arms BETWEEN 0 AND 2),
    ring @int NOT NULL,     -- the current one, from 1 on; 0: not started
    rings @int NOT NULL,
    percent @int NOT NULL,  -- reached so far, in thousandths; its members are found by arithmetic alone
    selectors @int NOT NULL, -- rings by selector among those reached
    seed @text NOT NULL,
    auto_rollback @bool NOT NULL,
    min_executed @int NOT NULL,
    max_failed @int NOT NULL, -- thousandths of a percent
    timeout_s @int NOT NULL,
    lost_after_s @int NOT NULL, -- 0: never
    away_after_s @int NOT NULL,
    reason @text NOT NULL,  -- of the present state, a sentence
    event_n @int NOT NULL,
    state_at @ts NOT NULL,
    created_at @ts NOT NULL,
    started_at @ts,
    ended_at @ts,           -- completed or rolled back
    revision @int NOT NULL,
    hidden @bool NOT NULL,  -- deleted: a job drops its rows
    -- Where the job is; it may be at any earlier place again after a restart.
    walk_after @id,         -- finding members: devices up to this one were looked at
    walked @bool NOT NULL,  -- the members of the current ring were all found once
    walk_at @ts,            -- when to look for late ones again
    judge_state @int NOT NULL,
    judge_after @id
) @strict;
CREATE UNIQUE INDEX rollout_arms ON rollout (policy_id) WHERE arms <> 0;
CREATE INDEX rollout_open ON rollout (id) WHERE state IN (1, 2, 4);
CREATE INDEX rollout_open_org ON rollout (org) WHERE state IN (1, 2, 4);
CREATE INDEX rollout_org ON rollout (org, id);
CREATE INDEX rollout_hidden ON rollout (id) WHERE hidden;

-- A ring takes devices by a group, by a label, or by a percentage of all. The counts are those of rollout_device.
CREATE TABLE rollout_ring (
    rollout @id NOT NULL,
    n @int NOT NULL,
    name @text NOT NULL,
    group_id @id,
    label_name @text,
    label_value @text,
    percent @int, -- in thousandths
    min_executed @int,
    soak_s @int NOT NULL,
    approval @bool NOT NULL,
    pause @bool NOT NULL,
    started_at @ts,
    met_at @ts,       -- its gate was met first
    promoted_at @ts,
    forced @bool NOT NULL,
    looked @bool NOT NULL, -- its pause was made
    ended_at @ts,
    pending @int NOT NULL,
    away @int NOT NULL,
    applied @int NOT NULL,
    failed @int NOT NULL,
    timed_out @int NOT NULL,
    lost @int NOT NULL,
    unchanged @int NOT NULL,
    gone @int NOT NULL,
    PRIMARY KEY (rollout, n)
) @keyed;

-- A device that a ring took stays its member. `state`: enum rollout_member.
CREATE TABLE rollout_device (
    rollout @id NOT NULL,
    device @id NOT NULL,
    ring @int NOT NULL,
    state @int NOT NULL CHECK (state BETWEEN 0 AND 7),
    since @ts NOT NULL,   -- its time to answer runs from here
    seen_at @ts,          -- newest sign of life that was looked at
    etag @bytes,          -- of its configuration with the target, as computed last
    acked @bytes,         -- the one that it spoke of
    reason @text,
    at @ts NOT NULL,      -- of its state
    back @bool NOT NULL,  -- after an abort: it has another configuration again, or is not waited for
    PRIMARY KEY (rollout, device)
) @keyed;
CREATE INDEX rollout_device_state ON rollout_device (rollout, state, device);

CREATE TABLE rollout_event (
    rollout @id NOT NULL,
    n @int NOT NULL,
    at @ts NOT NULL,
    kind @text NOT NULL,
    state @int NOT NULL, -- of the rollout, after it
    ring @int NOT NULL,
    reason @text NOT NULL,
    actor_kind @int NOT NULL,
    actor_id @id,
    PRIMARY KEY (rollout, n)
) @keyed;

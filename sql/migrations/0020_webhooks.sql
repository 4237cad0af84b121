-- Webhooks: who wants which events, and what is on its way to them.

-- `format`: 1 standard, 2 slack, 3 ntfy, 4 github, 5 template (enum webhook_format). `status`: 1 active, 2 disabled.
-- `events`: globs, separated by blanks. `sealed`: secrets, token, headers and values, under the data key `outgoing`.
CREATE TABLE webhook (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    name_key @text NOT NULL,
    description @text,
    url @text NOT NULL,
    format @int NOT NULL CHECK (format BETWEEN 1 AND 5),
    status @int NOT NULL CHECK (status IN (1, 2)),
    events @text NOT NULL,
    group_id @id,       -- only events that concern it
    application_id @id, -- only events that concern it
    event_type @text,   -- of a repository_dispatch
    ref @text,          -- of a workflow_dispatch
    priority @text,     -- of ntfy
    tags @text,         -- of ntfy
    template @text,
    epoch @int NOT NULL,
    key_id @id NOT NULL,
    sealed @bytes NOT NULL,
    failing_since @ts, -- a delivery was given up, and none has come through since
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name_key)
) @strict;
CREATE INDEX webhook_org ON webhook (org, id);

-- `state`: 1 waits, 2 delivered, 3 given up (the dead letters).
CREATE TABLE webhook_delivery (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    webhook_id @id NOT NULL REFERENCES webhook (id),
    event @text NOT NULL,
    body @text NOT NULL,
    state @int NOT NULL CHECK (state IN (1, 2, 3)),
    attempts @int NOT NULL,
    due_at @ts NOT NULL,
    created_at @ts NOT NULL,
    done_at @ts,
    status @int, -- of the newest answer
    error @text  -- of the newest attempt that failed
) @strict;
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, state, due_at);
CREATE INDEX webhook_delivery_done ON webhook_delivery (done_at);

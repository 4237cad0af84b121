-- MCP servers behind the gateway: their tools as they are pinned, who may call which, and what is sent to them.

-- `owner`: the person that it belongs to alone; all zero: the organisation's. `kind`: 1 any, 2 a Home Assistant.
-- `transport`: 1 http, 2 sse, 3 stdio, 4 demo. `pinning`: 1 off, 2 new (a tool is pinned when it is first seen), 3 strict
-- (a new one waits too). `status`: 1 active, 2 disabled. Limits of 0: the server's own. `env_names`, `header_names`: what
-- `sealed` holds, separated by blanks. `sealed`: under the data key `outgoing`, with this row in its associated data.
CREATE TABLE mcp_server (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    owner @id NOT NULL,
    name @text NOT NULL,   -- in paths and permissions
    prefix @text NOT NULL, -- of its tools' names in /mcp
    title @text,
    kind @int NOT NULL CHECK (kind IN (1, 2)),
    transport @int NOT NULL CHECK (transport BETWEEN 1 AND 4),
    url @text,
    command @text, -- name of an entry of gateway.commands
    env_names @text,
    header_names @text,
    domains_allowed @text, -- of a Home Assistant, separated by blanks; NULL: all
    per_user @int NOT NULL CHECK (per_user IN (0, 1)), -- credentials are each person's
    pinning @int NOT NULL CHECK (pinning IN (1, 2, 3)),
    status @int NOT NULL CHECK (status IN (1, 2)),
    parallel_max @int NOT NULL,
    queue_max @int NOT NULL,
    timeout_ms @int NOT NULL,
    message_max @int NOT NULL,
    epoch @int,
    key_id @id,
    sealed @bytes, -- env, headers; NULL: there are none
    seen_at @ts, -- it answered last
    seen_version @text, -- of the protocol
    seen_as @text, -- name and version that it gave itself
    failed_at @ts,
    failed @text, -- why it did not answer last
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, owner, name),
    UNIQUE (org, owner, prefix)
) @strict;
CREATE INDEX mcp_server_org ON mcp_server (org, id);

-- `definition`: canonical JSON of what may be called; NULL: nobody has approved one yet. `pending`: another one that the
-- server has shown since, and that waits for approval. `state`: 1 active, 2 quarantined, 3 gone. `class`: 1 read, 2 write,
-- 3 execute, from its annotations; `class_set`: what an administrator made of it.
CREATE TABLE mcp_tool (
    id @id PRIMARY KEY,
    server_id @id NOT NULL REFERENCES mcp_server (id),
    name @text NOT NULL,
    state @int NOT NULL CHECK (state IN (1, 2, 3)),
    definition @text,
    digest @bytes,
    pending @text,
    pending_digest @bytes,
    class @int NOT NULL CHECK (class IN (1, 2, 3)),
    class_set @int CHECK (class_set IN (1, 2, 3)),
    approval @int NOT NULL CHECK (approval IN (0, 1)), -- each call waits for a person's yes
    first_seen_at @ts NOT NULL,
    changed_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (server_id, name)
) @strict;

-- Who may call what. `kind`: 1 user, 2 service account, 3 device, 4 group, 5 default. `subject`: of the default all zero.
-- `server_id`: all zero: every one. `tool`: a name, or '*'. What is NULL is decided by the next less specific row.
-- `arguments`, `device`: JSON, conditions of what the row allows.
CREATE TABLE mcp_permission (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    kind @int NOT NULL CHECK (kind BETWEEN 1 AND 5),
    subject @id NOT NULL,
    server_id @id NOT NULL,
    tool @text NOT NULL,
    can_read @bool,
    can_write @bool,
    can_execute @bool,
    is_enabled @bool,
    arguments @text,
    device @text,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, kind, subject, server_id, tool)
) @strict;
CREATE INDEX mcp_permission_subject ON mcp_permission (subject, id);
CREATE INDEX mcp_permission_server ON mcp_permission (server_id);

-- What one person shows an upstream whose credentials are each person's. `kind`: 1 bearer, 2 header, 3 oauth. `sealed`:
-- under the data key `outgoing`, with this row in its associated data.
CREATE TABLE mcp_credential (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    server_id @id NOT NULL REFERENCES mcp_server (id),
    user_id @id NOT NULL REFERENCES user_account (id),
    kind @int NOT NULL CHECK (kind BETWEEN 1 AND 3),
    header @text, -- its name, where `kind` is 2
    epoch @int NOT NULL,
    key_id @id NOT NULL,
    sealed @bytes NOT NULL,
    expires_at @ts,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (server_id, user_id)
) @strict;
CREATE INDEX mcp_credential_user ON mcp_credential (user_id);

-- Calls that wait for a person's yes. `state`: 1 waiting, 2 approved, 3 denied, 4 over. `principal_kind`: 1 user,
-- 2 service account, 3 device. `digest`: SHA-256 of the canonical arguments, which `sealed` holds.
CREATE TABLE mcp_approval (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    principal_kind @int NOT NULL CHECK (principal_kind BETWEEN 1 AND 3),
    principal @id NOT NULL,
    device_id @id, -- NULL: not known
    server_id @id NOT NULL REFERENCES mcp_server (id),
    tool @text NOT NULL,
    digest @bytes NOT NULL,
    epoch @int NOT NULL,
    key_id @id NOT NULL,
    sealed @bytes NOT NULL,
    state @int NOT NULL CHECK (state BETWEEN 1 AND 4),
    decided_kind @int,
    decided_by @id,
    decided_at @ts,
    reason @text,
    created_at @ts NOT NULL,
    expires_at @ts NOT NULL,
    revision @int NOT NULL
) @strict;
CREATE INDEX mcp_approval_org ON mcp_approval (org, state, id);
CREATE INDEX mcp_approval_server ON mcp_approval (server_id);
CREATE INDEX mcp_approval_expires ON mcp_approval (expires_at);

-- A person asks for a tool that no permission gives him. `status`: 1 open, 2 approved, 3 refused.
CREATE TABLE tool_request (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    user_id @id NOT NULL REFERENCES user_account (id),
    server_id @id NOT NULL REFERENCES mcp_server (id),
    tool @text NOT NULL,
    reason @text,
    status @int NOT NULL CHECK (status IN (1, 2, 3)),
    decided_reason @text,
    decided_kind @int,
    decided_by @id,
    decided_at @ts,
    created_at @ts NOT NULL
) @strict;
CREATE INDEX tool_request_org ON tool_request (org, status, id);
CREATE INDEX tool_request_user ON tool_request (user_id, id);
CREATE INDEX tool_request_server ON tool_request (server_id);
-- One open request of a person for a tool.
CREATE UNIQUE INDEX tool_request_open ON tool_request (user_id, server_id, tool) WHERE status = 1;

-- The list of all permissions, in pages; what waits for a yes, by who asked.
CREATE INDEX mcp_permission_org ON mcp_permission (org, id);
CREATE INDEX mcp_approval_principal ON mcp_approval (principal, state);

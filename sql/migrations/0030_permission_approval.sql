-- A permission may want a person's yes for each call of the tool; NULL: the next less specific row says.
ALTER TABLE mcp_permission ADD COLUMN approval @bool;

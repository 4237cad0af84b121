-- JSON Schemas of configurations, per organisation and namespace.

-- @row config_schema: id id, namespace text, description text?, content bytes, created_at ts, updated_at ts, revision int
-- @row config_schema_line: id id, namespace text, description text?, created_at ts, updated_at ts, revision int

-- @exec config_schema_add(id id, org id, namespace text, description text?, content bytes, now ts)
INSERT INTO config_schema (id, org, namespace, description, content, created_at, updated_at, revision)
VALUES ($id, $org, $namespace, $description, $content, $now, $now, 1);

-- @one config_schema_by_id(org id, id id) -> config_schema
SELECT {config_schema} FROM config_schema WHERE org = $org AND id = $id;

-- @one config_schema_id_by_namespace(org id, namespace text) -> (id id)
SELECT id FROM config_schema WHERE org = $org AND namespace = $namespace;

-- @one config_schema_count(org id) -> (n int)
SELECT COUNT(*) FROM config_schema WHERE org = $org;

-- @many config_schema_list(org id, after id, limit int) -> config_schema_line
SELECT {config_schema_line} FROM config_schema WHERE org = $org AND id > $after ORDER BY id LIMIT $limit;

-- The general ones first.
-- @many config_schema_all(org id) -> (namespace text, content bytes)
SELECT namespace, content FROM config_schema WHERE org = $org ORDER BY namespace;

-- @exec config_schema_set(org id, id id, description text?, content bytes, now ts)
UPDATE config_schema SET description = $description, content = $content, updated_at = $now, revision = revision + 1
WHERE org = $org AND id = $id;

-- @exec config_schema_drop(org id, id id)
DELETE FROM config_schema WHERE org = $org AND id = $id;

-- @exec config_schema_revision_add(schema_id id, revision int, content bytes, now ts)
INSERT INTO config_schema_revision (schema_id, revision, content, made_at)
VALUES ($schema_id, $revision, $content, $now);

-- @one config_schema_revision_get(schema_id id, revision int) -> (content bytes, made_at ts)
SELECT content, made_at FROM config_schema_revision WHERE schema_id = $schema_id AND revision = $revision;

-- @exec config_schema_revision_drop_all(schema_id id)
DELETE FROM config_schema_revision WHERE schema_id = $schema_id;

-- Each published version that an assignment gives to somebody, once.
-- @many config_schema_assigned(org id) -> (policy_id id, name text, number int)
SELECT p.id, p.name, v.number FROM policy p JOIN policy_version v ON v.policy_id = p.id
WHERE p.org = $org AND v.state = 1 AND EXISTS (SELECT 1 FROM assignment a
    WHERE a.policy_id = p.id AND (a.number = v.number OR (a.number IS NULL AND v.id = p.newest_id)))
ORDER BY p.id, v.number LIMIT 500;

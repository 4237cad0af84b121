-- Statements of every kind over every type, for tests/unit/plat.

-- @row thing: id id, n int, yes bool, seen ts, name text, raw bytes, parent id?, other id?, n_maybe int?,
--   yes_maybe bool?, seen_maybe ts?, name_maybe text?, raw_maybe bytes?
-- The arguments stand in another order than the columns: they are bound by name.
-- @exec thing_add(raw_maybe bytes?, name_maybe text?, seen_maybe ts?, yes_maybe bool?, n_maybe int?,
--   other id?, parent id?, raw bytes, name text, seen ts, yes bool, n int, id id)
INSERT INTO thing ({thing})
VALUES ($id, $n, $yes, $seen, $name, $raw, $parent, $other, $n_maybe, $yes_maybe, $seen_maybe, $name_maybe,
    $raw_maybe);

-- @one thing_by_id(id id) -> thing
SELECT {t.thing} FROM thing AS t WHERE t.id = $id;

-- One argument used twice, and a `$name` in quotes that is none.
-- @one thing_count(n int) -> (n int, text text)
SELECT count(*), '$name; {thing}' FROM thing WHERE n = $n OR n_maybe = $n;

-- @many thing_list(from int) -> thing
SELECT {thing} FROM thing WHERE n >= $from ORDER BY n;

-- @each thing_each() -> thing
SELECT {thing} FROM thing ORDER BY n;

-- @one thing_adopt(id id, parent id) -> (name text)
UPDATE thing SET parent = $parent WHERE id = $id RETURNING name;

-- @exec thing_rename(id id, name text?)
UPDATE thing SET name = $name WHERE id = $id;

-- @exec thing_drop(name text)
DELETE FROM thing WHERE name = $name;

-- Bytes where an id is expected.
-- @exec thing_spoil(id id, other bytes)
UPDATE thing SET other = $other WHERE id = $id;

-- @exec migration_edit(number int, checksum text)
UPDATE migration SET checksum = $checksum WHERE number = $number;

-- @exec migration_add(number int, name text)
INSERT INTO migration (number, name, checksum, applied_at) VALUES ($number, $name, '', 0);

-- @exec migration_drop(number int)
DELETE FROM migration WHERE number = $number;

-- Longer than anybody waits.
-- @one count_for_ever() -> (n int)
WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c;

-- Keys of the server.
-- @row sealed_key: id id, name text, epoch int, master bytes, sealed bytes
-- @many sealed_keys() -> sealed_key
SELECT {sealed_key} FROM sealed_key ORDER BY epoch;

-- @exec sealed_key_add(id id, name text, epoch int, master bytes, sealed bytes, public bytes?, created_at ts)
INSERT INTO sealed_key (id, name, epoch, master, sealed, public, created_at)
VALUES ($id, $name, $epoch, $master, $sealed, $public, $created_at);

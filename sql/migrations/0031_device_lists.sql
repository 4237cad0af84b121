-- A table of 100,000 devices is looked at from any row: each order of the list has an index with all that a plain filter
-- asks, so that the rows before are counted in it; the first, which is the usual one, what a search asks too. Walking back,
-- SQLite pays about 3 us for each row of the table itself. The one by hostname serves searches.
CREATE INDEX device_listed ON device (org, id, status, user_id, machine_key, hostname_key);
CREATE INDEX device_seen ON device (org, (COALESCE(last_seen_at, 0)), id, status);
DROP INDEX device_hostname;
CREATE INDEX device_named ON device (org, (COALESCE(hostname_key, '')), id, status);

-- Whom a change of access concerns, by id: everybody, the members of a group, or the devices of one person. Those who
-- are not active have nothing to gain or to lose.
-- @many whatif_users(org id, everybody bool, group_id id, after id, limit int) -> (id id, name text)
SELECT u.id, u.username FROM user_account u
WHERE u.org = $org AND u.status = 1 AND u.id > $after
AND ($everybody OR EXISTS (SELECT 1 FROM group_member m
     WHERE m.group_id = $group_id AND m.kind = 1 AND m.member_id = u.id))
ORDER BY u.id LIMIT $limit;

-- @many whatif_services(org id, everybody bool, group_id id, after id, limit int) -> (id id, name text)
SELECT s.id, s.name FROM service_account s
WHERE s.org = $org AND s.status = 1 AND s.id > $after
AND ($everybody OR EXISTS (SELECT 1 FROM group_member m
     WHERE m.group_id = $group_id AND m.kind = 2 AND m.member_id = s.id))
ORDER BY s.id LIMIT $limit;

-- A device acts for its owner too.
-- @many whatif_devices(org id, everybody bool, group_id id, owner id, after id, limit int) -> (id id, name text)
SELECT d.id, d.machine_id FROM device d
WHERE d.org = $org AND d.status = 2 AND d.id > $after
AND ($everybody OR d.user_id = $owner OR EXISTS (SELECT 1 FROM group_member m
     WHERE m.group_id = $group_id AND m.member_id IN (d.id, d.user_id)))
ORDER BY d.id LIMIT $limit;

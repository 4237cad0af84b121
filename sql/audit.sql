-- The record: appended to, read in slices, never changed.

-- @one audit_chain_of(org id, node text) -> (id id)
SELECT id FROM audit_chain WHERE org = $org AND node = $node;

-- @exec audit_chain_add(id id, org id, node text)
INSERT INTO audit_chain (id, org, node) VALUES ($id, $org, $node);

-- @one audit_chain_get(id id) -> (org id, node text)
SELECT org, node FROM audit_chain WHERE id = $id;

-- @many audit_chains(after id, n int) -> (id id, org id)
SELECT id, org FROM audit_chain WHERE id > $after ORDER BY id LIMIT $n;

-- @exec audit_event_add(chain id, seq int, body text, hash bytes)
INSERT INTO audit_event (chain, seq, body, hash) VALUES ($chain, $seq, $body, $hash);

-- @exec audit_private_add(chain id, seq int, salt bytes, private text)
INSERT INTO audit_private (chain, seq, salt, private) VALUES ($chain, $seq, $salt, $private);

-- @one audit_last(chain id) -> (seq int, hash bytes)
SELECT seq, hash FROM audit_event WHERE chain = $chain ORDER BY seq DESC LIMIT 1;

-- @one audit_hash_at(chain id, seq int) -> (hash bytes)
SELECT hash FROM audit_event WHERE chain = $chain AND seq = $seq;

-- Chains as the events themselves know them.
-- @one audit_event_chain(after id) -> (chain id)
SELECT chain FROM audit_event WHERE chain > $after ORDER BY chain LIMIT 1;

-- @row audit_stored: seq int, body text, hash bytes, salt bytes?, private text?
-- @each audit_up(chain id, after int, n int) -> audit_stored
SELECT e.seq, e.body, e.hash, p.salt, p.private
FROM audit_event e LEFT JOIN audit_private p ON p.chain = e.chain AND p.seq = e.seq
WHERE e.chain = $chain AND e.seq > $after ORDER BY e.seq LIMIT $n;

-- @each audit_down(chain id, before int, n int) -> audit_stored
SELECT e.seq, e.body, e.hash, p.salt, p.private
FROM audit_event e LEFT JOIN audit_private p ON p.chain = e.chain AND p.seq = e.seq
WHERE e.chain = $chain AND e.seq < $before ORDER BY e.seq DESC LIMIT $n;

-- Without the half that may be erased, which most of those who ask do not need.
-- @each audit_bodies_down(chain id, n int) -> (seq int, body text)
SELECT seq, body FROM audit_event WHERE chain = $chain ORDER BY seq DESC LIMIT $n;

-- @one audit_private_at(chain id, seq int) -> (private text)
SELECT private FROM audit_private WHERE chain = $chain AND seq = $seq;

-- Details that belong to no event: outside their chain's numbers, or of no chain at all.
-- @one audit_private_stray(chain id, last int) -> (seq int)
SELECT seq FROM audit_private WHERE chain = $chain AND seq > $last
UNION ALL SELECT seq FROM audit_private WHERE chain = $chain AND seq < 1 LIMIT 1;

-- @one audit_private_chain(after id) -> (chain id, seq int)
SELECT chain, seq FROM audit_private WHERE chain > $after ORDER BY chain LIMIT 1;

-- How long the record is: the heads of all chains, by their index.
-- @one audit_sums() -> (chains int, events int)
SELECT count(*), CAST(coalesce(sum((SELECT e.seq FROM audit_event e WHERE e.chain = c.id ORDER BY e.seq DESC LIMIT 1)), 0) AS bigint)
FROM audit_chain c;

-- @many audit_keys() -> (public bytes?)
SELECT public FROM sealed_key WHERE name = 'audit' ORDER BY epoch;

-- Whose a device is, or a call that waits for a yes: who is told besides those who read all of them.
-- @one topic_device_owner(org id, id id) -> (user_id id?)
SELECT user_id FROM device WHERE org = $org AND id = $id;

-- @one topic_approval_owner(org id, id id) -> (principal id)
SELECT principal FROM mcp_approval WHERE org = $org AND id = $id;

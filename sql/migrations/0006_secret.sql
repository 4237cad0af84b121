-- Secrets that configurations name and never hold, and which device was given which of them.

-- `sealed`: AES-256-GCM under the data key `key_id` (of sealed_key, name `secrets`, this epoch); its associated data is
-- `secret|<id>|sealed|<epoch>`, so that no two rows can be swapped. The value stands nowhere else.
CREATE TABLE secret (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    name @text NOT NULL,
    scope @int NOT NULL CHECK (scope BETWEEN 1 AND 5), -- global, org, group, user, device
    target @id NOT NULL, -- of global and org: the organisation itself
    description @text,
    epoch @int NOT NULL,
    key_id @id NOT NULL,
    sealed @bytes NOT NULL,
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, name, scope, target)
) @strict;
CREATE INDEX secret_target ON secret (scope, target);
CREATE INDEX secret_epoch ON secret (epoch);

-- The newest delivery of each secret to each device that is on the record.
CREATE TABLE secret_delivery (
    secret_id @id NOT NULL REFERENCES secret (id),
    device_id @id NOT NULL,
    revision @int NOT NULL,
    at @ts NOT NULL,
    PRIMARY KEY (secret_id, device_id)
) @keyed;
CREATE INDEX secret_delivery_device ON secret_delivery (device_id);

-- Keys that sign for an organisation: its configurations, leases and signed refusals.

-- The private half is the row of sealed_key (name `org-config`, an epoch of its own). `retires_at`: NULL of the one key
-- that signs; of an older one, when it leaves the organisation's key set.
CREATE TABLE org_key (
    id @id PRIMARY KEY REFERENCES sealed_key (id),
    org @id NOT NULL REFERENCES organisation (id),
    kid @text NOT NULL UNIQUE, -- RFC 7638 thumbprint
    created_at @ts NOT NULL,
    retires_at @ts
) @strict;
CREATE INDEX org_key_org ON org_key (org, id);
CREATE UNIQUE INDEX org_key_signs ON org_key (org) WHERE retires_at IS NULL;
CREATE INDEX org_key_retires ON org_key (retires_at);

-- The generation of each organisation's key set: the store's counter at its last change.
CREATE TABLE org_key_set (
    org @id PRIMARY KEY REFERENCES organisation (id),
    n @int NOT NULL
) @keyed;

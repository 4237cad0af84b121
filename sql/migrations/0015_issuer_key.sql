-- Keys that sign tokens for this server as an issuer.

-- The private half is the row of sealed_key (names `oidc-es256` and `oidc-rs256`). `alg`: 1 ES256, 2 RS256. `retires_at`:
-- NULL of the one key of its algorithm that signs; of an older one, when it leaves the key set.
CREATE TABLE issuer_key (
    id @id PRIMARY KEY REFERENCES sealed_key (id),
    alg @int NOT NULL CHECK (alg IN (1, 2)),
    kid @text NOT NULL UNIQUE, -- RFC 7638 thumbprint
    created_at @ts NOT NULL,
    retires_at @ts
) @strict;
CREATE UNIQUE INDEX issuer_key_signs ON issuer_key (alg) WHERE retires_at IS NULL;
CREATE INDEX issuer_key_retires ON issuer_key (retires_at);

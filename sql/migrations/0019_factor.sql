-- What people prove themselves with beside their password.

-- Keys of authenticator apps. `sealed`: AES-256-GCM under the data key of this name and epoch (sealed_key, `factors`); its
-- associated data is `totp|<id>|sealed|<epoch>`. `used_step`: the newest step of which a code was taken (RFC 6238 section
-- 5.2): nothing up to it is good again.
CREATE TABLE totp (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    user_id @id NOT NULL REFERENCES user_account (id),
    name @text NOT NULL,
    epoch @int NOT NULL,
    sealed @bytes NOT NULL,
    used_step @int NOT NULL,
    created_at @ts NOT NULL,
    confirmed_at @ts, -- NULL: not yet shown to work, and good for nothing
    used_at @ts
) @strict;
CREATE INDEX totp_user ON totp (user_id, id);
CREATE INDEX totp_epoch ON totp (epoch);

-- Codes for the day on which everything else is lost; each is good once. `hash`: HMAC of person and code under a key of
-- the server, for a code is short enough to be guessed from a plain one.
CREATE TABLE recovery_code (
    hash @bytes PRIMARY KEY,
    org @id NOT NULL,
    user_id @id NOT NULL REFERENCES user_account (id),
    created_at @ts NOT NULL,
    used_at @ts
) @keyed;
CREATE INDEX recovery_code_user ON recovery_code (user_id);

-- Passkeys: their public halves. `alg`: that of COSE. `count`: signatures so far, as the authenticator counts.
CREATE TABLE passkey (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    user_id @id NOT NULL REFERENCES user_account (id),
    name @text NOT NULL,
    credential @bytes NOT NULL UNIQUE,
    alg @int NOT NULL CHECK (alg IN (-7, -8, -257)),
    public_key @bytes NOT NULL,
    sign_count @int NOT NULL,
    created_at @ts NOT NULL,
    used_at @ts
) @strict;
CREATE INDEX passkey_user ON passkey (user_id, id);

-- Challenges of passkeys that were answered: none is answered twice.
CREATE TABLE passkey_challenge (
    hash @bytes PRIMARY KEY,
    expires_at @ts NOT NULL
) @keyed;
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);

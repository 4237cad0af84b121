-- What people are told: rows of the portal, and mail that waits to be sent.

ALTER TABLE user_account ADD COLUMN lang @text; -- 'en', 'fr'; NULL: he has not chosen

-- `kind`: a name of notice.def. `fields`: a JSON object of texts, without a secret.
CREATE TABLE notice (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    user_id @id NOT NULL,
    kind @text NOT NULL,
    fields @text NOT NULL,
    created_at @ts NOT NULL,
    read_at @ts
) @strict;
CREATE INDEX notice_user ON notice (user_id, id);

-- `sealed`: subject and text, under the data key `outgoing` of that epoch. A row goes once the mail server has it.
CREATE TABLE mail (
    id @id PRIMARY KEY,
    org @id NOT NULL,
    recipient @text NOT NULL,
    kind @text NOT NULL,
    epoch @int NOT NULL,
    key_id @id NOT NULL,
    sealed @bytes NOT NULL,
    attempts @int NOT NULL,
    due_at @ts NOT NULL,
    created_at @ts NOT NULL,
    error @text -- of the last attempt
) @strict;
CREATE INDEX mail_due ON mail (due_at);
CREATE INDEX mail_org ON mail (org);

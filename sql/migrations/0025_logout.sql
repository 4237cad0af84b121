-- Which applications were told that a session has ended (OpenID Connect Back-Channel Logout), and which still are to be.
CREATE TABLE logout_told (
    session_id @id NOT NULL,
    application_id @id NOT NULL,
    attempts @int NOT NULL,
    due_at @ts NOT NULL,
    done @int NOT NULL CHECK (done IN (0, 1)), -- told, or given up
    PRIMARY KEY (session_id, application_id)
) @keyed;
CREATE INDEX logout_told_due ON logout_told (due_at);
CREATE INDEX session_ended ON session (ended_at);

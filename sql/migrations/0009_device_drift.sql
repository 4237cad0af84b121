-- What others changed in the files that a device's agent keeps (FLEET, "The agent"): its newest report.
CREATE TABLE device_drift (
    device_id @id PRIMARY KEY,
    org @id NOT NULL,
    places @text NOT NULL, -- a JSON array of "ADAPTER:/pointer", of the newest report
    count @int NOT NULL,   -- of all reports
    drifted_at @ts NOT NULL,
    reported_at @ts NOT NULL
) @strict;

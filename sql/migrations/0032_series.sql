-- Figures over time: a point each minute (step 60) and each hour (step 3600). A minute without a row is a gap.
CREATE TABLE series_point (
    step @int NOT NULL,
    name @text NOT NULL,
    at @ts NOT NULL, -- where its minute or hour begins
    value @int NOT NULL,
    PRIMARY KEY (step, name, at)
) @keyed;

-- Sessions that are open are counted, of an organisation and of all.
CREATE INDEX session_open ON session (org, expires_at) WHERE ended_at IS NULL;

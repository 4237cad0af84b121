-- What was made or changed by files (`seneschal apply`): shown with its origin, and deleted by files alone.
-- `kind` as the record names it.
CREATE TABLE managed (
    org @id NOT NULL,
    object_id @id NOT NULL,
    kind @text NOT NULL,
    marked_at @ts NOT NULL,
    PRIMARY KEY (org, object_id)
) @keyed;

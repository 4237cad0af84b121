-- The same table as the product's, and one with every type.
CREATE TABLE migration (
    number @int PRIMARY KEY,
    name @text NOT NULL,
    checksum @text NOT NULL,
    applied_at @ts NOT NULL
) @strict;

CREATE TABLE thing (
    id @id PRIMARY KEY,
    n @int NOT NULL CHECK (n <> 13),
    yes @bool NOT NULL,
    seen @ts NOT NULL,
    name @text NOT NULL UNIQUE,
    raw @bytes NOT NULL,
    parent @id REFERENCES thing (id),
    other @id,
    n_maybe @int,
    yes_maybe @bool,
    seen_maybe @ts,
    name_maybe @text,
    raw_maybe @bytes
) @strict;

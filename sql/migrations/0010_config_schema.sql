-- JSON Schemas of configurations: what stands at a namespace, a JSON Pointer ("" is the whole).

CREATE TABLE config_schema (
    id @id PRIMARY KEY,
    org @id NOT NULL REFERENCES organisation (id),
    namespace @text NOT NULL,
    description @text,
    content @bytes NOT NULL, -- canonical JSON
    created_at @ts NOT NULL,
    updated_at @ts NOT NULL,
    revision @int NOT NULL,
    UNIQUE (org, namespace)
) @strict;

-- Every revision that was ever in force, the present one among them.
CREATE TABLE config_schema_revision (
    schema_id @id NOT NULL,
    revision @int NOT NULL,
    content @bytes NOT NULL,
    made_at @ts NOT NULL,
    PRIMARY KEY (schema_id, revision)
) @strict;

CREATE TABLE IF NOT EXISTS word (
    word @text PRIMARY KEY -- "; -- no end
) @keyed;

-- Tokens of devices that newer ones replaced, by their age: they are forgotten in the end.
CREATE INDEX token_retired ON token (created_at) WHERE state = 2;

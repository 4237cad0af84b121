-- An organisation's rules in the order in which they are asked.
CREATE INDEX access_rule_order ON access_rule (org, position, id);

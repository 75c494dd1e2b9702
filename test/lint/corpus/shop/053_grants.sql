-- rung:revision 053
-- rung:parents 052
-- rung:message grants

-- rung:up
GRANT SELECT ON orders, customers TO PUBLIC;

-- rung:down
REVOKE SELECT ON orders, customers FROM PUBLIC;

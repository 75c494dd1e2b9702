-- rung:revision 067
-- rung:parents 066
-- rung:message storage parameters are harmless

-- rung:up
ALTER TABLE orders SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

-- rung:down
ALTER TABLE orders RESET (fillfactor, autovacuum_vacuum_scale_factor);

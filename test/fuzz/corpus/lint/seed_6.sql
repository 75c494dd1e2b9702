
-- expect: enum-value-splits
ALTER TYPE visit_state ADD VALUE 'missed';
-- expect: rows-unbatched
UPDATE visits SET state = 'missed' WHERE state = 'planned' AND at < now() - interval '1 day';


-- rung:revision 021
-- rung:parents 020
-- rung:message a trigger

-- rung:up sqlite
CREATE TRIGGER tags_hidden AFTER INSERT ON tags BEGIN
    UPDATE tags SET hidden = 1 WHERE id = NEW.id AND name LIKE '.%';
END;

-- rung:down sqlite
DROP TRIGGER tags_hidden;

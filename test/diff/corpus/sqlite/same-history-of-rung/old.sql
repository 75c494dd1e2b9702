CREATE TABLE t (a);
CREATE TABLE rung_journal (revision TEXT);
CREATE TABLE rung_lock (id);

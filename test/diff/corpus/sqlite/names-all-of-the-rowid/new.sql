CREATE TABLE t (rowid TEXT, _rowid_ TEXT, oid TEXT, a UNIQUE);
INSERT INTO t VALUES ('1', '2', '3', 4);

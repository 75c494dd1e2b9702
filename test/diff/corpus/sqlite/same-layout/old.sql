CREATE TABLE t (id integer primary key, "a" text not null /* x */, foreign key (a) references t (id));
CREATE INDEX [i] ON t (a desc);
CREATE VIEW v AS SELECT a FROM t;

CREATE TYPE word;
CREATE FUNCTION word_in(cstring) RETURNS word LANGUAGE internal STRICT IMMUTABLE AS 'textin';
CREATE FUNCTION word_out(word) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'textout';
CREATE FUNCTION word_recv(internal) RETURNS word LANGUAGE internal STRICT STABLE AS 'textrecv';
CREATE FUNCTION word_send(word) RETURNS bytea LANGUAGE internal STRICT STABLE AS 'textsend';
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out, LIKE = text, STORAGE = external, RECEIVE = word_recv, SEND = word_send);
CREATE TABLE t (id integer, w word);
INSERT INTO t VALUES (1, 'a');

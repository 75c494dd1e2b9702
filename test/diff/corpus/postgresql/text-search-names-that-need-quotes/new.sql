CREATE SCHEMA "Such e";
CREATE TEXT SEARCH TEMPLATE "Such e"."Vor,lage" (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH PARSER "Such e"."Zer""leger" (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH DICTIONARY "Such e"."Wörter" (TEMPLATE = "Such e"."Vor,lage", "stopwords" = 'english', "accept" = 'true');
CREATE TEXT SEARCH CONFIGURATION "Such e"."Ein stellung" (PARSER = "Such e"."Zer""leger");
ALTER TEXT SEARCH CONFIGURATION "Such e"."Ein stellung" ADD MAPPING FOR asciiword WITH "Such e"."Wörter", simple;
COMMENT ON TEXT SEARCH DICTIONARY "Such e"."Wörter" IS 'x';

CREATE TEXT SEARCH TEMPLATE t (LEXIZE = dsimple_lexize, INIT = dsynonym_init);
CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
COMMENT ON TEXT SEARCH PARSER p IS 'p';

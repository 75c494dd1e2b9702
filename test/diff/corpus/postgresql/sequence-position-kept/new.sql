CREATE SEQUENCE q INCREMENT 10 CYCLE;
CREATE SEQUENCE small AS integer;
SELECT nextval('q'), nextval('q'), nextval('small');

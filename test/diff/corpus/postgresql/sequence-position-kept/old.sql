CREATE SEQUENCE q INCREMENT 1 ;
CREATE SEQUENCE small AS smallint;
SELECT nextval('q'), nextval('q'), nextval('small');

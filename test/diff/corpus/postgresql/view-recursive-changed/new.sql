CREATE TABLE node (id integer PRIMARY KEY, parent integer);
CREATE RECURSIVE VIEW tree (id, depth) AS SELECT node.id, 1 FROM node WHERE node.parent IS NULL UNION ALL SELECT n.id, tree.depth + 1 FROM node n JOIN tree ON n.parent = tree.id;

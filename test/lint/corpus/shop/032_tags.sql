-- rung:revision 032
-- rung:parents 031
-- rung:message tags

-- rung:up
-- expect: prefer-bigint prefer-identity prefer-text
CREATE TABLE tags (id serial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE);
-- expect: foreign-key-without-index
CREATE TABLE product_tags (
    product_id bigint NOT NULL REFERENCES products (id),
    tag_id integer NOT NULL REFERENCES tags (id),
    PRIMARY KEY (product_id, tag_id)
);

-- rung:down
DROP TABLE product_tags;
DROP TABLE tags;

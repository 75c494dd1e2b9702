CREATE TABLE t (a integer, b text, c jsonb);
CREATE VIEW v AS WITH x AS (SELECT t.a, t.b, row_number() OVER (PARTITION BY t.b ORDER BY t.a ) AS n FROM t) SELECT x.a, x.n, e.value FROM x, LATERAL generate_series(1, x.a) e(value) UNION ALL SELECT 1, 2, 3;
CREATE VIEW w AS SELECT t.b, t.c -> 'k' AS k, GROUPING(t.b) AS g FROM t GROUP BY ROLLUP (t.b, t.c);

SELECT p.oid, p.pubname AS name, pg_get_userbyid(p.pubowner) AS owner,
    p.puballtables AS all_tables,
    array_remove(ARRAY[
        'publish = ' || quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
            CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
        'publish_generated_columns = ' || CASE p.pubgencols WHEN 's' THEN 'stored' ELSE 'none' END, --18+
        'publish_via_partition_root = ' || p.pubviaroot], NULL) AS options
FROM pg_publication p

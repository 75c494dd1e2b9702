CREATE TABLE tenant (id integer PRIMARY KEY, name text);
CREATE TABLE doc (id integer PRIMARY KEY, body text, tenant_id integer NOT NULL DEFAULT 1 REFERENCES tenant);
CREATE FUNCTION current_tenant() RETURNS integer LANGUAGE sql STABLE AS $$SELECT current_setting('app.tenant', true)::integer$$;
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
ALTER TABLE doc FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON doc USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE INDEX doc_tenant ON doc (tenant_id);
ALTER TABLE doc ALTER tenant_id SET DEFAULT current_tenant();
INSERT INTO tenant VALUES (1, 'x');

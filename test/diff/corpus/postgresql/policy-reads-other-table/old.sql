CREATE TABLE member (team integer, who text);
CREATE TABLE doc (id integer, team integer);
CREATE POLICY p ON doc USING (EXISTS (SELECT 1 FROM member m WHERE m.team = doc.team AND m.who = CURRENT_USER));
INSERT INTO member VALUES (1, 'x');

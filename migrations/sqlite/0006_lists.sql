-- How many groups and apps somebody has, and until when, is read from the index alone.
DROP INDEX group_members_user;
CREATE INDEX group_members_user ON group_members (user_id, group_id, until);
DROP INDEX app_assignments_user;
CREATE INDEX app_assignments_user ON app_assignments (user_id, app_id, until);

-- Beside each word stand all words of what it finds, a space before each: a second word is looked for where the first
-- one is read, not in the index for each that it finds.
CREATE TABLE terms_with_words (
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  id BLOB NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (kind, term, id)
) WITHOUT ROWID;
INSERT INTO terms_with_words (kind, term, id, words)
  SELECT t.kind, t.term, t.id, w.words
  FROM (SELECT id, GROUP_CONCAT(' ' || term, '') AS words FROM search_terms GROUP BY id) AS w
    JOIN search_terms t ON t.id = w.id ORDER BY t.kind, t.term, t.id;
DROP TABLE search_terms;
ALTER TABLE terms_with_words RENAME TO search_terms;
CREATE INDEX search_terms_id ON search_terms (id, term);

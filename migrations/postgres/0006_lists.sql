-- How many groups and apps somebody has, and until when, is read from the index alone.
DROP INDEX group_members_user;
CREATE INDEX group_members_user ON group_members (user_id, group_id, until);
DROP INDEX app_assignments_user;
CREATE INDEX app_assignments_user ON app_assignments (user_id, app_id, until);

-- Beside each word stand all words of what it finds, a space before each: a second word is looked for where the first
-- one is read, not in the index for each that it finds. Not in the index, whose rows have a bound.
ALTER TABLE search_terms ADD COLUMN words TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE search_terms SET words = w.words
  FROM (SELECT id, STRING_AGG(' ' || term, '' ORDER BY term) AS words FROM search_terms GROUP BY id) AS w
  WHERE w.id = search_terms.id;
ALTER TABLE search_terms ALTER COLUMN words DROP DEFAULT;

-- People are found among members or among guests, so that the many do not stand in the way of the few; and a second word
-- is looked for in the index of who is found by the first. A whole address finds nobody whom its words do not find.
UPDATE search_terms SET kind = (SELECT user_type FROM users u WHERE u.id = search_terms.id)
  WHERE kind = 'user' AND id IN (SELECT id FROM users);
DELETE FROM search_terms WHERE kind = 'user' OR term LIKE '%@%';
DROP INDEX search_terms_id;
CREATE INDEX search_terms_id ON search_terms (id, term);

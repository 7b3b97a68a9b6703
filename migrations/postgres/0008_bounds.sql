-- Bounds: what may be kept, how mail takes turns, what a mailed link is good for.

-- A form that was posted after its session had ended: for the person whose session it was, for an hour.
CREATE TABLE kept_forms (
  user_id UUID NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  form TEXT NOT NULL,
  kept_at BIGINT NOT NULL
);
CREATE INDEX kept_forms_at ON kept_forms (kept_at);

-- Codes and links leave in a lane of their own; in the other, no domain takes all places.
ALTER TABLE outbox ADD COLUMN domain TEXT NOT NULL DEFAULT '';
UPDATE outbox SET domain = SPLIT_PART(email_key, '@', 2) WHERE state IN ('queued', 'retrying');
CREATE INDEX outbox_due_urgent ON outbox (due_at)
  WHERE state IN ('queued', 'retrying') AND kind IN ('sign_in_code', 'sign_in_link');
CREATE INDEX outbox_due_other ON outbox (due_at)
  WHERE state IN ('queued', 'retrying') AND kind NOT IN ('sign_in_code', 'sign_in_link');

-- A link that the command line prints signs in, once; a mailed one lets a browser ask for a fresh code, a few times. Older
-- ones end.
ALTER TABLE sign_in_links ADD COLUMN kind TEXT NOT NULL DEFAULT 'mailed' CHECK (kind IN ('printed', 'mailed'));
ALTER TABLE sign_in_links ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
UPDATE sign_in_links SET used_at = created_at WHERE used_at IS NULL;

-- A code that was asked for by a mailed link is not judged by what others have tried.
ALTER TABLE codes ADD COLUMN by_link BOOLEAN NOT NULL DEFAULT FALSE;

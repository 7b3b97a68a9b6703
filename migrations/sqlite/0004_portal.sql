-- The portal: lists that page by key whatever their length, counts that are kept, the trail by person and activity,
-- profile fields, logos. Counts are kept by triggers, so that no way of writing can forget them.

-- How somebody stands, as the three facts read; the domain that the address is compared by; what administrators fill in.
ALTER TABLE users ADD COLUMN standing TEXT GENERATED ALWAYS AS (CASE WHEN deleted_at IS NOT NULL THEN 'deleted' WHEN NOT enabled THEN 'disabled'
  WHEN redemption = 'accepted' THEN 'active' ELSE 'invited' END) VIRTUAL;
ALTER TABLE users ADD COLUMN domain TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN job_title TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN sponsor_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN erased_at BIGINT;
UPDATE users SET domain = COALESCE((SELECT SUBSTR(email_key, INSTR(email_key, '@') + 1) FROM user_emails e WHERE e.user_id = users.id LIMIT 1), ''),
  sponsor_count = (SELECT COUNT(*) FROM sponsors s WHERE s.guest_id = users.id);
-- Each order of a list of people: among those of one standing, and among all who are not deleted.
CREATE INDEX users_name ON users (user_type, LOWER(name), id) WHERE deleted_at IS NULL;
CREATE INDEX users_created ON users (user_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_seen ON users (user_type, COALESCE(last_sign_in_at, 0), id) WHERE deleted_at IS NULL;
CREATE INDEX users_standing_name ON users (user_type, standing, LOWER(name), id);
CREATE INDEX users_standing_created ON users (user_type, standing, created_at, id);
CREATE INDEX users_standing_seen ON users (user_type, standing, COALESCE(last_sign_in_at, 0), id);
CREATE INDEX users_domain ON users (domain, LOWER(name), id) WHERE deleted_at IS NULL;
CREATE INDEX users_unsponsored ON users (sponsor_count, LOWER(name), id)
  WHERE user_type = 'guest' AND deleted_at IS NULL;

CREATE INDEX directory_groups_live ON directory_groups (LOWER(name), id) WHERE deleted_at IS NULL;
CREATE INDEX directory_groups_created ON directory_groups (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX directory_groups_deleted ON directory_groups (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX apps_live ON apps (LOWER(name), id) WHERE deleted_at IS NULL;
CREATE INDEX apps_created ON apps (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX apps_deleted ON apps (deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE INDEX invitations_created ON invitations (created_at, id);
CREATE INDEX invitations_state ON invitations (state, created_at, id);
CREATE INDEX invitations_link ON invitations (state, link_until);
CREATE INDEX invitations_mail ON invitations (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX invitation_targets_waiting ON invitation_targets (id) WHERE state = 'waiting';
CREATE INDEX consents_version ON consents (kind, version);
CREATE INDEX launches_user ON launches (user_id);
CREATE INDEX outbox_failed ON outbox (created_at, id) WHERE state IN ('failed', 'bounced');

-- A role may hold for one proven domain only: a partner's coordinator.
ALTER TABLE user_roles ADD COLUMN scope TEXT NOT NULL DEFAULT '';

-- The organisation's logos, read before they are kept.
CREATE TABLE pictures (
  name TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  bytes BLOB NOT NULL,
  changed_at BIGINT NOT NULL
);

-- Whom and what an event of the trail is about: its initiator and its targets, by id.
CREATE TABLE audit_links (
  id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  activity TEXT NOT NULL,
  PRIMARY KEY (id, seq)
) WITHOUT ROWID;
CREATE INDEX audit_links_activity ON audit_links (id, activity, seq);
CREATE INDEX audit_events_activity ON audit_events (activity, seq);
CREATE INDEX audit_events_correlation ON audit_events (correlation_id, seq);
INSERT INTO audit_links (id, seq, activity)
  SELECT initiator_id, seq, activity FROM audit_events WHERE initiator_kind = 'user';
INSERT OR IGNORE INTO audit_links (id, seq, activity)
  SELECT JSON_EXTRACT(t.value, '$.id'), e.seq, e.activity FROM audit_events e, JSON_EACH(e.targets) t
  WHERE COALESCE(JSON_EXTRACT(t.value, '$.id'), '') <> '';

-- How many there are at this moment: of what, by which key.
CREATE TABLE counts (
  what TEXT NOT NULL,
  key TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (what, key)
) WITHOUT ROWID;
CREATE INDEX counts_most ON counts (what, n, key);

-- How often something came about on a day (days since 1970), in all (dim '') and by domain, group, app or inviter; day -1
-- holds the sum of all days.
CREATE TABLE daily_counts (
  what TEXT NOT NULL,
  dim TEXT NOT NULL,
  key TEXT NOT NULL,
  day BIGINT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (what, dim, key, day)
) WITHOUT ROWID;
CREATE INDEX daily_counts_most ON daily_counts (what, dim, n, key) WHERE day = -1;

-- Who signed in in which month (months since 1970): counted once each.
CREATE TABLE active_months (
  user_id BLOB NOT NULL REFERENCES users (id),
  month BIGINT NOT NULL,
  PRIMARY KEY (user_id, month)
);

INSERT INTO counts (what, key, n) SELECT 'users', k, COUNT(*) FROM (SELECT user_type || '.' || standing AS k FROM users) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'guests.domain', k, COUNT(*) FROM (SELECT domain AS k FROM users WHERE user_type = 'guest' AND deleted_at IS NULL) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'guests.sponsor', k, COUNT(*) FROM (SELECT LOWER(HEX(sponsor_id)) AS k FROM sponsors) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'seen', k, COUNT(*) FROM (SELECT user_type || '.' || standing || '.' || CAST((COALESCE(last_sign_in_at, 0) / 86400000) AS TEXT) AS k FROM users) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'group.people', k, COUNT(*) FROM (SELECT LOWER(HEX(group_id)) AS k FROM group_members) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'app.people', k, COUNT(*) FROM (SELECT LOWER(HEX(app_id)) AS k FROM app_assignments WHERE user_id IS NOT NULL) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'groups', k, COUNT(*) FROM (SELECT CASE WHEN deleted_at IS NULL THEN 'live' ELSE 'deleted' END AS k FROM directory_groups) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'apps', k, COUNT(*) FROM (SELECT CASE WHEN deleted_at IS NULL THEN 'live' ELSE 'deleted' END AS k FROM apps) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'invitations', k, COUNT(*) FROM (SELECT state AS k FROM invitations) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending', k, COUNT(*) FROM (SELECT CAST((created_at / 86400000) AS TEXT) AS k FROM invitations WHERE state = 'pending') AS one GROUP BY k;

CREATE TRIGGER users_counted_in AFTER INSERT ON users BEGIN
  INSERT INTO counts (what, key, n) SELECT 'users', NEW.user_type || '.' || NEW.standing, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'guests.domain', NEW.domain, 1 WHERE NEW.user_type = 'guest' AND NEW.deleted_at IS NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'seen', NEW.user_type || '.' || NEW.standing || '.' || CAST((COALESCE(NEW.last_sign_in_at, 0) / 86400000) AS TEXT), 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER users_counted_out AFTER DELETE ON users BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'users' AND key = OLD.user_type || '.' || OLD.standing;
  UPDATE counts SET n = n - 1 WHERE what = 'guests.domain' AND key = OLD.domain AND OLD.user_type = 'guest' AND OLD.deleted_at IS NULL;
  UPDATE counts SET n = n - 1 WHERE what = 'seen' AND key = OLD.user_type || '.' || OLD.standing || '.' || CAST((COALESCE(OLD.last_sign_in_at, 0) / 86400000) AS TEXT);
END;
CREATE TRIGGER users_counted_on AFTER UPDATE OF user_type, redemption, enabled, deleted_at, domain, last_sign_in_at ON users BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'users' AND key = OLD.user_type || '.' || OLD.standing;
  UPDATE counts SET n = n - 1 WHERE what = 'guests.domain' AND key = OLD.domain AND OLD.user_type = 'guest' AND OLD.deleted_at IS NULL;
  UPDATE counts SET n = n - 1 WHERE what = 'seen' AND key = OLD.user_type || '.' || OLD.standing || '.' || CAST((COALESCE(OLD.last_sign_in_at, 0) / 86400000) AS TEXT);
  INSERT INTO counts (what, key, n) SELECT 'users', NEW.user_type || '.' || NEW.standing, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'guests.domain', NEW.domain, 1 WHERE NEW.user_type = 'guest' AND NEW.deleted_at IS NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'seen', NEW.user_type || '.' || NEW.standing || '.' || CAST((COALESCE(NEW.last_sign_in_at, 0) / 86400000) AS TEXT), 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;

CREATE TRIGGER sponsors_counted_in AFTER INSERT ON sponsors BEGIN
  INSERT INTO counts (what, key, n) SELECT 'guests.sponsor', LOWER(HEX(NEW.sponsor_id)), 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  UPDATE users SET sponsor_count = sponsor_count + 1 WHERE id = NEW.guest_id;
END;
CREATE TRIGGER sponsors_counted_out AFTER DELETE ON sponsors BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'guests.sponsor' AND key = LOWER(HEX(OLD.sponsor_id));
  UPDATE users SET sponsor_count = sponsor_count - 1 WHERE id = OLD.guest_id;
END;

CREATE TRIGGER group_members_counted_in AFTER INSERT ON group_members BEGIN
  INSERT INTO counts (what, key, n) SELECT 'group.people', LOWER(HEX(NEW.group_id)), 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER group_members_counted_out AFTER DELETE ON group_members BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'group.people' AND key = LOWER(HEX(OLD.group_id));
END;

CREATE TRIGGER app_assignments_counted_in AFTER INSERT ON app_assignments BEGIN
  INSERT INTO counts (what, key, n) SELECT 'app.people', LOWER(HEX(NEW.app_id)), 1 WHERE NEW.user_id IS NOT NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER app_assignments_counted_out AFTER DELETE ON app_assignments BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'app.people' AND key = LOWER(HEX(OLD.app_id)) AND OLD.user_id IS NOT NULL;
END;

CREATE TRIGGER directory_groups_counted_in AFTER INSERT ON directory_groups BEGIN
  INSERT INTO counts (what, key, n) SELECT 'groups', CASE WHEN NEW.deleted_at IS NULL THEN 'live' ELSE 'deleted' END, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER directory_groups_counted_out AFTER DELETE ON directory_groups BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'groups' AND key = CASE WHEN OLD.deleted_at IS NULL THEN 'live' ELSE 'deleted' END;
END;
CREATE TRIGGER directory_groups_counted_on AFTER UPDATE OF deleted_at ON directory_groups BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'groups' AND key = CASE WHEN OLD.deleted_at IS NULL THEN 'live' ELSE 'deleted' END;
  INSERT INTO counts (what, key, n) SELECT 'groups', CASE WHEN NEW.deleted_at IS NULL THEN 'live' ELSE 'deleted' END, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;

CREATE TRIGGER apps_counted_in AFTER INSERT ON apps BEGIN
  INSERT INTO counts (what, key, n) SELECT 'apps', CASE WHEN NEW.deleted_at IS NULL THEN 'live' ELSE 'deleted' END, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER apps_counted_out AFTER DELETE ON apps BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'apps' AND key = CASE WHEN OLD.deleted_at IS NULL THEN 'live' ELSE 'deleted' END;
END;
CREATE TRIGGER apps_counted_on AFTER UPDATE OF deleted_at ON apps BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'apps' AND key = CASE WHEN OLD.deleted_at IS NULL THEN 'live' ELSE 'deleted' END;
  INSERT INTO counts (what, key, n) SELECT 'apps', CASE WHEN NEW.deleted_at IS NULL THEN 'live' ELSE 'deleted' END, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;

CREATE TRIGGER invitations_counted_in AFTER INSERT ON invitations BEGIN
  INSERT INTO counts (what, key, n) SELECT 'invitations', NEW.state, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'pending', CAST((NEW.created_at / 86400000) AS TEXT), 1 WHERE NEW.state = 'pending'
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER invitations_counted_out AFTER DELETE ON invitations BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'invitations' AND key = OLD.state;
  UPDATE counts SET n = n - 1 WHERE what = 'pending' AND key = CAST((OLD.created_at / 86400000) AS TEXT) AND OLD.state = 'pending';
END;
CREATE TRIGGER invitations_counted_on AFTER UPDATE OF state ON invitations BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'invitations' AND key = OLD.state;
  UPDATE counts SET n = n - 1 WHERE what = 'pending' AND key = CAST((OLD.created_at / 86400000) AS TEXT) AND OLD.state = 'pending';
  INSERT INTO counts (what, key, n) SELECT 'invitations', NEW.state, 1 WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'pending', CAST((NEW.created_at / 86400000) AS TEXT), 1 WHERE NEW.state = 'pending'
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;

-- Who has a role in an app is counted, and loses it with the role.
CREATE INDEX app_assignments_role ON app_assignments (app_role_id) WHERE app_role_id IS NOT NULL;

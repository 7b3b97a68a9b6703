-- The first house: people, groups, apps, who may open what, sessions, codes, the outbox and the trail.
-- Times are UTC milliseconds. The same tables and columns as in migrations/sqlite; a test compares them.

-- Facts about the database itself: the key file's check value, whether it is a demonstration.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- The organisation's settings: one row a setting, value as JSON. What has no row has its default.
CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by UUID
);

-- Members and guests. Three independent facts say how somebody stands: redemption, enabled, deleted_at.
CREATE TABLE users (
  id UUID NOT NULL PRIMARY KEY,
  user_type TEXT NOT NULL CHECK (user_type IN ('member', 'guest')),
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  company TEXT NOT NULL DEFAULT '',
  language TEXT,
  redemption TEXT NOT NULL CHECK (redemption IN ('pending_acceptance', 'accepted')),
  redemption_at BIGINT,
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  deleted_at BIGINT,
  created_at BIGINT NOT NULL,
  last_sign_in_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1
);

-- What addresses are compared by. A deleted user keeps the key, so that the same person is revived.
CREATE TABLE user_emails (
  email_key TEXT NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id)
);
CREATE INDEX user_emails_user ON user_emails (user_id);

-- Directory roles, for a while or for good.
CREATE TABLE user_roles (
  user_id UUID NOT NULL REFERENCES users (id),
  role TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  granted_by UUID,
  PRIMARY KEY (user_id, role)
);
CREATE INDEX user_roles_role ON user_roles (role, user_id);

-- Who answers for a guest: at most five, in order.
CREATE TABLE sponsors (
  guest_id UUID NOT NULL REFERENCES users (id),
  sponsor_id UUID NOT NULL REFERENCES users (id),
  position BIGINT NOT NULL CHECK (position BETWEEN 1 AND 5),
  PRIMARY KEY (guest_id, sponsor_id),
  UNIQUE (guest_id, position)
);
CREATE INDEX sponsors_sponsor ON sponsors (sponsor_id, guest_id);

-- "groups" is a reserved word in some SQL; ours are directory groups.
CREATE TABLE directory_groups (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  guests_allowed BOOLEAN NOT NULL DEFAULT TRUE,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX directory_groups_name ON directory_groups (name, id);

CREATE TABLE group_owners (
  group_id UUID NOT NULL REFERENCES directory_groups (id),
  user_id UUID NOT NULL REFERENCES users (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_owners_user ON group_owners (user_id, group_id);

-- Membership: a grant. It is effective within since and until, for a user who is active.
CREATE TABLE group_members (
  group_id UUID NOT NULL REFERENCES directory_groups (id),
  user_id UUID NOT NULL REFERENCES users (id),
  since BIGINT NOT NULL,
  until BIGINT,
  granted_by UUID,
  invitation_id UUID,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id, group_id);

CREATE TABLE apps (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  instructions TEXT NOT NULL DEFAULT '',
  category TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL CHECK (kind IN ('link', 'oidc', 'forward_auth')),
  launch_url TEXT NOT NULL,
  icon_type TEXT,
  icon BYTEA,
  guests_allowed BOOLEAN NOT NULL DEFAULT TRUE,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX apps_name ON apps (name, id);

CREATE TABLE app_owners (
  app_id UUID NOT NULL REFERENCES apps (id),
  user_id UUID NOT NULL REFERENCES users (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (app_id, user_id)
);
CREATE INDEX app_owners_user ON app_owners (user_id, app_id);

-- Roles that an app knows. An assignment without one has the app's default access.
CREATE TABLE app_roles (
  id UUID NOT NULL PRIMARY KEY,
  app_id UUID NOT NULL REFERENCES apps (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (app_id, value)
);

-- Assignment of one user or one group to an app: a grant. "for_guests" lets guests of that group in although
-- the app's guest switch is off, since a group is no tunnel.
CREATE TABLE app_assignments (
  id UUID NOT NULL PRIMARY KEY,
  app_id UUID NOT NULL REFERENCES apps (id),
  user_id UUID REFERENCES users (id),
  group_id UUID REFERENCES directory_groups (id),
  app_role_id UUID REFERENCES app_roles (id),
  for_guests BOOLEAN NOT NULL DEFAULT FALSE,
  since BIGINT NOT NULL,
  until BIGINT,
  granted_by UUID,
  invitation_id UUID,
  CHECK ((user_id IS NULL) <> (group_id IS NULL)),
  UNIQUE (app_id, user_id),
  UNIQUE (app_id, group_id)
);
CREATE INDEX app_assignments_user ON app_assignments (user_id, app_id);
CREATE INDEX app_assignments_group ON app_assignments (group_id, app_id);

CREATE TABLE favourites (
  user_id UUID NOT NULL REFERENCES users (id),
  app_id UUID NOT NULL REFERENCES apps (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (user_id, app_id)
);

-- A trace: each launch, and beside it the count that My Apps sorts by.
CREATE TABLE launches (
  id UUID NOT NULL PRIMARY KEY,
  app_id UUID NOT NULL REFERENCES apps (id),
  user_id UUID NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL
);
CREATE INDEX launches_app ON launches (app_id, at);

CREATE TABLE launch_counts (
  user_id UUID NOT NULL REFERENCES users (id),
  app_id UUID NOT NULL REFERENCES apps (id),
  launches BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, app_id)
);

-- Words that something is found by: one row a word, so that a prefix search is one index range.
CREATE TABLE search_terms (
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  id UUID NOT NULL,
  PRIMARY KEY (kind, term, id)
);
CREATE INDEX search_terms_id ON search_terms (id);

-- Browser sessions, signed in or not. The cookie holds the id; here is only its hash.
CREATE TABLE sessions (
  id_hash BYTEA NOT NULL PRIMARY KEY,
  handle UUID NOT NULL UNIQUE,
  user_id UUID REFERENCES users (id),
  data TEXT NOT NULL,
  client TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, seen_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- One-time codes: keyed hash, one purpose, asked for by one browser (whose session names the id).
CREATE TABLE codes (
  id UUID NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  email_key TEXT NOT NULL,
  code_hash BYTEA NOT NULL,
  wrong_tries BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX codes_email ON codes (email_key, created_at);
CREATE INDEX codes_created ON codes (created_at);

-- One-time links that sign in: keyed hash of the secret.
CREATE TABLE sign_in_links (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  email_key TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX sign_in_links_created ON sign_in_links (created_at);

-- Mail that was promised by a commit. "sealed" carries a code or ticket until the message has left.
CREATE TABLE outbox (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  email_key TEXT NOT NULL,
  language TEXT,
  data TEXT NOT NULL,
  sealed BYTEA,
  state TEXT NOT NULL CHECK (state IN ('queued', 'retrying', 'sent', 'failed', 'cancelled', 'bounced')),
  attempts BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL DEFAULT 0,
  message_id TEXT NOT NULL,
  server_answer TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  ended_at BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('queued', 'retrying');
CREATE INDEX outbox_email ON outbox (email_key, created_at);
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;

-- The trail. Each row carries a MAC over the one before it; triggers refuse change and removal.
CREATE TABLE audit_events (
  seq BIGINT NOT NULL PRIMARY KEY,
  id UUID NOT NULL,
  at BIGINT NOT NULL,
  activity TEXT NOT NULL,
  service TEXT NOT NULL,
  category TEXT NOT NULL,
  operation TEXT NOT NULL,
  result TEXT NOT NULL,
  result_reason TEXT NOT NULL,
  initiator_kind TEXT NOT NULL,
  initiator_id TEXT NOT NULL,
  correlation_id UUID NOT NULL,
  targets TEXT NOT NULL,
  text_digest TEXT NOT NULL,
  mac TEXT NOT NULL
);
CREATE INDEX audit_events_at ON audit_events (at, seq);

-- Personal text of the trail: what "erase" and "retention" may empty.
CREATE TABLE audit_texts (
  seq BIGINT NOT NULL PRIMARY KEY,
  salt TEXT NOT NULL,
  text TEXT NOT NULL
);

-- Where the chain ends: one row.
CREATE TABLE audit_head (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  seq BIGINT NOT NULL,
  mac TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, mac) VALUES (1, 0, '');

CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION audit_events_refuse();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse();

-- The demonstration's mailbox, where no mail server is set.
CREATE TABLE demo_mailbox (
  id UUID NOT NULL PRIMARY KEY,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  source TEXT NOT NULL,
  text_part TEXT NOT NULL,
  html_part TEXT NOT NULL
);
CREATE INDEX demo_mailbox_at ON demo_mailbox (at, id);

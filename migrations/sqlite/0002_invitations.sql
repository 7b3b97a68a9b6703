-- Invitations: one mailing by one inviter to one address, what each is for, and every ticket that was ever sent.

CREATE TABLE invitations (
  id BLOB NOT NULL PRIMARY KEY,
  guest_id BLOB NOT NULL REFERENCES users (id),
  inviter_id BLOB NOT NULL REFERENCES users (id),
  state TEXT NOT NULL CHECK (state IN ('awaiting_approval', 'pending', 'accepted', 'declined', 'revoked', 'rejected')),
  message TEXT NOT NULL DEFAULT '',
  language TEXT,
  redirect_url TEXT,
  link_until BIGINT NOT NULL,
  mail_id BLOB,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX invitations_guest ON invitations (guest_id, state);
CREATE INDEX invitations_inviter ON invitations (inviter_id, created_at, id);

-- A group or an app that somebody is invited to. At most one is open per guest and group or app.
CREATE TABLE invitation_targets (
  id BLOB NOT NULL PRIMARY KEY,
  invitation_id BLOB NOT NULL REFERENCES invitations (id),
  guest_id BLOB NOT NULL REFERENCES users (id),
  group_id BLOB REFERENCES directory_groups (id),
  app_id BLOB REFERENCES apps (id),
  state TEXT NOT NULL CHECK (state IN ('pending', 'waiting', 'granted', 'refused')),
  reason TEXT,
  access_until BIGINT,
  decided_at BIGINT,
  decided_by BLOB,
  CHECK ((group_id IS NULL) <> (app_id IS NULL))
);
CREATE INDEX invitation_targets_invitation ON invitation_targets (invitation_id, group_id, app_id);
CREATE UNIQUE INDEX invitation_targets_open_group ON invitation_targets (guest_id, group_id)
  WHERE group_id IS NOT NULL AND state IN ('pending', 'waiting');
CREATE UNIQUE INDEX invitation_targets_open_app ON invitation_targets (guest_id, app_id)
  WHERE app_id IS NOT NULL AND state IN ('pending', 'waiting');

-- Keyed hashes of tickets. Replaced ones are kept, so that their page can say so.
CREATE TABLE tickets (
  hash BLOB NOT NULL PRIMARY KEY,
  invitation_id BLOB NOT NULL REFERENCES invitations (id),
  created_at BIGINT NOT NULL,
  replaced_at BIGINT
);
CREATE INDEX tickets_invitation ON tickets (invitation_id);

-- Who is told of an invitation besides its inviter.
CREATE TABLE invitation_followers (
  invitation_id BLOB NOT NULL REFERENCES invitations (id),
  user_id BLOB NOT NULL REFERENCES users (id),
  PRIMARY KEY (invitation_id, user_id)
);

-- Addresses that want no further invitations from us.
CREATE TABLE blocked_addresses (
  email_key TEXT NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL
);

-- Mails that inviters caused, by day: for the caps. The scope is an inviter, an address, or everybody.
CREATE TABLE mail_counts (
  scope TEXT NOT NULL,
  day BIGINT NOT NULL,
  mails BIGINT NOT NULL,
  PRIMARY KEY (scope, day)
);
CREATE INDEX mail_counts_day ON mail_counts (day);

-- Versions of the privacy statement and the terms, and who agreed to which.
CREATE TABLE statements (
  kind TEXT NOT NULL CHECK (kind IN ('privacy', 'terms')),
  version BIGINT NOT NULL,
  url TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (kind, version)
);
CREATE TABLE consents (
  user_id BLOB NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (user_id, kind, version)
);

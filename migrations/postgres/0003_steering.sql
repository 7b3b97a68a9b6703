-- Steering: what follows an invitation. Answers and reminders, ends and their notices, undoing, joining by oneself.

-- What the guest said on declining; how often the guest was reminded and asked for a new link; what its inviter
-- was told of.
ALTER TABLE invitations ADD COLUMN word TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN remind_at BIGINT;
ALTER TABLE invitations ADD COLUMN asked_again BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN expiry_told BOOLEAN NOT NULL DEFAULT FALSE;
-- What ran out before anybody was told of it is not told now.
UPDATE invitations SET expiry_told = TRUE;
CREATE INDEX invitations_remind ON invitations (remind_at) WHERE state = 'pending' AND remind_at IS NOT NULL;
CREATE INDEX invitations_run_out ON invitations (link_until) WHERE state = 'pending' AND NOT expiry_told;

-- When a new link was asked for with this one.
ALTER TABLE tickets ADD COLUMN asked_at BIGINT;

-- An invitation's mail as it left, its secret blanked.
ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN text_part TEXT NOT NULL DEFAULT '';

-- How far people were told of a grant's end: 0 not, 1 two weeks before, 2 a day before, 3 it has ended.
ALTER TABLE group_members ADD COLUMN end_told BIGINT NOT NULL DEFAULT 0;
CREATE INDEX group_members_until ON group_members (until) WHERE until IS NOT NULL AND end_told < 3;
ALTER TABLE app_assignments ADD COLUMN end_told BIGINT NOT NULL DEFAULT 0;
CREATE INDEX app_assignments_until ON app_assignments (until) WHERE until IS NOT NULL AND end_told < 3;

-- What owners decide about guests, and how one gets in. Lengths are days; none is no limit.
ALTER TABLE directory_groups ADD COLUMN join_policy TEXT NOT NULL DEFAULT 'closed' CHECK (join_policy IN ('open', 'ask', 'closed'));
ALTER TABLE directory_groups ADD COLUMN most_guests BIGINT;
ALTER TABLE directory_groups ADD COLUMN default_days BIGINT;
ALTER TABLE directory_groups ADD COLUMN longest_days BIGINT;
ALTER TABLE directory_groups ADD COLUMN may_override BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE apps ADD COLUMN most_guests BIGINT;
ALTER TABLE apps ADD COLUMN default_days BIGINT;
ALTER TABLE apps ADD COLUMN longest_days BIGINT;
ALTER TABLE apps ADD COLUMN may_override BOOLEAN NOT NULL DEFAULT TRUE;

-- Who wants to be in a group and waits for an owner.
CREATE TABLE join_requests (
  id UUID NOT NULL PRIMARY KEY,
  group_id UUID NOT NULL REFERENCES directory_groups (id),
  user_id UUID NOT NULL REFERENCES users (id),
  word TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('open', 'granted', 'refused')),
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by UUID
);
CREATE UNIQUE INDEX join_requests_open ON join_requests (group_id, user_id) WHERE state = 'open';
CREATE INDEX join_requests_user ON join_requests (user_id, created_at);

-- What was done and can be undone for a while: by whom, and what is needed to put it back.
CREATE TABLE undos (
  id UUID NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  step TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX undos_created ON undos (created_at);
CREATE INDEX undos_user ON undos (user_id, created_at);

-- How somebody wants to be told of their guests: each time, once a day, or not at all; and what waits for the day.
ALTER TABLE users ADD COLUMN notices TEXT NOT NULL DEFAULT 'each' CHECK (notices IN ('each', 'daily', 'none'));
CREATE TABLE notices (
  id UUID NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX notices_user ON notices (user_id, created_at);

-- Those of one domain who stand so, by name.
CREATE INDEX users_domain_standing ON users (domain, standing, LOWER(name), id);
CREATE INDEX users_domain_seen ON users (domain, standing, COALESCE(last_sign_in_at, 0), id);

-- How many invitations wait for an answer: by whom, for which group or app, by the domain of the guest.
INSERT INTO counts (what, key, n) SELECT 'pending.inviter', k, COUNT(*) FROM (SELECT LOWER(HEX(r.inviter_id)) AS k FROM invitations r WHERE r.state = 'pending') AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending.group', k, COUNT(*) FROM (SELECT LOWER(HEX(r.group_id)) AS k FROM invitation_targets r WHERE r.state = 'pending' AND r.group_id IS NOT NULL) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending.app', k, COUNT(*) FROM (SELECT LOWER(HEX(r.app_id)) AS k FROM invitation_targets r WHERE r.state = 'pending' AND r.app_id IS NOT NULL) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending.domain', k, COUNT(*) FROM (SELECT u.domain AS k FROM invitations r JOIN users u ON u.id = r.guest_id WHERE r.state = 'pending') AS one GROUP BY k;

CREATE TRIGGER invitations_waiting_in AFTER INSERT ON invitations BEGIN
  INSERT INTO counts (what, key, n) SELECT 'pending.inviter', LOWER(HEX(NEW.inviter_id)), 1 WHERE NEW.state = 'pending'
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'pending.domain', (SELECT domain FROM users WHERE id = NEW.guest_id), 1 WHERE NEW.state = 'pending'
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER invitations_waiting_out AFTER DELETE ON invitations BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'pending.inviter' AND key = LOWER(HEX(OLD.inviter_id)) AND OLD.state = 'pending';
  UPDATE counts SET n = n - 1 WHERE what = 'pending.domain' AND key = (SELECT domain FROM users WHERE id = OLD.guest_id) AND OLD.state = 'pending';
END;
CREATE TRIGGER invitations_waiting_on AFTER UPDATE OF state ON invitations BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'pending.domain' AND key = (SELECT domain FROM users WHERE id = OLD.guest_id) AND OLD.state = 'pending';
  UPDATE counts SET n = n - 1 WHERE what = 'pending.inviter' AND key = LOWER(HEX(OLD.inviter_id)) AND OLD.state = 'pending';
  INSERT INTO counts (what, key, n) SELECT 'pending.inviter', LOWER(HEX(NEW.inviter_id)), 1 WHERE NEW.state = 'pending'
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'pending.domain', (SELECT domain FROM users WHERE id = NEW.guest_id), 1 WHERE NEW.state = 'pending'
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;

CREATE TRIGGER invitation_targets_waiting_in AFTER INSERT ON invitation_targets BEGIN
  INSERT INTO counts (what, key, n) SELECT 'pending.group', LOWER(HEX(NEW.group_id)), 1 WHERE NEW.state = 'pending' AND NEW.group_id IS NOT NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'pending.app', LOWER(HEX(NEW.app_id)), 1 WHERE NEW.state = 'pending' AND NEW.app_id IS NOT NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;
CREATE TRIGGER invitation_targets_waiting_out AFTER DELETE ON invitation_targets BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'pending.group' AND key = LOWER(HEX(OLD.group_id)) AND OLD.state = 'pending' AND OLD.group_id IS NOT NULL;
  UPDATE counts SET n = n - 1 WHERE what = 'pending.app' AND key = LOWER(HEX(OLD.app_id)) AND OLD.state = 'pending' AND OLD.app_id IS NOT NULL;
END;
CREATE TRIGGER invitation_targets_waiting_on AFTER UPDATE OF state ON invitation_targets BEGIN
  UPDATE counts SET n = n - 1 WHERE what = 'pending.group' AND key = LOWER(HEX(OLD.group_id)) AND OLD.state = 'pending' AND OLD.group_id IS NOT NULL;
  UPDATE counts SET n = n - 1 WHERE what = 'pending.app' AND key = LOWER(HEX(OLD.app_id)) AND OLD.state = 'pending' AND OLD.app_id IS NOT NULL;
  INSERT INTO counts (what, key, n) SELECT 'pending.group', LOWER(HEX(NEW.group_id)), 1 WHERE NEW.state = 'pending' AND NEW.group_id IS NOT NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  INSERT INTO counts (what, key, n) SELECT 'pending.app', LOWER(HEX(NEW.app_id)), 1 WHERE NEW.state = 'pending' AND NEW.app_id IS NOT NULL
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
END;

CREATE TRIGGER users_waiting_on AFTER UPDATE OF domain ON users WHEN OLD.domain <> NEW.domain BEGIN
  UPDATE counts SET n = n - (SELECT COUNT(*) FROM invitations WHERE guest_id = OLD.id AND state = 'pending')
    WHERE what = 'pending.domain' AND key = OLD.domain;
  INSERT INTO counts (what, key, n)
    SELECT 'pending.domain', NEW.domain, (SELECT COUNT(*) FROM invitations WHERE guest_id = NEW.id AND state = 'pending') WHERE TRUE
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + excluded.n;
END;

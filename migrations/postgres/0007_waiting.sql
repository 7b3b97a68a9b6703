-- Those of one domain who stand so, by name.
CREATE INDEX users_domain_standing ON users (domain, standing, LOWER(name), id);
CREATE INDEX users_domain_seen ON users (domain, standing, COALESCE(last_sign_in_at, 0), id);

-- How many invitations wait for an answer: by whom, for which group or app, by the domain of the guest.
INSERT INTO counts (what, key, n) SELECT 'pending.inviter', k, COUNT(*) FROM (SELECT REPLACE(r.inviter_id::TEXT, '-', '') AS k FROM invitations r WHERE r.state = 'pending') AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending.group', k, COUNT(*) FROM (SELECT REPLACE(r.group_id::TEXT, '-', '') AS k FROM invitation_targets r WHERE r.state = 'pending' AND r.group_id IS NOT NULL) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending.app', k, COUNT(*) FROM (SELECT REPLACE(r.app_id::TEXT, '-', '') AS k FROM invitation_targets r WHERE r.state = 'pending' AND r.app_id IS NOT NULL) AS one GROUP BY k;
INSERT INTO counts (what, key, n) SELECT 'pending.domain', k, COUNT(*) FROM (SELECT u.domain AS k FROM invitations r JOIN users u ON u.id = r.guest_id WHERE r.state = 'pending') AS one GROUP BY k;

CREATE FUNCTION invitations_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE counts SET n = n - 1 WHERE what = 'pending.inviter' AND key = REPLACE(OLD.inviter_id::TEXT, '-', '') AND OLD.state = 'pending';
    UPDATE counts SET n = n - 1 WHERE what = 'pending.domain' AND key = (SELECT domain FROM users WHERE id = OLD.guest_id) AND OLD.state = 'pending';
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO counts (what, key, n) SELECT 'pending.inviter', REPLACE(NEW.inviter_id::TEXT, '-', ''), 1 WHERE NEW.state = 'pending'
      ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
    INSERT INTO counts (what, key, n) SELECT 'pending.domain', (SELECT domain FROM users WHERE id = NEW.guest_id), 1 WHERE NEW.state = 'pending'
      ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER invitations_waiting AFTER INSERT OR DELETE OR UPDATE OF state ON invitations FOR EACH ROW EXECUTE FUNCTION invitations_waits();

CREATE FUNCTION invitation_targets_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE counts SET n = n - 1 WHERE what = 'pending.group' AND key = REPLACE(OLD.group_id::TEXT, '-', '') AND OLD.state = 'pending' AND OLD.group_id IS NOT NULL;
    UPDATE counts SET n = n - 1 WHERE what = 'pending.app' AND key = REPLACE(OLD.app_id::TEXT, '-', '') AND OLD.state = 'pending' AND OLD.app_id IS NOT NULL;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO counts (what, key, n) SELECT 'pending.group', REPLACE(NEW.group_id::TEXT, '-', ''), 1 WHERE NEW.state = 'pending' AND NEW.group_id IS NOT NULL
      ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
    INSERT INTO counts (what, key, n) SELECT 'pending.app', REPLACE(NEW.app_id::TEXT, '-', ''), 1 WHERE NEW.state = 'pending' AND NEW.app_id IS NOT NULL
      ON CONFLICT (what, key) DO UPDATE SET n = counts.n + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER invitation_targets_waiting AFTER INSERT OR DELETE OR UPDATE OF state ON invitation_targets FOR EACH ROW EXECUTE FUNCTION invitation_targets_waits();

CREATE FUNCTION users_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE counts SET n = n - (SELECT COUNT(*) FROM invitations WHERE guest_id = OLD.id AND state = 'pending')
    WHERE what = 'pending.domain' AND key = OLD.domain;
  INSERT INTO counts (what, key, n)
    SELECT 'pending.domain', NEW.domain, (SELECT COUNT(*) FROM invitations WHERE guest_id = NEW.id AND state = 'pending')
    ON CONFLICT (what, key) DO UPDATE SET n = counts.n + excluded.n;
  RETURN NULL;
END $$;
CREATE TRIGGER users_waiting AFTER UPDATE OF domain ON users FOR EACH ROW WHEN (OLD.domain <> NEW.domain) EXECUTE FUNCTION users_waits();

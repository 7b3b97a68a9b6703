//! What one client network may do in a minute. The counts that protect codes are in the database; this only keeps a
//! flood off it, for each process by itself. It never bites below 120 posts a minute, since offices share an address.

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

/// Posts a minute; as many at once.
const POSTS: NonZeroU32 = NonZeroU32::new(240).expect("not zero");
/// Sessions that strangers begin a minute; as many at once.
const SESSIONS: NonZeroU32 = NonZeroU32::new(120).expect("not zero");
/// How many networks are remembered before idle ones are forgotten.
const NETWORKS: usize = 10_000;
/// Mails an hour to addresses of own domains that nobody has yet, where their owners may join by themselves.
const NEWCOMERS: NonZeroU32 = NonZeroU32::new(120).expect("not zero");

/// The limits of this process.
#[derive(Clone)]
pub struct Limits(Arc<Limiters>);

struct Limiters {
    posts: DefaultKeyedRateLimiter<IpAddr>,
    sessions: DefaultKeyedRateLimiter<IpAddr>,
    newcomers: DefaultDirectRateLimiter,
}

impl Limits {
    /// Counts a post, unless it is one too many.
    pub fn may_post(&self, client: IpAddr) -> bool {
        may(&self.0.posts, client)
    }

    /// Counts a session that a stranger begins, unless it is one too many.
    pub fn may_begin_session(&self, client: IpAddr) -> bool {
        may(&self.0.sessions, client)
    }

    /// Counts a mail to an address that nobody has yet, unless it is one too many.
    pub fn may_mail_newcomer(&self) -> bool {
        self.0.newcomers.check().is_ok()
    }
}

impl Default for Limits {
    /// Nobody has done anything yet.
    fn default() -> Self {
        Self(Arc::new(Limiters {
            posts: RateLimiter::keyed(Quota::per_minute(POSTS)),
            sessions: RateLimiter::keyed(Quota::per_minute(SESSIONS)),
            newcomers: RateLimiter::direct(Quota::per_hour(NEWCOMERS)),
        }))
    }
}

fn may(limiter: &DefaultKeyedRateLimiter<IpAddr>, client: IpAddr) -> bool {
    if limiter.len() > NETWORKS {
        limiter.retain_recent();
    }
    limiter.check_key(&network(client)).is_ok()
}

/// Who counts as one: an address, or the /64 that one host has of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

//! How many forms one client address may post. The counts that protect codes are in the database; this only
//! keeps a flood off it, and never bites below 120 a minute, since offices share an address.

use super::pages;
use crate::domain::error::AppError;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

/// Posts a minute and address; as many at once.
const POSTS: NonZeroU32 = NonZeroU32::new(240).expect("not zero");
/// How many addresses are remembered before idle ones are forgotten.
const ADDRESSES: usize = 10_000;

/// The limiter of this process.
#[derive(Clone)]
pub struct Limits(Arc<DefaultKeyedRateLimiter<IpAddr>>);

impl Limits {
    /// Nobody has posted yet.
    pub fn new() -> Self {
        Self(Arc::new(RateLimiter::keyed(Quota::per_minute(POSTS))))
    }
}

/// The address that a request comes from, as [`super::scope::trace`] found it.
#[derive(Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Refuses a post too many with 429.
pub async fn limit_posts(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST
        && let Some(ClientAddress(address)) = request.extensions().get::<ClientAddress>()
    {
        if limits.0.len() > ADDRESSES {
            limits.0.retain_recent();
        }
        if limits.0.check_key(&network(*address)).is_err() {
            return pages::bare(&AppError::TooMany);
        }
    }
    next.run(request).await
}

/// Who counts as one: an address, or the /64 that one host has of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Whether it is a trusted proxy that says where a request comes from; nothing if nobody says it.
pub fn is_forwarded(request: &Request, trusted: &[ipnet::IpNet]) -> Option<bool> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    request.headers().get("x-forwarded-for")?;
    let peer = peer.ip().to_canonical();
    Some(trusted.iter().any(|net| net.contains(&peer)))
}

/// The peer's address, or what a trusted proxy says it is: the last address in `X-Forwarded-For` that is not
/// itself a trusted proxy's.
pub fn client_address(request: &Request, trusted: &[ipnet::IpNet]) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let peer = peer.ip().to_canonical();
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let hops: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Ok(ip) = hop.parse::<IpAddr>() else { break };
        client = ip.to_canonical();
        if !is_trusted(&client) {
            break;
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn from(peer: &str, forwarded: &[&str]) -> Option<String> {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        client_address(&request, &trusted).map(|ip| ip.to_string())
    }

    #[test]
    fn only_trusted_proxies_say_who_comes() {
        assert_eq!(from("192.0.2.7", &["198.51.100.1"]).unwrap(), "192.0.2.7");
        assert_eq!(from("10.0.0.1", &["198.51.100.1"]).unwrap(), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.2"]).unwrap(), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &["spoofed", "198.51.100.1"]).unwrap(), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &[]).unwrap(), "10.0.0.1");
        assert_eq!(from("::ffff:192.0.2.7", &[]).unwrap(), "192.0.2.7");
    }
}

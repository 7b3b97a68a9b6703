//! Where a request comes from, and refusing what is too much from there.

use super::{AppState, pages};
use crate::domain::error::AppError;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use std::net::{IpAddr, SocketAddr};

/// The address that a request comes from, as [`super::scope::trace`] found it.
#[derive(Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Refuses a post too many with 429.
pub async fn limit_posts(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST
        && let Some(ClientAddress(address)) = request.extensions().get::<ClientAddress>()
        && !state.services.limits.may_post(*address)
    {
        return pages::bare(&AppError::TooMany);
    }
    next.run(request).await
}

/// Whether it is a trusted proxy that says where a request comes from; nothing if nobody says it.
pub fn is_forwarded(request: &Request, trusted: &[ipnet::IpNet]) -> Option<bool> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    request.headers().get("x-forwarded-for")?;
    let peer = peer.ip().to_canonical();
    Some(trusted.iter().any(|net| net.contains(&peer)))
}

/// An address as proxies write it: bare, or with a port (`192.0.2.7:5678`, `[2001:db8::7]:5678`).
fn address_of(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|at| at.ip()))
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
        let Some(ip) = address_of(hop) else { break };
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
    use crate::domain::hostile;
    use axum::body::Body;
    use proptest::prelude::*;

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
        for (written, read) in [
            ("198.51.100.1:5678", "198.51.100.1"),
            ("[2001:db8::7]:5678", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
        ] {
            assert_eq!(from("10.0.0.1", &[written]).unwrap(), read);
        }
        assert_eq!(from("::ffff:192.0.2.7", &[]).unwrap(), "192.0.2.7");
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_chain_of_proxies_is_read(text in hostile::text(16 * 1024, &["10.0.0.1", ",", "[", "]", ":", "::"])) {
            let line: String = text.chars().filter(|c| !c.is_control() && c.is_ascii()).collect();
            prop_assert!(from("10.0.0.1", &[&line]).is_some());
        }
    }
}

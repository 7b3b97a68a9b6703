//! Styles, browser code and pictures: in the binary, under a folder named after their contents, so that browsers
//! may keep them for good. Development builds read them from disk.

use crate::{app::shell::Assets, crypto};
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::LeptosOptions;
use rust_embed::Embed;
use std::{borrow::Cow, sync::OnceLock};

/// Browser code, as `make` builds it. Empty before the first build; pages then work without script.
#[derive(Embed)]
#[folder = "target/site/pkg"]
#[allow_missing = true]
struct BrowserCode;

/// Styles, one file a concern; served as one.
#[derive(Embed)]
#[folder = "style"]
struct Styles;

/// Pictures.
#[derive(Embed)]
#[folder = "public"]
struct Public;

/// The order of styles: tokens first, what is common, then the rooms.
const STYLES: [&str; 7] =
    ["tokens.css", "base.css", "components.css", "panel.css", "invite.css", "threshold.css", "demo.css"];

/// What the portal's pages load besides.
const DESK_STYLES: [&str; 2] = ["desk.css", "reports.css"];

fn together(names: &[&str]) -> Vec<u8> {
    names.iter().filter_map(|name| Styles::get(name)).flat_map(|file| file.data.into_owned()).collect()
}

fn load(file: &str) -> Option<Cow<'static, [u8]>> {
    if file == "vestibule.css" {
        return Some(Cow::Owned(together(&STYLES)));
    }
    if file == "desk.css" {
        return Some(Cow::Owned(together(&DESK_STYLES)));
    }
    BrowserCode::get(file).or_else(|| Public::get(file)).map(|found| found.data)
}

/// Where the files of this build are.
pub fn locate() -> Assets {
    static VERSION: OnceLock<String> = OnceLock::new();
    let version = VERSION.get_or_init(|| {
        let names = BrowserCode::iter()
            .chain(Public::iter())
            .map(Cow::into_owned)
            .chain(["vestibule.css".to_owned(), "desk.css".to_owned()]);
        let mut names: Vec<String> = names.collect();
        names.sort();
        let all: Vec<u8> = names.iter().filter_map(|name| load(name)).flat_map(|data| crypto::sha256(&data)).collect();
        crypto::encode(&crypto::sha256(&all))[..16].to_owned()
    });
    let options = LeptosOptions::builder()
        .output_name("vestibule")
        .site_root("")
        .site_pkg_dir(format!("assets/{version}"))
        .build();
    Assets(options)
}

/// One file.
pub async fn asset(Path((_version, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let accepts_brotli = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().split(';').next() == Some("br")));
    let compressed = accepts_brotli.then(|| load(&format!("{file}.br"))).flatten();
    let is_compressed = compressed.is_some();
    let Some(data) = compressed.or_else(|| load(&file)) else { return StatusCode::NOT_FOUND.into_response() };
    let media_type = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let mut response = data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Name and size of each file of browser code in this build.
pub fn browser_code_sizes() -> Vec<(String, usize)> {
    BrowserCode::iter().filter_map(|name| Some((name.to_string(), BrowserCode::get(&name)?.data.len()))).collect()
}

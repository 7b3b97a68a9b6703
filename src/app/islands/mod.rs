//! What needs the browser. Words and values come as props; no router hooks, no texts, no dates: each island is
//! code that everybody downloads.

mod app_search;

pub use app_search::AppSearch;

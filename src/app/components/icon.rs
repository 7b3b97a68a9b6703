//! Pictures: our own glyphs, apps' icons, people's faces, and the mark.

use crate::{
    app::frame,
    domain::view::{Icon as AppPicture, Who},
};
use leptos::prelude::*;

/// Our glyphs: 20 grid, 1.5 stroke, round ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// Looking for something.
    Search,
    /// A person.
    Person,
    /// The way out.
    Leave,
    /// More that can be done.
    More,
    /// Marked.
    Star,
    /// About something.
    About,
    /// Something is wrong.
    Alert,
    /// It worked.
    Done,
    /// Mail.
    Mail,
    /// Time.
    Clock,
    /// Administration.
    Desk,
    /// Guests.
    Guest,
    /// Several people.
    People,
    /// Apps.
    Apps,
    /// The trail.
    Trail,
    /// Reports.
    Chart,
    /// Settings.
    Rules,
    /// Who may do what.
    Key,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Search => "M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11m4.200 9.700 3.800 3.800",
            Self::Person => {
                "M10 3.500a3.300 3.300 0 1 0 0 6.600 3.300 3.300 0 0 0 0-6.600M3.800 17c.4-3.500 2.800-5.300 6.200-5.300s5.800 1.800 6.200 5.300"
            }
            Self::Leave => {
                "M8 3.500H5A1.500 1.500 0 0 0 3.500 5v10A1.500 1.500 0 0 0 5 16.500h3M12.500 6.500 16 10l-3.500 3.500M16 10H8"
            }
            Self::More => "M4.500 10h.01M10 10h.01M15.500 10h.01",
            Self::Star => {
                "m10 3.200 2.100 4.300 4.700.7-3.400 3.300.8 4.700-4.200-2.200-4.200 2.200.8-4.700-3.400-3.300 4.700-.7z"
            }
            Self::About => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14m0 6v4.500M10 6.500h.01",
            Self::Alert => "M10 3.500 17 16H3zM10 8.500v3.500M10 14h.01",
            Self::Mail => {
                "M4.750 4.500h10.500a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H4.750a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M3.200 6l6.800 5 6.800-5"
            }
            Self::Clock => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14m0 3v4.200l2.700 1.800",
            Self::Done => "m4.500 10.500 3.700 3.700 7.300-8",
            Self::Desk => "M3.500 3.500h5v5h-5zM11.500 3.500h5v5h-5zM3.500 11.500h5v5h-5zM11.500 11.500h5v5h-5z",
            Self::Guest => "M3 17h14M5.500 17V8.500a4.500 4.500 0 0 1 9 0V17M12 11.500v1",
            Self::People => {
                "M7.500 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6M2.500 16.500c.3-3 2.200-4.700 5-4.700s4.700 1.700 5 4.700M13 4.300a3 3 0 0 1 0 5.400M15 12.300c1.500.7 2.300 2.200 2.500 4.200"
            }
            Self::Apps => {
                "M4.750 3.250h2.500a1.500 1.500 0 0 1 1.500 1.500v2.500a1.500 1.500 0 0 1-1.500 1.500h-2.500a1.500 1.500 0 0 1-1.500-1.500v-2.500a1.500 1.500 0 0 1 1.500-1.500M14 3.250a2.750 2.750 0 1 0 0 5.500 2.750 2.750 0 0 0 0-5.500M6 11.250a2.750 2.750 0 1 0 0 5.500 2.750 2.750 0 0 0 0-5.500M12.750 11.250h2.500a1.500 1.500 0 0 1 1.500 1.500v2.500a1.500 1.500 0 0 1-1.500 1.500h-2.500a1.500 1.500 0 0 1-1.500-1.500v-2.500a1.500 1.500 0 0 1 1.500-1.500"
            }
            Self::Trail => "M6 5h11M6 10h11M6 15h7M3 5h.01M3 10h.01M3 15h.01",
            Self::Chart => "M3.500 16.500h13M6 13.500V10m4 3.500V5m4 8.500V8",
            Self::Rules => "M10 2.800 16 5v4.600c0 3.700-2.400 6.300-6 7.600-3.600-1.300-6-3.900-6-7.600V5z",
            Self::Key => {
                "M6.500 10.300a3.200 3.200 0 1 0 0 6.400 3.200 3.200 0 0 0 0-6.400m2.400.8 7.300-7.300M13.200 6.800l2.200 2.200"
            }
        }
    }
}

/// A glyph beside its word.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d=glyph.path()/></svg> }
}

/// The organisation's logo, or Vestibule's mark where it has none.
#[component]
pub fn Logo() -> impl IntoView {
    let brand = frame().brand;
    match brand.logo {
        Some(light) => view! {
            <picture class="logo">
                {brand.logo_dark.map(|dark| view! { <source media="(prefers-color-scheme: dark)" srcset=dark/> })}
                <img src=light height="28" alt=""/>
            </picture>
        }
        .into_any(),
        None => view! { <Mark/> }.into_any(),
    }
}

/// Vestibule's mark: two arches.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
            <path
                fill="currentColor"
                d="M1 23V11.500a6 6 0 0 1 8.500-5.450A9.500 9.500 0 0 0 8 11.500V23zm9 0V11.500a8 8 0 0 1 7.500-8 7.500 7.500 0 0 1 7.500 8V23h-6.300v-7a1.200 1.200 0 0 0-2.400 0v7z"
            />
        </svg>
    }
}

/// An app's icon: its picture, or initials on its colour.
#[component]
pub fn AppIcon(
    /// What there is.
    icon: AppPicture,
    /// Edge in pixels.
    size: u32,
) -> impl IntoView {
    match icon {
        AppPicture::Picture(path) => {
            view! { <img class="appicon" src=path width=size height=size alt="" loading="lazy"/> }.into_any()
        }
        AppPicture::Initials(initials, colour) => view! {
            <svg class=format!("appicon tint--{colour}") width=size height=size viewBox="0 0 48 48" aria-hidden="true">
                <rect width="48" height="48" rx="12"/>
                <text x="24" y="30" text-anchor="middle">{initials}</text>
            </svg>
        }
        .into_any(),
    }
}

/// A person's face: a circle for members, a doorway for guests.
#[component]
pub fn Face(
    /// Who.
    who: Who,
) -> impl IntoView {
    let shape = if who.guest { " face--guest" } else { "" };
    view! { <span class=format!("face face--{}{shape}", who.colour) aria-hidden="true">{who.initials}</span> }
}

//! What people see. Pages are rendered on the server; what needs the browser is an island. Data comes from one
//! server function a page; the frame comes with the request.

pub mod components;
pub mod islands;
pub mod layout;
pub mod pages;
pub mod shell;

use crate::{
    domain::{error::AppError, roles::Power, view::Frame},
    i18n::{
        self, Texts,
        portal::{PortalTexts, portal},
        reports::{ReportTexts, reports},
    },
};
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};
use pages::{
    account::{AccountPage, LeavePage},
    admin::{
        invitations::AdminInvitationsPage,
        invite::AdminInvitePage,
        organisation::OrganisationPage,
        people::{AddMembersPage, AdminGuestsPage, AdminMembersPage},
        person::PersonPage,
        places::{AdminAppsPage, AdminGroupsPage, NewAppPage},
        reports::{ReportPage, ReportsPage},
        roles::RolesPage,
        start::StartPage,
        trail::TrailPage,
    },
    app::AppPage,
    confirm::ConfirmPage,
    groups::{GroupPage, GroupsPage},
    guests::{GuestPage, GuestsPage, ProlongPage},
    help::HelpPage,
    invitations::{InvitationPage, InvitationsPage},
    invite::InvitePage,
    my_apps::MyAppsPage,
    redeem::{BlockPage, DeclinePage, GoodbyePage, JoinPage, QuietPage, RedeemPage, TicketPage},
    settings::{AppSettingsPage, GroupSettingsPage, NewGroupPage},
    sign_in::{LinkPage, SignInPage, SignOutPage},
    wrong_turn::{NotFound, WrongTurn},
};
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// The frame of the request that is being answered.
pub fn frame() -> Frame {
    expect_context::<Frame>()
}

/// The words of the page's language.
pub fn words() -> &'static Texts {
    i18n::texts(frame().language)
}

/// The portal's words of the page's language.
pub fn desk_words() -> &'static PortalTexts {
    portal(frame().language)
}

/// The reports' words of the page's language.
pub fn report_words() -> &'static ReportTexts {
    reports(frame().language)
}

/// Whether the person who is signed in may do this in the portal.
pub fn may(power: Power) -> bool {
    frame().who.is_some_and(|who| who.may(power))
}

/// The pages by path.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/") view=MyAppsPage ssr=SsrMode::Async/>
                <Route path=path!("/apps/:id") view=AppPage ssr=SsrMode::Async/>
                <Route path=path!("/groups") view=GroupsPage ssr=SsrMode::Async/>
                <Route path=path!("/groups/new") view=NewGroupPage ssr=SsrMode::Async/>
                <Route path=path!("/groups/:id/settings") view=GroupSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/apps/:id/settings") view=AppSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/groups/:id") view=GroupPage ssr=SsrMode::Async/>
                <Route path=path!("/guests") view=GuestsPage ssr=SsrMode::Async/>
                <Route path=path!("/guests/:id") view=GuestPage ssr=SsrMode::Async/>
                <Route path=path!("/prolong/:user/:target") view=ProlongPage ssr=SsrMode::Async/>
                <Route path=path!("/invite") view=InvitePage ssr=SsrMode::Async/>
                <Route path=path!("/invitations") view=InvitationsPage ssr=SsrMode::Async/>
                <Route path=path!("/invitations/:id") view=InvitationPage ssr=SsrMode::Async/>
                <Route path=path!("/confirm/:id") view=ConfirmPage ssr=SsrMode::Async/>
                <Route path=path!("/redeem") view=RedeemPage ssr=SsrMode::Async/>
                <Route path=path!("/redeem/:ticket") view=TicketPage ssr=SsrMode::Async/>
                <Route path=path!("/redeem/:ticket/decline") view=DeclinePage ssr=SsrMode::Async/>
                <Route path=path!("/redeem/:ticket/block") view=BlockPage ssr=SsrMode::Async/>
                <Route path=path!("/redeem/:ticket/quiet") view=QuietPage ssr=SsrMode::Async/>
                <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async/>
                <Route path=path!("/join/:id") view=JoinPage ssr=SsrMode::Async/>
                <Route path=path!("/goodbye/:what") view=GoodbyePage ssr=SsrMode::Async/>
                <Route path=path!("/admin") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/guests") view=AdminGuestsPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/members") view=AdminMembersPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/members/add") view=AddMembersPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/people/:id") view=PersonPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/groups") view=AdminGroupsPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/apps") view=AdminAppsPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/apps/new") view=NewAppPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/invitations") view=AdminInvitationsPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/audit") view=TrailPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/organisation") view=OrganisationPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/invite") view=AdminInvitePage ssr=SsrMode::Async/>
                <Route path=path!("/admin/roles") view=RolesPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/reports") view=ReportsPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/reports/:name") view=ReportPage ssr=SsrMode::Async/>
                <Route path=path!("/account/leave") view=LeavePage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/:token") view=LinkPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-out") view=SignOutPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// A page over one server function: loads it, then shows what it returned, or the wrong turn that its error is.
fn page_of<T, Loading, Load, Show>(load: Load, show: Show) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Loading: Future<Output = Result<T, AppError>> + Send + 'static,
    Load: Fn() -> Loading + Send + Sync + 'static,
    Show: Fn(T) -> AnyView + Copy + Send + Sync + 'static,
{
    page_or(load, show, |error| view! { <WrongTurn error/> }.into_any())
}

/// As [`page_of`], with a wrong turn of the page's own.
fn page_or<T, Loading, Load, Show, Turn>(load: Load, show: Show, turn: Turn) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Loading: Future<Output = Result<T, AppError>> + Send + 'static,
    Load: Fn() -> Loading + Send + Sync + 'static,
    Show: Fn(T) -> AnyView + Copy + Send + Sync + 'static,
    Turn: Fn(AppError) -> AnyView + Clone + Send + Sync + 'static,
{
    let data = Resource::new_blocking(|| (), move |()| load());
    view! {
        <Suspense>
            {move || {
                let turn = turn.clone();
                Suspend::new(async move { data.await.map_or_else(turn, show) })
            }}
        </Suspense>
    }
}

//! WoodGrove as it is on the first day: people, groups, apps. Data only.

/// A member.
pub(super) struct PersonSeed {
    pub email: &'static str,
    pub name: &'static str,
    pub admin: bool,
    /// What one sees as this person; only those with a part are offered.
    pub part_en: Option<&'static str>,
    pub part_fr: Option<&'static str>,
}

/// A group.
pub(super) struct GroupSeed {
    pub name: &'static str,
    pub description: &'static str,
    pub owner: &'static str,
    pub guests: bool,
    pub members: &'static [&'static str],
}

/// An app.
pub(super) struct AppSeed {
    pub name: &'static str,
    pub slug: &'static str,
    pub note: &'static str,
    pub instructions: &'static str,
    pub category: &'static str,
    pub owner: &'static str,
    pub guests: bool,
    pub groups: &'static [&'static str],
    pub people: &'static [&'static str],
    /// Shapes on a 48 grid.
    shapes: &'static str,
}

impl AppSeed {
    /// Its icon as a document.
    pub(super) fn icon(&self) -> String {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\">{}</svg>", self.shapes)
    }
}

pub(super) static PEOPLE: &[PersonSeed] = &[
    PersonSeed { email: "john.doe@woodgrove.example", name: "John Doe", admin: false, part_en: Some("owns a group and an app, invites people"), part_fr: Some("possède un groupe et une application, invite") },
    PersonSeed { email: "admin@woodgrove.example", name: "Ada Lindqvist", admin: true, part_en: Some("administrator"), part_fr: Some("administratrice") },
    PersonSeed { email: "maya.stone@woodgrove.example", name: "Maya Stone", admin: false, part_en: Some("a member with a few apps"), part_fr: Some("membre, avec quelques applications") },
    PersonSeed { email: "noor.haddad@woodgrove.example", name: "Noor Haddad", admin: false, part_en: Some("new here, no app yet"), part_fr: Some("vient d’arriver, sans application") },
    PersonSeed { email: "tom.becker@woodgrove.example", name: "Tom Becker", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "ines.moreau@woodgrove.example", name: "Inès Moreau", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "kofi.mensah@woodgrove.example", name: "Kofi Mensah", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "lucja.nowak@woodgrove.example", name: "Łucja Nowak", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "peter.ohara@woodgrove.example", name: "Peter O’Hara", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "sofia.rossi@woodgrove.example", name: "Sofia Rossi", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "yuki.tanaka@woodgrove.example", name: "Yuki Tanaka", admin: false, part_en: None, part_fr: None },
    PersonSeed { email: "erik.berg@woodgrove.example", name: "Erik Berg", admin: false, part_en: None, part_fr: None },
];

pub(super) static GROUPS: &[GroupSeed] = &[
    GroupSeed { name: "Contoso launch", description: "The launch with Contoso in March: plans, words, pictures.", owner: "john.doe@woodgrove.example", guests: true, members: &["maya.stone@woodgrove.example", "ines.moreau@woodgrove.example", "tom.becker@woodgrove.example"] },
    GroupSeed { name: "Everybody", description: "All members of WoodGrove.", owner: "admin@woodgrove.example", guests: false, members: &["john.doe@woodgrove.example", "admin@woodgrove.example", "maya.stone@woodgrove.example", "tom.becker@woodgrove.example", "ines.moreau@woodgrove.example", "kofi.mensah@woodgrove.example", "lucja.nowak@woodgrove.example", "peter.ohara@woodgrove.example", "sofia.rossi@woodgrove.example", "yuki.tanaka@woodgrove.example", "erik.berg@woodgrove.example"] },
    GroupSeed { name: "Drawing office", description: "Layouts, drawings and proofs.", owner: "ines.moreau@woodgrove.example", guests: true, members: &["john.doe@woodgrove.example", "yuki.tanaka@woodgrove.example"] },
    GroupSeed { name: "Mill 2", description: "People who plan and run the second mill.", owner: "kofi.mensah@woodgrove.example", guests: true, members: &["john.doe@woodgrove.example", "erik.berg@woodgrove.example", "lucja.nowak@woodgrove.example"] },
    GroupSeed { name: "Press", description: "Statements and pictures for the press.", owner: "sofia.rossi@woodgrove.example", guests: true, members: &["john.doe@woodgrove.example", "maya.stone@woodgrove.example"] },
    GroupSeed { name: "Suppliers", description: "Partners who deliver to us.", owner: "peter.ohara@woodgrove.example", guests: true, members: &["kofi.mensah@woodgrove.example"] },
    GroupSeed { name: "Finance", description: "Books, payslips, travel.", owner: "lucja.nowak@woodgrove.example", guests: false, members: &["admin@woodgrove.example"] },
    GroupSeed { name: "House", description: "Rooms, canteen, keys.", owner: "erik.berg@woodgrove.example", guests: false, members: &["tom.becker@woodgrove.example"] },
];

pub(super) static APPS: &[AppSeed] = &[
    AppSeed { name: "Launch board", slug: "launch-board", note: "Contoso launch", instructions: "Your tasks are in the column “Before March”. Move a card when you begin it, and write a line when it is done.", category: "Projects", owner: "john.doe@woodgrove.example", guests: true, groups: &["Contoso launch"], people: &["john.doe@woodgrove.example"], shapes: r##"<rect width="48" height="48" rx="12" fill="#16324f"/><rect x="10" y="27" width="7" height="11" rx="1.5" fill="#f2e8d5"/><rect x="20.500" y="20" width="7" height="18" rx="1.500" fill="#f2e8d5"/><path d="M31 38V17a7 7 0 0 1 7 7v14z" fill="#f2e8d5"/><circle cx="34.500" cy="11.500" r="3.500" fill="#ff7d52"/>"## },
    AppSeed { name: "Site plans", slug: "site-plans", note: "Drawings and surveys", instructions: "Plans are read-only; ask the drawing office for changes.", category: "Projects", owner: "ines.moreau@woodgrove.example", guests: true, groups: &["Contoso launch", "Drawing office"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#cfe0c8"/><path d="M10 38V22a7 7 0 0 1 14 0v16z" fill="#2f6b4f"/><path d="M24 38V18h14v20z" fill="#7fae7b"/><path d="M24 18 38 10v8z" fill="#1f4a37"/>"## },
    AppSeed { name: "Timesheets", slug: "timesheets", note: "This week is open", instructions: "Close your week by Monday noon.", category: "Everyday", owner: "lucja.nowak@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#d5e3f3"/><circle cx="24" cy="24" r="14" fill="#2b5fa8"/><path d="M24 24V10a14 14 0 0 1 12.100 21z" fill="#fff"/><circle cx="24" cy="24" r="2.500" fill="#16324f"/>"## },
    AppSeed { name: "Handbook", slug: "handbook", note: "How WoodGrove works", instructions: "", category: "Everyday", owner: "admin@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#e9b44c"/><path d="M24 14c-3-3-7-4-13-4v24c6 0 10 1 13 4z" fill="#fff6e0"/><path d="M24 14c3-3 7-4 13-4v24c-6 0-10 1-13 4z" fill="#5b3b0a"/>"## },
    AppSeed { name: "Press room", slug: "press-room", note: "Statements and pictures", instructions: "Pictures may be passed on with the name of who took them.", category: "Projects", owner: "sofia.rossi@woodgrove.example", guests: true, groups: &["Press"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#2a2d34"/><path d="M12 13h24v4H12zM12 21h14v4H12zM12 29h14v4H12z" fill="#eceae4"/><circle cx="33" cy="29" r="4.500" fill="#e5484d"/>"## },
    AppSeed { name: "Help desk", slug: "help-desk", note: "Ask for a hand", instructions: "", category: "Everyday", owner: "erik.berg@woodgrove.example", guests: true, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#0f6b6b"/><path d="M11 23a13 13 0 0 1 26 0v10a3 3 0 0 1-3 3H24a13 13 0 0 1-13-13z" fill="#d8f0ea"/><circle cx="19" cy="23" r="2.300" fill="#0f6b6b"/><circle cx="25.500" cy="23" r="2.300" fill="#0f6b6b"/><circle cx="32" cy="23" r="2.300" fill="#ff9d6b"/>"## },
    AppSeed { name: "Drawing office", slug: "drawing-office", note: "Layouts and proofs", instructions: "", category: "Projects", owner: "ines.moreau@woodgrove.example", guests: true, groups: &["Drawing office"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#f3d3c8"/><circle cx="19" cy="20" r="9" fill="#cf4b2f"/><path d="M22 22h16v16H22z" fill="#24437a"/><path d="M22 22h6.700A9 9 0 0 1 22 28.500z" fill="#f8f1e4"/>"## },
    AppSeed { name: "Travel", slug: "travel", note: "Trips and receipts", instructions: "Photograph receipts on the day; paper fades.", category: "Everyday", owner: "lucja.nowak@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#bcdcea"/><circle cx="31" cy="18" r="6" fill="#f4a63a"/><path d="M6 40 20 21l14 19z" fill="#28566f"/><path d="M24 40 34 28l10 12z" fill="#4f8aa5"/>"## },
    AppSeed { name: "Payslips", slug: "payslips", note: "Yours, month by month", instructions: "", category: "Everyday", owner: "lucja.nowak@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#6a3a63"/><path d="M12 20a12 12 0 0 1 24 0z" fill="#f0c9da"/><path d="M12 23h24v4H12z" fill="#e08fb0"/><path d="M12 30h24a12 6 0 0 1-24 0z" fill="#f0c9da"/>"## },
    AppSeed { name: "Mill planner", slug: "mill-planner", note: "Shifts and saws", instructions: "", category: "Works", owner: "kofi.mensah@woodgrove.example", guests: true, groups: &["Mill 2"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#dcd2ea"/><path d="M24 10a14 14 0 0 1 0 28z" fill="#4f3b8f"/><path d="M24 16a8 8 0 0 0 0 16z" fill="#8d79c9"/><circle cx="24" cy="24" r="3" fill="#fff"/>"## },
    AppSeed { name: "Canteen", slug: "canteen", note: "What there is to eat", instructions: "", category: "House", owner: "erik.berg@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#f0dfa8"/><path d="M10 24h28a14 14 0 0 1-28 0z" fill="#b5482f"/><circle cx="18" cy="17" r="4" fill="#3f7a4f"/><circle cx="29" cy="16" r="5" fill="#e08a3c"/>"## },
    AppSeed { name: "Stores", slug: "stores", note: "Order and collect", instructions: "Orders before ten are ready at two.", category: "Works", owner: "peter.ohara@woodgrove.example", guests: false, groups: &["Mill 2", "House"], people: &["maya.stone@woodgrove.example"], shapes: r##"<rect width="48" height="48" rx="12" fill="#33475f"/><path d="M11 26h12v12H11z" fill="#f0c987"/><path d="M25 26h12v12H25z" fill="#d99c4e"/><path d="M18 12h12v12H18z" fill="#f7e3bd"/>"## },
    AppSeed { name: "Reading room", slug: "reading-room", note: "Books and standards", instructions: "", category: "House", owner: "yuki.tanaka@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#e6dccb"/><rect x="11" y="12" width="6" height="25" rx="1.500" fill="#7a3b2e"/><rect x="19" y="15" width="6" height="22" rx="1.500" fill="#2f5d62"/><path d="m27.500 15.800 5.800-1.500 6 22-5.800 1.600z" fill="#d39b3a"/>"## },
    AppSeed { name: "Meeting rooms", slug: "meeting-rooms", note: "Find one that is free", instructions: "", category: "House", owner: "tom.becker@woodgrove.example", guests: false, groups: &["Everybody"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#1f3d3a"/><path d="M14 38V19a10 10 0 0 1 20 0v19z" fill="#f4ead2"/><path d="M24 38V12.100A10 10 0 0 1 34 19v19z" fill="#c9b98f"/><circle cx="21" cy="26" r="1.800" fill="#1f3d3a"/>"## },
    AppSeed { name: "Partner files", slug: "partner-files", note: "To and from suppliers", instructions: "Files go after 90 days. Keep your own copy.", category: "Works", owner: "peter.ohara@woodgrove.example", guests: true, groups: &["Suppliers", "Contoso launch"], people: &[], shapes: r##"<rect width="48" height="48" rx="12" fill="#f6d9a8"/><path d="M10 16a3 3 0 0 1 3-3h8l4 5h10a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H13a3 3 0 0 1-3-3z" fill="#b3541e"/><path d="M17 24h14v3H17zM17 29h9v3h-9z" fill="#fff3dc"/>"## },
];

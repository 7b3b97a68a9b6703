//! What people, companies, groups and apps are called. Data only.

/// First names, with how they are written in an address where that is not plain from the name.
pub(super) static FIRST: &[&str] = &[
    "Mei", "Aisha", "Lukas", "Chloé", "Mateo", "Ingrid", "Tariq", "Priya", "Oluwaseun", "Hannah", "Kenji", "Zofia",
    "Léa", "Diego", "Fatima", "Søren", "Anika", "Rafael", "Yara", "Niamh", "Jamal", "Eva", "Björn", "Camila",
    "Thabo", "Élodie", "Marek", "Leila", "Hugo", "Nkechi", "Sanna", "Arjun", "Beatriz", "Callum", "Daniela", "Emeka",
    "Freya", "Gábor", "Hiroshi", "Isabel", "Jonas", "Katarzyna", "Liam", "Malik", "Nadia", "Oskar", "Paula", "Quentin",
    "Rosa", "Stefan", "Tuan", "Ulrike", "Viktor", "Wanjiru", "Ximena", "Youssef", "Žofie", "Amara", "Bilal", "Clara",
    "Deniz", "Elif", "Farid", "Grace", "Henrik", "Imani", "Jules", "Kaito", "Lina", "Manon", "Noah", "Olga",
];

/// Last names.
pub(super) static LAST: &[&str] = &[
    "Lin", "Khan", "Weber", "Dubois", "García", "Nilsson", "Rahman", "Sharma", "Adeyemi", "Cohen", "Sato", "Kowalska",
    "Lefèvre", "Fernández", "El Amrani", "Jørgensen", "Schmitt", "Costa", "Haddadi", "O’Brien", "Washington", "Novák",
    "Lindström", "Rojas", "Mokoena", "Girard", "Zieliński", "Hosseini", "Martín", "Okafor", "Virtanen", "Patel",
    "Almeida", "MacLeod", "Popescu", "Eze", "Johansen", "Szabó", "Yamamoto", "Moreno", "Petrov", "Wójcik", "Murphy",
    "Diallo", "Benali", "Andersen", "Keller", "Laurent", "Bianchi", "Ivanović", "Nguyen", "Hofmann", "Sokolov",
    "Kamau", "Vargas", "Mansour", "Dvořák", "Nwosu", "Siddiqui", "Baumann", "Yılmaz", "Demir", "Aziz", "Thompson",
    "Olsen", "Mutua", "Fontaine", "Watanabe", "Farah", "Bernard", "Levi", "Kuznetsova",
];

/// Names in other scripts, with how they are written in an address.
pub(super) static BEYOND: &[(&str, &str)] = &[
    ("李娜", "na.li"),
    ("王伟", "wei.wang"),
    ("陈美玲", "meiling.chen"),
    ("田中美咲", "misaki.tanaka"),
    ("佐藤健", "takeru.sato"),
    ("김서연", "seoyeon.kim"),
    ("박지훈", "jihoon.park"),
    ("Мария Иванова", "maria.ivanova"),
    ("Олександр Шевченко", "oleksandr.shevchenko"),
    ("Ελένη Παπαδοπούλου", "eleni.papadopoulou"),
    ("محمد العلي", "mohammed.alali"),
    ("ليلى حداد", "layla.haddad"),
    ("दीपा शर्मा", "deepa.sharma"),
    ("רות לוי", "ruth.levi"),
    ("สมชาย ใจดี", "somchai.jaidee"),
];

/// Companies: what they are called by, and what they do.
pub(super) static COMPANY: &[&str] = &[
    "Alder", "Birchfield", "Calder", "Drumlin", "Elmwater", "Fernhill", "Granite", "Harbour", "Ironbridge", "Juniper",
    "Kestrel", "Larkspur", "Meridian", "Northgate", "Oakhaven", "Pinecrest", "Quarry", "Ridgeway", "Saltmarsh",
    "Thistle", "Umber", "Valewood", "Westerly", "Yarrow", "Zephyr", "Amber", "Beacon", "Cobalt", "Dovetail", "Ember",
    "Foxglove", "Glenmoor", "Hazel", "Inlet", "Jasper", "Kingfisher", "Lantern", "Millstone", "Nettle", "Osprey",
];
/// What companies do: for the domain, and for the name.
pub(super) static TRADE: &[(&str, &str)] = &[
    ("timber", "Timber Ltd"),
    ("optics", "Optics GmbH"),
    ("design", "Design Studio"),
    ("logistics", "Logistics SA"),
    ("legal", "Legal LLP"),
    ("print", "Print & Sons"),
    ("robotics", "Robotics Inc."),
    ("media", "Media AB"),
    ("survey", "Survey Co."),
    ("energy", "Energy BV"),
    ("foods", "Foods S.p.A."),
    ("marine", "Marine AS"),
    ("textiles", "Textiles Oy"),
    ("audit", "Audit Partners"),
    ("glass", "Glasswerk KG"),
    ("training", "Training Ltd"),
    ("software", "Software Sàrl"),
    ("freight", "Freight Lines"),
    ("labs", "Laboratories"),
    ("works", "Works Co-op"),
    ("research", "Research Institute"),
    ("build", "Construction"),
    ("travel", "Travel"),
    ("events", "Events"),
];

/// What people do.
pub(super) static TITLE: &[&str] = &[
    "Project manager", "Engineer", "Designer", "Buyer", "Consultant", "Auditor", "Account manager", "Translator",
    "Photographer", "Surveyor", "Architect", "Accountant", "Scientist", "Driver", "Trainer", "Editor", "",
];

/// Where members work.
pub(super) static DEPARTMENT: &[&str] =
    &["Forestry", "Sawmill", "Sales", "Finance", "People", "IT", "Marketing", "Logistics", "Legal", "Research"];

/// What groups and apps are about.
pub(super) static SUBJECT: &[&str] = &[
    "Harbour", "Orchard", "Riverside", "Summit", "Lantern", "Cedar", "Compass", "Meadow", "Bridge", "Anchor", "Spring",
    "Winter", "Copper", "Northern", "Coastal", "Quarterly", "Regional", "Supplier", "Partner", "Archive", "Field",
    "Forest", "Timber", "Packaging", "Export", "Safety", "Quality", "Training", "Tender", "Contract", "Brand", "Data",
    "Energy", "Water", "Rail", "Fleet", "Catalogue", "Festival", "Pilot", "Transition",
];
/// What groups are for.
pub(super) static CIRCLE: &[&str] = &[
    "team", "launch", "review", "board", "planning", "delivery", "workshop", "campaign", "survey", "fair", "project",
    "audit", "office", "network", "council", "crew", "circle", "desk", "programme", "study", "forum", "rollout",
    "inventory", "renewal", "briefing",
];
/// What apps do.
pub(super) static TOOL: &[&str] = &[
    "planner", "tracker", "files", "board", "wiki", "calendar", "forms", "map", "tickets", "reports", "orders",
    "timesheet", "catalogue", "inbox", "drawings", "checklist", "library", "monitor", "booking", "portal",
];
/// What apps are sorted by.
pub(super) static CATEGORY: &[&str] = &["Projects", "Everyday", "Works", "House", "Sales", ""];

/// What inviters write.
pub(super) static MESSAGE: &[&str] = &[
    "",
    "Hello, this is where we keep the plans that we talked about.",
    "Please have a look before Thursday.",
    "Bienvenue ! Vous trouverez ici tout ce qu’il faut pour commencer.",
    "As agreed: here is your way in. Ring me if anything is missing.",
    "Could you upload the drawings here from now on?",
    "Looking forward to working with you.",
];
/// What guests write who decline.
pub(super) static WORD: &[&str] = &[
    "",
    "I have changed jobs; please ask my former colleagues.",
    "We use our own system for this.",
    "I do not know what this is about.",
    "Not before the contract is signed.",
];
/// What mail servers say who do not take a mail.
pub(super) static REFUSAL: &[&str] = &[
    "550 5.1.1 The email account that you tried to reach does not exist",
    "552 5.2.2 Mailbox is full",
    "554 5.7.1 Message rejected as spam",
];

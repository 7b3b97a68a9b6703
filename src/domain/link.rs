//! One-time links: what each kind is good for (DESIGN rules 5 and 16).

use super::text_enum::text_enum;

text_enum! {
    /// What a one-time link is good for.
    LinkKind {
        /// Printed by the command line for whoever runs the server: it signs in.
        Printed = "printed",
        /// Mailed where codes are used up: it lets a browser ask for a fresh code, and does nothing else.
        Mailed = "mailed",
    }
}

impl LinkKind {
    /// How often one works. What opens a mail's links and presses their buttons must not use them up for its reader.
    pub const fn uses(self) -> i64 {
        match self {
            Self::Printed => 1,
            Self::Mailed => 3,
        }
    }
}

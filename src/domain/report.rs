//! What reports are made of: the things that are counted as they come about.

use super::text_enum::text_enum;

text_enum! {
    /// Something that is counted by day.
    Tally {
        /// An invitation was made.
        Invited = "invited",
        /// An invitation was accepted.
        Accepted = "accepted",
        /// An invitation was declined.
        Declined = "declined",
        /// An invitation was withdrawn.
        Withdrawn = "withdrawn",
        /// How long an invitation took to be accepted: the key is a bucket of time.
        Took = "took",
        /// A sign-in: the key under `result` is `success` or the reason of the failure.
        SignIn = "sign_in",
        /// Somebody was active for the first time in a month: the key under `type` is `guest` or `member`.
        Active = "active",
    }
}

//! Audit events: activities by Entra's names, the chain over them, and the shape in which they leave.
//!
//! Each entry's MAC covers the entry and the MAC before it, under a key from the key file. Personal text
//! enters as a salted digest, so it can be erased and the chain still verifies.

use super::{ids::CorrelationId, text_enum::text_enum, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// An activity: Entra's name, the service and category it is filed under, and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// `activityDisplayName`.
    pub name: &'static str,
    /// `loggedByService`.
    pub service: &'static str,
    /// `category`.
    pub category: &'static str,
    /// `operationType`.
    pub operation: &'static str,
}

macro_rules! activities {
    ($($(#[$doc:meta])* $id:ident = $name:literal, $service:literal / $category:literal, $operation:literal;)*) => {
        impl Activity {$(
            $(#[$doc])*
            pub const $id: Self = Self { name: $name, service: $service, category: $category, operation: $operation };
        )*
            /// All of them.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$id),*];
        }
    };
}

activities! {
    /// A user object came to be.
    ADD_USER = "Add user", "Core Directory" / "UserManagement", "Add";
    /// A user object changed.
    UPDATE_USER = "Update user", "Core Directory" / "UserManagement", "Update";
    /// An app was deleted.
    DELETE_APP = "Remove service principal", "Core Directory" / "ApplicationManagement", "Delete";
    /// A deleted app came back.
    RESTORE_APP = "Restore service principal", "Core Directory" / "ApplicationManagement", "Restore";
    /// Somebody lost a directory role.
    REMOVE_MEMBER_FROM_ROLE = "Remove member from role", "Core Directory" / "RoleManagement", "Unassign";
    /// Somebody was erased for good.
    ERASE_USER = "Hard Delete user", "Core Directory" / "UserManagement", "Delete";
    /// Somebody may not sign in any more.
    DISABLE_ACCOUNT = "Disable account", "Core Directory" / "UserManagement", "Update";
    /// Somebody may sign in again.
    ENABLE_ACCOUNT = "Enable account", "Core Directory" / "UserManagement", "Update";
    /// A user object was deleted.
    DELETE_USER = "Delete user", "Core Directory" / "UserManagement", "Delete";
    /// A directory role was given.
    ADD_MEMBER_TO_ROLE = "Add member to role", "Core Directory" / "RoleManagement", "Assign";
    /// A group came to be.
    ADD_GROUP = "Add group", "Core Directory" / "GroupManagement", "Add";
    /// Somebody joined a group.
    ADD_MEMBER_TO_GROUP = "Add member to group", "Core Directory" / "GroupManagement", "Assign";
    /// A group changed.
    UPDATE_GROUP = "Update group", "Core Directory" / "GroupManagement", "Update";
    /// A group was deleted.
    DELETE_GROUP = "Delete group", "Core Directory" / "GroupManagement", "Delete";
    /// A deleted group came back.
    RESTORE_GROUP = "Restore Group", "Core Directory" / "GroupManagement", "Restore";
    /// Somebody is owner of a group no longer.
    REMOVE_OWNER_FROM_GROUP = "Remove owner from group", "Core Directory" / "GroupManagement", "Unassign";
    /// Somebody asked to be in a group.
    ASK_TO_JOIN = "Request to join a group", "Self-service Group Management" / "GroupManagement", "Add";
    /// Somebody took that back.
    CANCEL_JOIN = "Cancel a pending request to join a group", "Self-service Group Management" / "GroupManagement", "Update";
    /// An owner said yes.
    APPROVE_JOIN = "Approve a pending request to join a group", "Self-service Group Management" / "GroupManagement", "Update";
    /// An owner said no.
    REJECT_JOIN = "Reject a pending request to join a group", "Self-service Group Management" / "GroupManagement", "Update";
    /// An app changed.
    UPDATE_APP = "Update service principal", "Core Directory" / "ApplicationManagement", "Update";
    /// Somebody is owner of an app no longer.
    REMOVE_OWNER_FROM_APP = "Remove owner from service principal", "Core Directory" / "ApplicationManagement", "Unassign";
    /// A group lost access to an app.
    REMOVE_APP_FROM_GROUP = "Remove app role assignment from group", "Core Directory" / "GroupManagement", "Unassign";
    /// Somebody became owner of a group.
    ADD_OWNER_TO_GROUP = "Add owner to group", "Core Directory" / "GroupManagement", "Assign";
    /// An app came to be.
    ADD_APP = "Add service principal", "Core Directory" / "ApplicationManagement", "Add";
    /// Somebody became owner of an app.
    ADD_OWNER_TO_APP = "Add owner to service principal", "Core Directory" / "ApplicationManagement", "Assign";
    /// A group got access to an app.
    ADD_APP_TO_GROUP = "Add app role assignment to group", "Core Directory" / "GroupManagement", "Assign";
    /// A person got access to an app.
    ADD_APP_TO_USER = "Add app role assignment grant to user", "Core Directory" / "UserManagement", "Assign";
    /// The organisation's settings changed.
    UPDATE_COMPANY = "Update company settings", "Core Directory" / "DirectoryManagement", "Update";
    /// Who may invite, or what guests may see, changed.
    UPDATE_AUTHORIZATION = "Update authorization policy", "Core Directory" / "AuthorizationPolicy", "Update";
    /// Which domains guests may be from changed.
    UPDATE_POLICY = "Update policy", "Core Directory" / "Policy", "Update";
    /// A new version of the privacy statement or the terms holds from now on.
    PUBLISH_TERMS = "Publish Terms Of Use", "Terms of Use" / "Policy", "Add";
    /// A guest left the organisation.
    DELETE_EXTERNAL_USER = "Delete external user", "Invited Users" / "UserManagement", "Delete";
    /// All or one of a person's sessions were ended.
    REVOKE_SESSIONS = "Update StsRefreshTokenValidFrom Timestamp", "Core Directory" / "UserManagement", "Update";
    /// A person proved who they are. (Ours: Entra keeps these in another log.)
    SIGN_IN = "Sign-in activity", "Sign-in" / "SignInLogs", "SignIn";
    /// A person ended their session. (Ours.)
    SIGN_OUT = "Sign-out activity", "Sign-in" / "SignInLogs", "SignOut";
    /// A person agreed to a version of a statement.
    ACCEPT_TERMS = "Accept Terms Of Use", "Terms of Use" / "UserManagement", "Accept";
    /// Somebody was invited, or invited to more.
    INVITE_EXTERNAL_USER = "Invite external user", "Invited Users" / "UserManagement", "Add";
    /// Somebody answers for a guest.
    ADD_SPONSOR = "Add user sponsor", "Core Directory" / "UserManagement", "Assign";
    /// Somebody answers for a guest no longer.
    REMOVE_SPONSOR = "Remove user sponsor", "Core Directory" / "UserManagement", "Unassign";
    /// A guest came back whom somebody had deleted.
    RESTORE_USER = "Restore user", "Core Directory" / "UserManagement", "Update";
    /// An invitation was accepted.
    REDEEM_INVITE = "Redeem external user invite", "Invited Users" / "UserManagement", "Update";
    /// An invitation was declined. (Ours.)
    DECLINE_INVITE = "Decline external user invite", "Invited Users" / "UserManagement", "Update";
    /// What a guest had been invited to needs an owner's word, got it, or did not. (Ours.)
    CONFIRM_ACCESS = "Confirm access of external user", "Invited Users" / "UserManagement", "Update";
    /// An address wants no further invitations.
    EMAIL_UNSUBSCRIBED = "Email unsubscribed", "Invited Users" / "UserManagement", "Update";
    /// A mail was not sent because of that.
    EMAIL_NOT_SENT = "Email not sent, user unsubscribed", "Invited Users" / "UserManagement", "Add";
    /// Access that was given will end at another time. (Ours.)
    CHANGE_ACCESS_END = "Change end of access", "Core Directory" / "UserManagement", "Update";
    /// Somebody left a group.
    REMOVE_MEMBER_FROM_GROUP = "Remove member from group", "Core Directory" / "GroupManagement", "Unassign";
    /// A person lost access to an app.
    REMOVE_APP_FROM_USER = "Remove app role assignment from user", "Core Directory" / "UserManagement", "Unassign";
    /// An invitation's mail was sent again, with a fresh ticket. (Ours.)
    RESEND_INVITE = "Resend external user invite", "Invited Users" / "UserManagement", "Update";
    /// An invitation's link got a later last day. (Ours.)
    RENEW_INVITE = "Renew external user invite", "Invited Users" / "UserManagement", "Update";
    /// What an invitation is for was changed. (Ours.)
    CHANGE_INVITE = "Change external user invite", "Invited Users" / "UserManagement", "Update";
    /// An invitation was taken back. (Ours.)
    WITHDRAW_INVITE = "Withdraw external user invite", "Invited Users" / "UserManagement", "Delete";
    /// A guest was reminded of an invitation. (Ours.)
    REMIND_INVITE = "Remind external user of invite", "Invited Users" / "UserManagement", "Update";
    /// A guest asked for a new link. (Ours.)
    ASK_FOR_LINK = "Ask for new external user invite link", "Invited Users" / "UserManagement", "Update";
    /// An address takes invitations again.
    EMAIL_RESUBSCRIBED = "Email subscribed", "Invited Users" / "UserManagement", "Update";
    /// Access reached its end. (Ours.)
    END_ACCESS = "End access", "Core Directory" / "UserManagement", "Update";
    /// Something was put back by whoever had done it. (Ours.)
    UNDO = "Undo", "Core Directory" / "UserManagement", "Update";
    /// A one-time link was made for somebody. (Ours.)
    ISSUE_SIGN_IN_LINK = "Issue one-time sign-in link", "Sign-in" / "UserManagement", "Add";
}

text_enum! {
    /// Whether the activity came about.
    Outcome {
        /// It did.
        Success = "success",
        /// It did not; `result_reason` says why.
        Failure = "failure",
    }
}

/// What an activity was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// `User`, `Group`, `ServicePrincipal`, `Role`, `Company`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id, or its fixed name where it has none.
    pub id: String,
}

/// One row of the chain, without personal text. Field order is part of the MAC: add at the end only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Place in the chain, from 1, without gaps.
    pub seq: i64,
    /// The event's own id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// [`Activity::name`].
    pub activity: String,
    /// [`Activity::service`].
    pub service: String,
    /// [`Activity::category`].
    pub category: String,
    /// [`Activity::operation`].
    pub operation: String,
    /// Whether it came about.
    pub result: Outcome,
    /// Why not, as a code.
    pub result_reason: String,
    /// `user`, `service` or `nobody`.
    pub initiator_kind: String,
    /// Id of the person, or name of the service.
    pub initiator_id: String,
    /// The request or command.
    pub correlation_id: CorrelationId,
    /// What it was done to.
    pub targets: Vec<Target>,
    /// Digest of salt and personal text, base64url.
    pub text_digest: String,
}

/// Personal text of an entry: erasable, so never part of the chain itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Texts {
    /// Name of the initiator.
    pub initiator_name: String,
    /// Address of the initiator.
    pub initiator_email: String,
    /// Client address.
    pub ip: String,
    /// Names of the targets, in their order.
    pub target_names: Vec<String>,
    /// Addresses of the targets that are people, in their order; else empty.
    pub target_emails: Vec<String>,
    /// `[name, old, new]` of each changed property.
    pub changes: Vec<[String; 3]>,
    /// `[key, value]` of each further detail.
    pub details: Vec<[String; 2]>,
}

/// A row as it leaves: entry, MAC, and the text with its salt unless erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The chained part.
    pub entry: Entry,
    /// MAC before this row, base64url; empty before the first.
    pub previous: String,
    /// MAC of this row, base64url.
    pub mac: String,
    /// Salt (base64url) and personal text (JSON, byte for byte as digested).
    pub text: Option<(String, String)>,
}

/// What an exported line needs besides Entra's shape, so that it can be verified without the database.
#[derive(Debug, Serialize, Deserialize)]
struct Chain {
    entry: Entry,
    previous: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl Record {
    /// The record as one JSON object in the shape of Graph's `directoryAudit`
    /// (<https://learn.microsoft.com/graph/api/resources/directoryaudit>), plus `seq`, `mac` and `chain`.
    ///
    /// `iso_time` is the entry's time as RFC 3339 in UTC.
    pub fn to_json(&self, iso_time: &str) -> Value {
        let entry = &self.entry;
        let texts: Texts = self.text.as_ref().and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default();
        let initiated_by = match entry.initiator_kind.as_str() {
            "user" => json!({"user": {
                "id": entry.initiator_id,
                "displayName": texts.initiator_name,
                "userPrincipalName": texts.initiator_email,
                "ipAddress": texts.ip,
            }}),
            "service" => json!({"app": {"displayName": entry.initiator_id}}),
            _ => json!({"user": {"id": null, "displayName": null, "userPrincipalName": null, "ipAddress": texts.ip}}),
        };
        let changes: Vec<Value> = texts
            .changes
            .iter()
            .map(|[name, old, new]| json!({"displayName": name, "oldValue": old, "newValue": new}))
            .collect();
        let targets: Vec<Value> = entry
            .targets
            .iter()
            .enumerate()
            .map(|(i, target)| {
                json!({
                    "type": target.kind,
                    "id": target.id,
                    "displayName": texts.target_names.get(i),
                    "userPrincipalName": texts.target_emails.get(i).filter(|email| !email.is_empty()),
                    "modifiedProperties": if i == 0 { changes.clone() } else { Vec::new() },
                })
            })
            .collect();
        let details: Vec<Value> =
            texts.details.iter().map(|[key, value]| json!({"key": key, "value": value})).collect();
        json!({
            "id": format!("{}_{}", entry.service, entry.id),
            "seq": entry.seq,
            "activityDateTime": iso_time,
            "activityDisplayName": entry.activity,
            "category": entry.category,
            "loggedByService": entry.service,
            "operationType": entry.operation,
            "correlationId": entry.correlation_id,
            "result": entry.result,
            "resultReason": entry.result_reason,
            "initiatedBy": initiated_by,
            "targetResources": targets,
            "additionalDetails": details,
            "mac": self.mac,
            "chain": Chain {
                entry: entry.clone(),
                previous: self.previous.clone(),
                salt: self.text.as_ref().map(|(salt, _)| salt.clone()),
                text: self.text.as_ref().map(|(_, text)| text.clone()),
            },
        })
    }

    /// Reads back what [`Self::to_json`] wrote. `None` if it is not such a line, or if its visible part
    /// does not say what its chained part says.
    pub fn from_json(line: &Value, iso_time: impl Fn(Timestamp) -> String) -> Option<Self> {
        let chain: Chain = serde_json::from_value(line.get("chain")?.clone()).ok()?;
        let mac = line.get("mac")?.as_str()?.to_owned();
        let record = Self { entry: chain.entry, previous: chain.previous, mac, text: chain.salt.zip(chain.text) };
        let visible = record.to_json(&iso_time(record.entry.at));
        (visible == *line).then_some(record)
    }
}

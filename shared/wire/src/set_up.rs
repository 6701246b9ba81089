//! How people sign in, for instance managers: what the settings say, whether the issuer answers, and what a token gives.
//!
//! No answer holds a secret.

use access::{Action, AppRole, Need};
use serde::{Deserialize, Serialize};

use crate::health::Finding;
use crate::{Call, request};

/// The longest text of claims, in bytes.
pub const LONGEST_CLAIMS: usize = 48 * 1024;

/// What the settings say of signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSettings {}

request!(SignInSettings, "sign_in_settings", Read, |_call| vec![Need::instance(Action::SetUp)]);

impl Call for SignInSettings {
    type Reply = SignInNow;
}

/// Asks the issuer what people need to sign in there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TryIssuer {}

request!(TryIssuer, "try_issuer", Read, |_call| vec![Need::instance(Action::SetUp)]);

impl Call for TryIssuer {
    type Reply = Vec<Finding>;
}

/// Which roles Clew would give for these claims, and why. Nobody is signed in by it, and nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TryClaims {
    /// The content of an ID token, as JSON; without one, that of the own last sign-in.
    #[serde(default)]
    pub claims: Option<String>,
}

request!(
    TryClaims,
    "try_claims",
    Read,
    |_call| vec![Need::instance(Action::SetUp)],
    /// What was pasted is about somebody, and is left out.
    fn for_audit(&self) -> serde_json::Value {
        serde_json::json!({ "pasted": self.claims.is_some() })
    }
);

impl Call for TryClaims {
    type Reply = ClaimsTried;
}

/// What the settings say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInNow {
    /// Whether people sign in at the embedded issuer.
    pub embedded: bool,
    /// The issuer, as it names itself.
    pub issuer: String,
    /// The name under which it knows this server.
    pub client_id: String,
    /// Whether a secret is set; never which.
    pub has_secret: bool,
    /// Whether this server shows the issuer a certificate of its own.
    pub has_certificate: bool,
    /// Whether other authorities are trusted for the issuer than the system's.
    pub has_authorities: bool,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The way to the claim with the roles, names with dots between them.
    pub roles_claim: String,
    /// What values of that claim stand for.
    pub roles_map: Vec<RoleMeaning>,
    /// The address that the issuer sends people back to.
    pub redirect: String,
    /// The address that the issuer sends people to who signed out.
    pub after_sign_out: String,
    /// The address where the issuer says that somebody has left; none where people sign in at the embedded issuer.
    #[serde(default)]
    pub back_channel: Option<String>,
}

/// What a value stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleMeaning {
    /// The value.
    pub value: String,
    /// The role.
    pub role: AppRole,
}

/// What came of some claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsTried {
    /// What stands at the end of the way to the claim.
    pub found: ClaimFound,
    /// Each value, in the order of the claim.
    pub values: Vec<ClaimValue>,
    /// Values that give nothing: not a text, or behind the most that are read.
    pub left_out: u64,
    /// Every role that is given, once.
    pub roles: Vec<AppRole>,
    /// Whether one of them lets the person in.
    pub enters: bool,
    /// What else of the claims would keep somebody out, such as another issuer.
    pub remarks: Vec<Finding>,
}

/// What stands at the end of the way to the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimFound {
    /// A list.
    List,
    /// One text.
    Text,
    /// Something that gives no roles, such as a number.
    Unfit,
    /// Nothing.
    Absent,
}

/// One value of the claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimValue {
    /// The value.
    pub value: String,
    /// Whether the mapping names it.
    pub mapped: bool,
    /// The roles that it gives; none where it is no name of a role.
    pub roles: Vec<AppRole>,
}

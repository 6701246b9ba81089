//! Roles out of a token that was verified: the configured way to the claim, and what its values mean here.
//!
//! An issuer may name groups by its own ids. `CLEW_OIDC_ROLES_MAP` says which role such a value stands for; a value
//! that is not in it is a role by itself. A claim that is absent or malformed gives no roles, and nothing gives a role
//! by default.

use access::AppRole;
use serde_json::Value;
use wire::set_up::{ClaimFound, ClaimValue};

/// The most values that are taken from a token.
const MOST_VALUES: usize = 500;

/// Finds roles in a token.
#[derive(Debug, Clone, Default)]
pub(super) struct Roles {
    /// The way through nested objects to the claim.
    pub(super) way: Vec<String>,
    /// Values of the claim, and the role that each stands for; a value may stand for several.
    pub(super) map: Vec<(String, AppRole)>,
}

impl Roles {
    /// The roles at the end of the configured way; a list of texts, or one text.
    pub(super) fn of(&self, payload: &Value) -> Vec<AppRole> {
        self.explained(payload).values.into_iter().flat_map(|value| value.roles).collect()
    }

    /// The same, with where each role comes from.
    pub(super) fn explained(&self, payload: &Value) -> Explained {
        let end = self.way.iter().try_fold(payload, |inside, name| inside.get(name));
        let (found, texts, all): (_, Vec<&str>, usize) = match end {
            Some(Value::Array(list)) => {
                (ClaimFound::List, list.iter().filter_map(Value::as_str).take(MOST_VALUES).collect(), list.len())
            }
            Some(Value::String(one)) => (ClaimFound::Text, vec![one], 1),
            Some(_) => (ClaimFound::Unfit, Vec::new(), 0),
            None => (ClaimFound::Absent, Vec::new(), 0),
        };
        let left_out = (all - texts.len()) as u64;
        Explained { found, values: texts.into_iter().map(|text| self.meaning(text)).collect(), left_out }
    }

    fn meaning(&self, text: &str) -> ClaimValue {
        let stands_for = self.map.iter().filter(|(value, _)| value == text).map(|(_, role)| role.clone());
        let roles: Vec<AppRole> = stands_for.collect();
        let mapped = !roles.is_empty();
        let roles = if mapped { roles } else { AppRole::new(text).into_iter().collect() };
        ClaimValue { value: text.to_owned(), mapped, roles }
    }
}

/// What is found at the end of the configured way.
pub(super) struct Explained {
    /// What kind of thing it is.
    pub(super) found: ClaimFound,
    /// Each text of it.
    pub(super) values: Vec<ClaimValue>,
    /// What is no text, or behind the most that are read.
    pub(super) left_out: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(token: &Value, way: &str, map: &[(&str, &str)]) -> Vec<String> {
        let way = way.split('.').map(str::to_owned).collect();
        let map = map.iter().map(|(value, role)| ((*value).to_owned(), AppRole::new(*role).unwrap())).collect();
        Roles { way, map }.of(token).iter().map(|role| role.as_str().to_owned()).collect()
    }

    #[test]
    fn roles_come_from_the_configured_way_and_nowhere_else() {
        let token = serde_json::json!({
            "roles": ["Task.Read", 7, "Task.Audit"],
            "resource_access": { "clew": { "roles": "Task.Manage" } },
            "groups": { "a": 1 },
        });
        assert_eq!(of(&token, "roles", &[]), ["Task.Read", "Task.Audit"]);
        assert_eq!(of(&token, "resource_access.clew.roles", &[]), ["Task.Manage"]);
        assert!(of(&token, "groups", &[]).is_empty());
        assert!(of(&token, "absent.way", &[]).is_empty());
    }

    #[test]
    fn a_value_stands_for_what_the_map_says_and_else_for_itself() {
        let token = serde_json::json!({ "groups": ["6f1d", "/clew/auditors", "Bank.Analyst", "6F1D"] });
        let map = [("6f1d", "Task.Manage"), ("/clew/auditors", "Task.Audit"), ("6f1d", "Task.Read")];
        let expected = ["Task.Manage", "Task.Read", "Task.Audit", "Bank.Analyst", "6F1D"];
        assert_eq!(of(&token, "groups", &map), expected, "letter for letter, and a value that is mapped is no role");
        assert!(of(&token, "roles", &map).is_empty(), "the map gives nothing to whom the issuer names nothing for");
    }
}

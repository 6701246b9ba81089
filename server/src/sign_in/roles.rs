//! Roles out of a token that was verified: the configured way to the claim, and what its values mean here.
//!
//! An issuer may name groups by its own ids. `CLEW_OIDC_ROLES_MAP` says which role such a value stands for; a value
//! that is not in it is a role by itself. A claim that is absent or malformed gives no roles, and nothing gives a role
//! by default.

use access::AppRole;
use serde_json::Value;

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
        let found = self.way.iter().try_fold(payload, |inside, name| inside.get(name));
        let texts: Vec<&str> = match found {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one],
            _ => Vec::new(),
        };
        texts.into_iter().take(MOST_VALUES).flat_map(|text| self.meaning(text)).collect()
    }

    fn meaning(&self, text: &str) -> Vec<AppRole> {
        let stands_for = self.map.iter().filter(|(value, _)| value == text).map(|(_, role)| role.clone());
        let roles: Vec<AppRole> = stands_for.collect();
        if roles.is_empty() { AppRole::new(text).into_iter().collect() } else { roles }
    }
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

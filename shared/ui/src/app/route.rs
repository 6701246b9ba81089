//! Where the person is: what the address bar shows, and what a link leads to.
//!
//! | address | screen |
//! |---|---|
//! | `/` | the list of projects |
//! | `/p/<project>` | the workspace of a project, at its graph |
//! | `/p/<project>/table` | the workspace, at its tables |
//! | `/p/<project>/o/<type>/<key>/<key>…` | the workspace, with this object open |
//! | `/p/<project>/config/<page>` | the configuration of a project |
//! | `/admin/<page>` | administration of the instance, and one's own sessions |
//! | `/about` | version, licence, notices |

use access::{Action, ObjectTypeId, ProjectId};
use model::query::Key;

/// Where the person is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Route {
    /// The list of projects.
    #[default]
    Projects,
    /// The workspace of a project.
    Work {
        /// Which project.
        project: ProjectId,
        /// What the main pane shows.
        view: View,
    },
    /// The configuration of a project.
    Config {
        /// Which project.
        project: ProjectId,
        /// Which page of it.
        page: ConfigPage,
    },
    /// Administration of the instance, and one's own sessions.
    Admin {
        /// Which page of it.
        page: AdminPage,
    },
    /// What this program is, and what it is made of.
    About,
    /// An address that leads nowhere.
    Lost(String),
}

/// What the main pane of a workspace shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum View {
    /// The graph.
    #[default]
    Graph,
    /// The tables.
    Table,
    /// One object.
    Object {
        /// Its type.
        object_type: ObjectTypeId,
        /// Its key.
        key: Key,
    },
}

/// A page of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConfigPage {
    /// Sources.
    #[default]
    Sources,
    /// Object types.
    ObjectTypes,
    /// Link types.
    LinkTypes,
    /// Who has access.
    Access,
    /// Its name, and what it is for.
    Project,
    /// How somebody else sees all that.
    ViewAs,
}

impl ConfigPage {
    /// Every page, in the order of the screen.
    pub const ALL: [Self; 6] =
        [Self::Sources, Self::ObjectTypes, Self::LinkTypes, Self::Access, Self::Project, Self::ViewAs];

    const fn path(self) -> &'static str {
        match self {
            Self::Sources => "sources",
            Self::ObjectTypes => "object-types",
            Self::LinkTypes => "link-types",
            Self::Access => "access",
            Self::Project => "project",
            Self::ViewAs => "view-as",
        }
    }
}

/// A page of the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdminPage {
    /// One's own sessions: for everybody.
    #[default]
    Sessions,
    /// Everybody who has signed in, and their sessions.
    People,
    /// How people sign in.
    SignIn,
    /// How the server and its sources are.
    Health,
    /// The store as a whole, and backups.
    Store,
    /// The key of the store.
    Key,
    /// The settings by name, and what changed.
    Environment,
    /// What was written down.
    Audit,
}

impl AdminPage {
    /// Every page, in the order of the screen.
    pub const ALL: [Self; 8] = [
        Self::Sessions,
        Self::People,
        Self::SignIn,
        Self::Health,
        Self::Store,
        Self::Key,
        Self::Environment,
        Self::Audit,
    ];

    /// The rights that open the page; one of them is enough.
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Self::Sessions => &[Action::ManageOwnSessions],
            Self::People => &[Action::EndSessions, Action::Administer],
            Self::SignIn => &[Action::SetUp],
            Self::Health => &[Action::MonitorPerformance],
            Self::Store | Self::Key => &[Action::KeepStore],
            Self::Environment => &[Action::SeeEnvironment],
            Self::Audit => &[Action::ReadAudit],
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::People => "people",
            Self::SignIn => "sign-in",
            Self::Health => "health",
            Self::Store => "store",
            Self::Key => "key",
            Self::Environment => "environment",
            Self::Audit => "audit",
        }
    }
}

impl Route {
    /// Reads an address.
    pub fn parse(path: &str) -> Self {
        let lost = || Self::Lost(path.to_owned());
        let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        let words: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (project, rest) = match words.as_slice() {
            [] => return Self::Projects,
            ["about"] => return Self::About,
            ["admin"] => return Self::Admin { page: AdminPage::default() },
            ["admin", page] => {
                let known = AdminPage::ALL.into_iter().find(|known| known.path() == *page);
                return known.map_or_else(lost, |page| Self::Admin { page });
            }
            ["p", project, rest @ ..] => (ProjectId::new(*project), rest),
            _ => return lost(),
        };
        let Ok(project) = project else { return lost() };
        let view = |view| Self::Work { project: project.clone(), view };
        match rest {
            [] | ["graph"] => view(View::Graph),
            ["table"] => view(View::Table),
            ["o", object_type, key @ ..] if !key.is_empty() => match ObjectTypeId::new(*object_type) {
                Ok(object_type) => {
                    view(View::Object { object_type, key: key.iter().map(|part| (*part).to_owned()).collect() })
                }
                Err(_) => lost(),
            },
            ["config"] => Self::Config { project: project.clone(), page: ConfigPage::default() },
            ["config", page] => match ConfigPage::ALL.into_iter().find(|known| known.path() == *page) {
                Some(page) => Self::Config { project: project.clone(), page },
                None => lost(),
            },
            _ => lost(),
        }
    }

    /// The address.
    pub fn path(&self) -> String {
        match self {
            Self::Projects => "/".to_owned(),
            Self::About => "/about".to_owned(),
            Self::Admin { page } => format!("/admin/{}", page.path()),
            Self::Lost(path) => path.clone(),
            Self::Work { project, view: View::Graph } => format!("/p/{project}"),
            Self::Work { project, view: View::Table } => format!("/p/{project}/table"),
            Self::Work { project, view: View::Object { object_type, key } } => {
                let key: Vec<String> = key.iter().map(|part| encode(part)).collect();
                format!("/p/{project}/o/{object_type}/{}", key.join("/"))
            }
            Self::Config { project, page } => format!("/p/{project}/config/{}", page.path()),
        }
    }

    /// What the main pane of a workspace shows.
    pub fn view(&self) -> Option<&View> {
        match self {
            Self::Work { view, .. } => Some(view),
            Self::Projects | Self::Config { .. } | Self::Admin { .. } | Self::About | Self::Lost(_) => None,
        }
    }

    /// The project that it is about.
    pub fn project(&self) -> Option<&ProjectId> {
        match self {
            Self::Work { project, .. } | Self::Config { project, .. } => Some(project),
            Self::Projects | Self::Admin { .. } | Self::About | Self::Lost(_) => None,
        }
    }
}

/// Writes one part of a path. Everything but letters, digits, `-` and `_` becomes `~` and two hexadecimal digits, which no
/// proxy on the way rewrites, as some do with percent signs; an empty part becomes `~`.
fn encode(part: &str) -> String {
    if part.is_empty() {
        return "~".to_owned();
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    part.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("~{byte:02x}") }).collect()
}

fn decode(part: &str) -> String {
    if part == "~" {
        return String::new();
    }
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match (first, hex) {
            (b'%' | b'~', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_where_it_came_from() {
        let addresses = [
            "/",
            "/p/bank",
            "/p/bank/table",
            "/p/bank/o/person/1",
            "/p/bank/config/access",
            "/p/bank/config/project",
            "/p/bank/config/view-as",
            "/admin/sessions",
            "/admin/people",
            "/admin/sign-in",
            "/admin/health",
            "/admin/store",
            "/admin/key",
            "/admin/environment",
            "/admin/audit",
            "/about",
        ];
        for address in addresses {
            assert_eq!(Route::parse(address).path(), address);
        }
        let odd = ["a b/c", "æøå", "~", "", "..", "100%"].map(str::to_owned).to_vec();
        let route = Route::Work {
            project: ProjectId::new("bank").expect("a slug"),
            view: View::Object { object_type: ObjectTypeId::new("person").expect("a slug"), key: odd },
        };
        assert_eq!(Route::parse(&route.path()), route);
    }

    #[test]
    fn an_address_that_leads_nowhere_says_so() {
        for address in
            ["/x", "/admin/x", "/admin/people/x", "/p/Bank", "/p/bank/o/person", "/p/bank/config/x", "/p/bank/x/y"]
        {
            assert_eq!(Route::parse(address), Route::Lost(address.to_owned()));
        }
    }
}

//! The administration: its frame, sessions, people.

macro_rules! admin_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    Administration, "Administration", "Administrasjon";
    MySessions, "My sessions", "Øktene mine";
    PeoplePage, "People", "Personer";
    AuditPage, "Audit", "Revisjon";
    } };
}
pub(super) use admin_words;

//! A first model from a catalogue: object types from tables with a key, link types from foreign keys and link tables.

/// Stub.
pub struct Found {
    /// c
    pub changes: Vec<(crate::Change, String)>,
    /// l
    pub left_out: Vec<(crate::project::Table, String)>,
}
/// Stub.
pub fn suggest(_c: &crate::catalogue::Catalogue, _s: &crate::SourceId, _p: &crate::Project) -> Found {
    Found { changes: vec![], left_out: vec![] }
}

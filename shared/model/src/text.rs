//! A project as a folder of plain text, in a stable order and without credentials.

/// Stub.
pub fn write(_p: &crate::Project) -> Result<Vec<(String, String)>, std::fmt::Error> {
    Ok(vec![])
}
/// Stub.
pub fn read(_f: &[(String, String)]) -> Result<crate::Project, std::fmt::Error> {
    Err(std::fmt::Error)
}

//! Golden files: what is written now is compared with what was written when somebody last looked at it.

use std::path::PathBuf;

/// Compares with `tests/golden/<name>`, or writes it there when `UPDATE_GOLDEN` is set.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not a setting")]
pub(crate) fn golden(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let line = expected.lines().zip(actual.lines()).position(|(was, is)| was != is);
    assert!(expected == actual, "{name} differs from line {line:?} on; UPDATE_GOLDEN=1, then read the difference");
}

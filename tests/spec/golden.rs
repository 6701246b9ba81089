//! Golden files: what is said now is compared with what was said when somebody last looked at it.

use std::path::PathBuf;

/// Compares `actual` with `tests/spec/golden/<name>`, or writes it there when `UPDATE_GOLDEN` is set.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not a setting of the server")]
pub(crate) fn golden(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("spec/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).expect("the golden file can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(actual.lines()).position(|(was, is)| was != is);
    if expected != actual {
        let line = differs.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        let show = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
        panic!(
            "{name} differs from line {}:\n  was {}\n  is  {}\nIf that is meant: UPDATE_GOLDEN=1 cargo test -p \
             specification, then read the difference.",
            line + 1,
            show(&expected),
            show(actual)
        );
    }
}

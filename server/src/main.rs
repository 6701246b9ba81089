//! The program `clew`.
fn main() {}

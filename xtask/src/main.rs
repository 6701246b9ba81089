//! The box of automation.
fn main() {}

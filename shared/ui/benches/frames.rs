//! What one frame of the table and of the graph costs.
fn main() {}

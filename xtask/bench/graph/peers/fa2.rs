//! The crate fa2, graphology's own port to Rust: fa2 GRAPH tells the seconds of one round.

fn main() {
    let file = std::env::args().nth(1).expect("fa2 GRAPH");
    let text = std::fs::read_to_string(file).expect("a graph");
    let links: Vec<(usize, usize)> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(a, b)| (a.parse().expect("a number"), b.parse().expect("a number")))
        .collect();
    let nodes = links.iter().map(|&(a, b)| a.max(b) + 1).max().unwrap_or(0);
    let mut seed = 99u64;
    let mut chance = || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((seed >> 40) as f32 / (1u64 << 24) as f32 - 0.5) * 1000.0
    };
    let mut data = fa2::FA2Data::<f32>::with_capacity(nodes, links.len());
    for _ in 0..nodes {
        let (x, y) = (chance(), chance());
        data.add_node_with_position(x, y);
    }
    links.iter().for_each(|&(a, b)| drop(data.add_edge(a, b)));
    let mut layout = fa2::FA2Settings::<f32>::from_graph_order(nodes).parallel(false).build(data);
    let rounds = if nodes > 50_000 { 5 } else { 25 };
    let start = user_ticks();
    for _ in 0..rounds {
        layout.epoch();
    }
    println!("{{\"secs\": {}}}", (user_ticks() - start) / 100.0 / f64::from(rounds));
}

/// Hundredths of a second in this program, as the kernel counts them.
fn user_ticks() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, rest) = text.rsplit_once(") ").expect("a state");
    rest.split_whitespace().nth(11).and_then(|field| field.parse().ok()).expect("a time")
}

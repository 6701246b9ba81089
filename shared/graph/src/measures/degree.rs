//! How many edges a node has, and how much they weigh together.

use super::Compact;

/// One number per node each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Degrees {
    /// Edges that end here; an edge without direction counts at both of its ends, here and in `outgoing`.
    pub incoming: Vec<u32>,
    /// Edges that begin here.
    pub outgoing: Vec<u32>,
    /// Edges at the node, a loop counted twice (Diestel, Graph Theory, 1.2).
    pub all: Vec<u32>,
    /// The weights of `incoming`, `outgoing` and `all`, summed: the strength (Barrat et al. 2004).
    pub incoming_weight: Vec<f64>,
    pub outgoing_weight: Vec<f64>,
    pub all_weight: Vec<f64>,
}

/// Counts and sums the edges of every node; one pass over the edges.
pub fn degrees(net: &Compact) -> Degrees {
    let (mut found, nodes) = (Degrees::default(), net.len());
    for counts in [&mut found.incoming, &mut found.outgoing, &mut found.all] {
        counts.resize(nodes, 0);
    }
    for sums in [&mut found.incoming_weight, &mut found.outgoing_weight, &mut found.all_weight] {
        sums.resize(nodes, 0.0);
    }
    for edge in 0..net.edges() as u32 {
        let ([from, to], weight) = (net.ends(edge), f64::from(net.weight(edge)));
        let (from, to) = (from as usize, to as usize);
        add(&mut found.all, &mut found.all_weight, from, weight);
        add(&mut found.all, &mut found.all_weight, to, weight);
        add(&mut found.outgoing, &mut found.outgoing_weight, from, weight);
        add(&mut found.incoming, &mut found.incoming_weight, to, weight);
        if !net.is_directed(edge) {
            add(&mut found.outgoing, &mut found.outgoing_weight, to, weight);
            add(&mut found.incoming, &mut found.incoming_weight, from, weight);
        }
    }
    found
}

fn add(counts: &mut [u32], sums: &mut [f64], at: usize, weight: f64) {
    if let (Some(count), Some(sum)) = (counts.get_mut(at), sums.get_mut(at)) {
        *count += 1;
        *sum += weight;
    }
}

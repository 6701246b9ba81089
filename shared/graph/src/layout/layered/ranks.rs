//! Which layer each node is in.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the part")]

/// Every node below all that point at it, as high as that allows; then those that only point pulled down to right above whom
/// they point at. `pairs` close no ring.
pub(super) fn of(len: usize, pairs: &[[u32; 2]]) -> Vec<u32> {
    let (mut out, mut missing) = (vec![Vec::new(); len], vec![0u32; len]);
    for &[from, to] in pairs {
        out[from as usize].push(to);
        missing[to as usize] += 1;
    }
    let sources: Vec<u32> = (0..len as u32).filter(|&v| missing[v as usize] == 0).collect();
    let mut ready = sources.clone();
    let mut rank = vec![0u32; len];
    while let Some(v) = ready.pop() {
        for &w in &out[v as usize] {
            rank[w as usize] = rank[w as usize].max(rank[v as usize] + 1);
            missing[w as usize] -= 1;
            if missing[w as usize] == 0 {
                ready.push(w);
            }
        }
    }
    for v in sources {
        let nearest = out[v as usize].iter().map(|&w| rank[w as usize]).min();
        rank[v as usize] = nearest.map_or(0, |nearest| nearest - 1);
    }
    rank
}

//! A weighted net without directions, whose nodes may stand for several of the one below.
#![expect(clippy::indexing_slicing, reason = "every index is a node or a group of the level")]

use crate::measures::Compact;

/// The neighbours of `v` are `starts[v]..starts[v + 1]`, each once, without loops.
pub(super) struct Level {
    starts: Vec<u32>,
    /// With the weight towards each, side by side: a row is mostly one line of the cache, and this pass waits for memory.
    ways: Vec<(u32, f32)>,
    /// The weight of edges within the node, each once.
    loops: Vec<f64>,
    /// The weight of all edge ends at the node; a loop has two.
    pub(super) strength: Vec<f64>,
    /// The weight of all edges.
    pub(super) total: f64,
}

impl Level {
    pub(super) fn of(net: &Compact) -> Self {
        let undirected = net.undirected();
        let net = undirected.as_ref();
        let each = |v: u32| net.out().ways(v).map(|(to, edge)| (to, f64::from(net.weight(edge))));
        let members = net.nodes().map(|v| [v]);
        let own = vec![0.0; net.len()];
        Self::build(own, 1.0, members, |v, put| each(v).for_each(|(to, weight)| put(to, weight)))
    }

    /// The net whose nodes are the `count` parts: `parts` names that of each node here.
    pub(super) fn merged(&self, parts: &[u32], count: usize) -> Self {
        let mut starts = vec![0u32; count + 1];
        parts.iter().for_each(|&part| starts[part as usize + 1] += 1);
        (0..count).for_each(|part| starts[part + 1] += starts[part]);
        let mut next = starts.clone();
        let mut members = vec![0u32; parts.len()];
        for (v, &part) in parts.iter().enumerate() {
            members[next[part as usize] as usize] = v as u32;
            next[part as usize] += 1;
        }
        let row = |part: usize| &members[starts[part] as usize..starts[part + 1] as usize];
        let mut own = vec![0.0; count];
        parts.iter().zip(&self.loops).for_each(|(&part, &weight)| own[part as usize] += weight);
        // An edge within a part is seen from both of its ends.
        let each = |v: u32, put: &mut dyn FnMut(u32, f64)| {
            self.near(v).for_each(|(to, weight)| put(parts[to as usize], weight));
        };
        Self::build(own, 0.5, (0..count).map(row), each)
    }

    /// `loops` has what is within each node already; of a way from a node to itself `inner` is added to it.
    fn build<M: AsRef<[u32]>>(
        mut loops: Vec<f64>,
        inner: f64,
        members: impl Iterator<Item = M>,
        each: impl Fn(u32, &mut dyn FnMut(u32, f64)),
    ) -> Self {
        let (mut starts, mut ways) = (vec![0u32], Vec::new());
        let mut strength = vec![0.0; loops.len()];
        let (mut sums, mut is_touched, mut touched) = (vec![0.0; loops.len()], vec![false; loops.len()], Vec::new());
        for (v, members) in members.enumerate() {
            for &member in members.as_ref() {
                each(member, &mut |there, weight| {
                    if there as usize == v {
                        loops[v] += inner * weight;
                        return;
                    }
                    if !std::mem::replace(&mut is_touched[there as usize], true) {
                        touched.push(there);
                    }
                    sums[there as usize] += weight;
                });
            }
            for there in touched.drain(..) {
                is_touched[there as usize] = false;
                // What is kept is what is counted, and sums of the largest weights stay numbers.
                let weight = std::mem::take(&mut sums[there as usize]).min(f64::from(f32::MAX)) as f32;
                strength[v] += f64::from(weight);
                ways.push((there, weight));
            }
            strength[v] += 2.0 * loops[v];
            starts.push(ways.len() as u32);
        }
        let total = strength.iter().sum::<f64>() * 0.5;
        Self { starts, ways, loops, strength, total }
    }

    pub(super) fn len(&self) -> usize {
        self.loops.len()
    }

    pub(super) fn near(&self, v: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let row = self.starts[v as usize] as usize..self.starts[v as usize + 1] as usize;
        self.ways[row].iter().map(|&(to, weight)| (to, f64::from(weight)))
    }

    /// The weight that a node of `strength` would share with one of strength 1 by chance, times the resolution.
    pub(super) fn expected(&self, strength: f64, resolution: f64) -> f64 {
        if self.total > 0.0 { resolution * strength / (2.0 * self.total) } else { 0.0 }
    }

    pub(super) fn modularity(&self, of: &[u32], resolution: f64) -> f64 {
        if self.total <= 0.0 || of.len() != self.len() {
            return 0.0;
        }
        let groups = of.iter().max().map_or(0, |&most| most as usize + 1);
        let (mut inside, mut strength) = (0.0, vec![0.0; groups]);
        for v in 0..self.len() {
            strength[of[v] as usize] += self.strength[v];
            let near = self.near(v as u32).filter(|(to, _)| of[*to as usize] == of[v]);
            inside += self.loops[v] + 0.5 * near.map(|(_, weight)| weight).sum::<f64>();
        }
        let chance: f64 = strength.iter().map(|sum| (sum / (2.0 * self.total)).powi(2)).sum();
        inside / self.total - resolution * chance
    }
}

//! Which links could lie on a way or ring in the order of time, when only their first and last times are known: so that no
//! more is asked of a source than can matter. It may keep too many, and never drops one that matters.
#![expect(clippy::indexing_slicing, reason = "ends are checked on entry; every other index is a node or link")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A link that happened at some times from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: u32,
    pub to: u32,
    pub both_ways: bool,
    pub first: i64,
    pub last: i64,
}

impl Span {
    /// The ways over it: from, to.
    fn ways(&self) -> impl Iterator<Item = (u32, u32)> {
        std::iter::once((self.from, self.to)).chain(self.both_ways.then_some((self.to, self.from)))
    }
}

const NEVER: i64 = i64::MAX;

/// By link, whether a way from the one node to the other could take it; along directions.
pub fn on_ways(nodes: usize, spans: &[Span], [from, to]: [u32; 2]) -> Vec<bool> {
    if from as usize >= nodes || to as usize >= nodes || !fits(nodes, spans) {
        return vec![false; spans.len()];
    }
    let since = arrivals(nodes, spans, from);
    // The latest departures are the earliest arrivals where everything is turned round.
    let turned: Vec<Span> = spans
        .iter()
        .map(|span| Span { from: span.to, to: span.from, first: -span.last, last: -span.first, ..*span })
        .collect();
    let until = arrivals(nodes, &turned, to);
    let is_on = |span: &Span| {
        span.ways().any(|(from, to)| {
            let (since, until) = (since[from as usize], until[to as usize]);
            since != NEVER && until != NEVER && span.first.max(since) <= span.last.min(-until)
        })
    };
    spans.iter().map(is_on).collect()
}

fn fits(nodes: usize, spans: &[Span]) -> bool {
    spans.iter().all(|span| (span.from.max(span.to) as usize) < nodes && span.first > -NEVER)
}

/// The links at each node, by their places.
fn links_at(nodes: usize, spans: &[Span]) -> Vec<Vec<u32>> {
    let mut at = vec![Vec::new(); nodes];
    for (link, span) in (0u32..).zip(spans) {
        span.ways().for_each(|(from, _)| at[from as usize].push(link));
    }
    at
}

/// When each node can be reached at the earliest, if each link could be taken at any time of its span.
fn arrivals(nodes: usize, spans: &[Span], start: u32) -> Vec<i64> {
    let out = links_at(nodes, spans);
    let mut earliest = vec![NEVER; nodes];
    earliest[start as usize] = -NEVER;
    let mut queue = BinaryHeap::from([Reverse((-NEVER, start))]);
    while let Some(Reverse((time, here))) = queue.pop() {
        if time > earliest[here as usize] {
            continue;
        }
        for span in out[here as usize].iter().map(|&link| &spans[link as usize]).filter(|span| span.last >= time) {
            let arrival = span.first.max(time);
            for (_, there) in span.ways().filter(|(from, _)| *from == here) {
                if arrival < earliest[there as usize] {
                    earliest[there as usize] = arrival;
                    queue.push(Reverse((arrival, there)));
                }
            }
        }
    }
    earliest
}

/// By link, whether a ring of at most so many steps could take it, through one of these where there are any; along
/// directions.
pub fn on_rings(nodes: usize, spans: &[Span], through: &[u32], most_steps: u32) -> Vec<bool> {
    if !fits(nodes, spans) {
        return vec![false; spans.len()];
    }
    let mut is_on = vec![true; spans.len()];
    if !through.is_empty() {
        let turned: Vec<Span> = spans.iter().map(|span| Span { from: span.to, to: span.from, ..*span }).collect();
        let (away, home) = (steps(nodes, spans, through), steps(nodes, &turned, through));
        let is_near = |(from, to): (u32, u32)| {
            away[from as usize].saturating_add(home[to as usize]).saturating_add(1) <= most_steps
        };
        is_on = spans.iter().map(|span| span.ways().any(is_near)).collect();
    }
    trim(nodes, spans, &mut is_on);
    is_on
}

/// Steps from the nearest of `starts` to each node.
fn steps(nodes: usize, spans: &[Span], starts: &[u32]) -> Vec<u32> {
    let out = links_at(nodes, spans);
    let mut steps = vec![u32::MAX; nodes];
    let mut queue: VecDeque<u32> = starts.iter().copied().filter(|&v| (v as usize) < nodes).collect();
    queue.iter().for_each(|&start| steps[start as usize] = 0);
    while let Some(here) = queue.pop_front() {
        for span in out[here as usize].iter().map(|&link| &spans[link as usize]) {
            for (_, there) in span.ways().filter(|(from, _)| *from == here) {
                if steps[there as usize] == u32::MAX {
                    steps[there as usize] = steps[here as usize] + 1;
                    queue.push_back(there);
                }
            }
        }
    }
    steps
}

/// Takes away links that begin where none ends, or end where none begins, until there are none of them.
fn trim(nodes: usize, spans: &[Span], is_on: &mut [bool]) {
    let mut at = vec![Vec::new(); nodes];
    // By node, how many links begin there, and how many end.
    let mut counts = vec![[0u32; 2]; nodes];
    for (link, span) in (0u32..).zip(spans).filter(|(link, _)| is_on[*link as usize]) {
        for (from, to) in span.ways() {
            counts[from as usize][0] += 1;
            counts[to as usize][1] += 1;
        }
        at[span.from as usize].push(link);
        at[span.to as usize].push(link);
    }
    let mut queue: VecDeque<u32> = (0..spans.len() as u32).collect();
    while let Some(link) = queue.pop_front() {
        let span = &spans[link as usize];
        let leads_on = span.ways().any(|(from, to)| counts[from as usize][1] > 0 && counts[to as usize][0] > 0);
        if leads_on || !std::mem::replace(&mut is_on[link as usize], false) {
            continue;
        }
        for (from, to) in span.ways() {
            for (node, which) in [(from, 0), (to, 1)] {
                counts[node as usize][which] -= 1;
                if counts[node as usize][which] == 0 {
                    queue.extend(&at[node as usize]);
                }
            }
        }
    }
}

//! Ways between two selected objects, and what several selected ones have in common.

use graph::measures::{
    Compact, Edge, Length, Passable, Route, ToTheEnd, all_shortest_paths, common_neighbours, k_shortest_paths,
};
use graph::{Follow, Graph, LinkId, NodeId, Path};

use super::{board, groups};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// The most ways that are listed.
const MOST_LISTED: usize = 50;
/// How many ways are looked for where the next best count, too.
const NEXT_BEST: usize = 10;

/// Which ways are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// One with the fewest steps.
    Shortest,
    /// All with the fewest steps.
    AllShortest,
    /// The ten shortest that pass no object twice.
    TenShortest,
}

/// The ways that were found last.
#[derive(Default)]
pub(super) struct Found {
    pub(super) paths: Vec<Path>,
    /// How many there are, listed or not.
    pub(super) count: u64,
}

/// Finds ways between the two selected objects, selects the first and lists all.
pub(super) fn find(model: &mut Model, outbox: &Outbox, ways: Ways, follow: Follow) {
    let board = &mut model.work.board;
    let ends: Vec<NodeId> = board.selected.iter().copied().collect();
    let [from, to] = ends.as_slice() else {
        model.notify(model.words.t(Word::PathNeedsTwo));
        return;
    };
    let mut found = search(&board.graph, [*from, *to], ways, follow);
    // Which of both was meant as the beginning is not known: what leads back counts, too.
    if found.paths.is_empty() && follow == Follow::Forward {
        found = search(&board.graph, [*to, *from], ways, follow);
    }
    let Some(first) = found.paths.first().cloned() else {
        model.notify(model.words.t(Word::NoPath));
        return;
    };
    let (hops, count) = (first.nodes.len().saturating_sub(1) as u64, found.count);
    // Closed groups that it leads through are opened.
    groups::open_around(model, outbox, &first.nodes);
    model.work.board.show_ways(found);
    let hops = model.words.with(Word::PathFound, &[&model.words.count(hops)]);
    let told = model.words.with(Word::WaysFound, &[&model.words.count(count)]);
    model.notify(if count > 1 { format!("{told} {hops}") } else { hops });
}

/// Shows another one of the ways that were found.
pub(super) fn show(model: &mut Model, outbox: &Outbox, number: usize) {
    let nodes = model.work.board.ways().0.get(number).map(|way| way.nodes.clone()).unwrap_or_default();
    groups::open_around(model, outbox, &nodes);
    model.work.board.show_way(number);
}

fn search(graph: &Graph, [from, to]: [NodeId; 2], ways: Ways, follow: Follow) -> Found {
    if ways == Ways::Shortest {
        let paths: Vec<Path> = graph.shortest_path(from, to, follow).into_iter().collect();
        return Found { count: paths.len() as u64, paths };
    }
    let (ids, net) = net(graph, follow);
    let place = |id: NodeId| ids.binary_search(&id).map_or(u32::MAX, |at| at as u32);
    let ends = [place(from), place(to)];
    let (routes, count) = match ways {
        Ways::Shortest | Ways::AllShortest => {
            let all = all_shortest_paths(&net, ends[0], ends[1], &Passable::default(), MOST_LISTED);
            (all.routes, all.count)
        }
        Ways::TenShortest => {
            let steps = Length::Steps;
            let routes = k_shortest_paths(&net, ends, NEXT_BEST, steps, &Passable::default(), &mut ToTheEnd);
            let routes = routes.unwrap_or_default();
            let count = routes.len() as u64;
            (routes, count)
        }
    };
    Found { paths: routes.iter().map(|route| path(graph, &ids, route, follow)).collect(), count }
}

/// What is shown, as the measures read it.
fn net(graph: &Graph, follow: Follow) -> (Vec<NodeId>, Compact) {
    let ids: Vec<NodeId> = graph.shown().map(|(id, _)| id).collect();
    let place = |id: NodeId| ids.binary_search(&id).map_or(0, |at| at as u32);
    let edge = |(_, link): (LinkId, &graph::Link)| Edge {
        from: place(link.from),
        to: place(link.to),
        is_directed: link.directed && follow == Follow::Forward,
        weight: 1.0,
    };
    let edges: Vec<Edge> = graph.shown_links().map(edge).collect();
    let net = Compact::new(ids.len(), &edges).unwrap_or_default();
    (ids, net)
}

/// A route with all links that join two neighbours of it and could be taken.
fn path(graph: &Graph, ids: &[NodeId], route: &Route, follow: Follow) -> Path {
    let nodes: Vec<NodeId> = route.nodes.iter().filter_map(|at| ids.get(*at as usize).copied()).collect();
    let hops = nodes.iter().zip(nodes.iter().skip(1));
    let links = hops.flat_map(|(here, there)| {
        let joins = move |id: &LinkId| {
            graph.link(*id).is_some_and(|link| {
                let is_onward = (link.from, link.to) == (*here, *there);
                let is_back = (link.to, link.from) == (*here, *there);
                is_onward || (is_back && (follow == Follow::Any || !link.directed))
            })
        };
        graph.links_at(*here).filter(joins)
    });
    let links = links.collect();
    Path { nodes, links }
}

/// Selects what at least two of the selected objects are linked with.
pub(super) fn select_common(model: &mut Model, outbox: &Outbox) {
    let graph = &model.work.board.graph;
    let (ids, net) = net(graph, Follow::Any);
    let selected: Vec<u32> =
        (0u32..).zip(&ids).filter(|(_, id)| model.work.board.selected.contains(id)).map(|(at, _)| at).collect();
    if selected.len() < 2 {
        model.notify(model.words.t(Word::CommonNeedsTwo));
        return;
    }
    let common = common_neighbours(&net, &selected, 2);
    let found: Vec<NodeId> = common.iter().filter_map(|common| ids.get(common.node as usize).copied()).collect();
    if found.is_empty() {
        model.notify(model.words.t(Word::NothingInCommon));
        return;
    }
    model.notify(model.words.with(Word::InCommon, &[&model.words.count(found.len() as u64)]));
    let all = model.work.board.selected.iter().copied().chain(found).collect::<Vec<_>>();
    board::select(model, outbox, all);
}

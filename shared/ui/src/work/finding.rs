//! Looks for ways and rings: what may be passed is put together here, rows of links are asked for where their times matter,
//! and the engine searches beside the page.
//!
//! What is drawn as one link may stand for many rows, each with a time of its own. A link of one row has the time of that; of
//! the others those are asked about that could lie on a way at all, by their first and last times.

use std::collections::HashMap;

use access::LinkTypeId;
use graph::measures::{FROM, MOST_ROUTES, Measure as Kernel, NEXT_BEST, Options, Results, Span, TO, on_rings, on_ways};
use graph::{Graph, Link, LinkId, NodeId, TypeId};
use model::LinkType;

use super::link_rows::{self, Asking};
use super::measuring::{self, Engine, News, Question, numbered, place};
use super::ways::{Found, Gaps, Row, Step, Wanted, Way, Ways};
use super::{going, ways};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::{Word, Words};

/// The search that is under way, if any.
#[derive(Default)]
pub(super) struct Finding {
    engine: Option<Box<dyn Engine>>,
    pub(super) run: Option<Run>,
}

/// A search.
pub(super) struct Run {
    /// Its number among what is under way.
    pub(super) number: u64,
    wanted: Wanted,
    /// The two ends, or what rings are to pass.
    meant: Vec<NodeId>,
    ids: Vec<NodeId>,
    /// What may be taken, ascending.
    links: Vec<LinkId>,
    /// In the order of time, the rows behind each.
    pub(super) rows: HashMap<LinkId, Vec<Row>>,
    pub(super) asking: Asking,
    pub(super) gaps: Gaps,
    structure: u64,
    /// Whether it is from the second end to the first.
    is_turned: bool,
}

/// Looks for ways between the two selected objects, or for rings; shows the first and lists all.
pub(super) fn find(model: &mut Model, outbox: &Outbox, wanted: Wanted) {
    if let Some(number) = model.work.finding.run.as_ref().map(|run| run.number) {
        going::stop(model, outbox, number);
    }
    let meant = model.work.board.meant(&wanted.limits.without);
    if !wanted.is_ring() && meant.len() != 2 {
        model.notify(model.words.t(Word::PathNeedsTwo));
        return;
    }
    let what = if wanted.is_ring() { Word::FindingRings } else { Word::FindingWays };
    let number = going::begin(model, model.words.t(what).to_owned());
    let mut run = Run {
        number,
        wanted,
        meant,
        ids: numbered(&model.work.board.graph),
        links: Vec::new(),
        rows: HashMap::new(),
        asking: Asking::default(),
        gaps: Gaps::default(),
        structure: model.work.board.graph.structure(),
        is_turned: false,
    };
    run.choose(model);
    if run.wanted.is_in_time() {
        run.drop_impossible(&model.work.board.graph);
        run.know_rows(model);
    }
    model.work.finding.run = Some(run);
    go_on(model, outbox);
}

/// Asks for the next rows, or begins to search where there are no more to ask for.
pub(super) fn go_on(model: &mut Model, outbox: &Outbox) {
    if link_rows::ask(model, outbox) {
        return;
    }
    let finding = &mut model.work.finding;
    let Some(run) = &finding.run else { return };
    let (number, question) = (run.number, run.question(&model.work.board.graph));
    let engine = finding.engine.get_or_insert_with(|| measuring::engine(outbox.inbox(), hear));
    if let Some(answer) = engine.start(number, question) {
        came(model, outbox, number, answer);
    }
}

/// Ends a search that nobody waits for any more.
pub(super) fn stop(model: &mut Model, number: u64) {
    let finding = &mut model.work.finding;
    if finding.run.take_if(|run| run.number == number).is_some() {
        finding.engine = None;
    }
}

fn hear(model: &mut Model, outbox: &Outbox, number: u64, news: News) {
    match news {
        News::Share(share) => going::note_share(model, number, share),
        News::Done(answer) => came(model, outbox, number, answer),
    }
}

fn came(model: &mut Model, outbox: &Outbox, number: u64, answer: Result<Results, String>) {
    let Some(mut run) = model.work.finding.run.take_if(|run| run.number == number) else { return };
    let found = match answer {
        Ok(results) => run.read(&model.work.board.graph, &results),
        Err(sentence) => {
            going::end(model, number);
            model.notify(model.words.with(Word::NotFound, &[&sentence]));
            return;
        }
    };
    // Which of both ends was meant as the beginning is not known: what leads back counts, too.
    let leads_back = run.wanted.directed || run.wanted.is_in_time();
    if found.ways.is_empty() && leads_back && !run.wanted.is_ring() && !run.is_turned {
        run.is_turned = true;
        model.work.finding.run = Some(run);
        go_on(model, outbox);
        return;
    }
    going::end(model, number);
    let told = told(model, &found);
    let is_any = !found.ways.is_empty();
    model.work.board.take_ways(found);
    if is_any {
        ways::show(model, outbox, 0);
    }
    model.notify(told);
}

fn told(model: &Model, found: &Found) -> String {
    let words = model.words;
    let count = words.count(found.count);
    let steps = || found.ways.first().map_or_else(String::new, |way| words.count(way.steps.len() as u64));
    let first = match found.wanted.as_ref().map(|wanted| wanted.ways) {
        _ if found.ways.is_empty() => found.none(words),
        Some(Ways::Rings { .. }) if found.has_more => words.with(Word::MoreRings, &[&count]),
        Some(Ways::Rings { .. }) => words.with(Word::RingsFound, &[&count]),
        Some(Ways::InTime) => words.with(Word::TimedWayFound, &[&steps()]),
        _ => {
            let hops = words.with(Word::PathFound, &[&steps()]);
            if found.count > 1 { format!("{} {hops}", words.with(Word::WaysFound, &[&count])) } else { hops }
        }
    };
    std::iter::once(first).chain(found.gaps.told(model)).collect::<Vec<_>>().join(" ")
}

impl Found {
    /// That nothing was found, and what to do about it.
    pub fn none(&self, words: Words) -> String {
        match self.wanted.as_ref().map(|wanted| wanted.ways) {
            Some(Ways::Rings { most_steps, .. }) => words.with(Word::NoRing, &[&words.count(u64::from(most_steps))]),
            Some(Ways::InTime) => words.t(Word::NoTimedWay).to_owned(),
            _ => words.t(Word::NoPath).to_owned(),
        }
    }
}

impl Gaps {
    /// What people are told of it.
    pub fn told(&self, model: &Model) -> Vec<String> {
        let words = model.words;
        let names = self.untimed_types.iter().filter_map(|id| model.link_type(id)).map(|kind| kind.name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        let counted = |word, count: u64| (count > 0).then(|| words.with(word, &[&words.count(count)]));
        let all = [
            (!names.is_empty()).then(|| words.with(Word::TypesWithoutTime, &[&names])),
            counted(Word::LinksWithoutTime, self.untimed),
            counted(Word::SumsNotKnown, self.unknown_sums),
            self.cut_rows.map(|rows| words.with(Word::RowsCut, &[&words.count(rows)])),
        ];
        all.into_iter().flatten().collect()
    }
}

/// What is said of a type of links, so that it is looked up once for all of them.
#[derive(Clone, Copy)]
struct Of<'a> {
    kind: Option<&'a LinkType>,
    is_left_out: bool,
}

impl Run {
    /// Takes the links that may be passed.
    fn choose(&mut self, model: &Model) {
        let (board, limits) = (&model.work.board, &self.wanted.limits);
        let graph = &board.graph;
        let mut types: HashMap<TypeId, Of<'_>> = HashMap::new();
        let of_type = |number: &TypeId| {
            let id = LinkTypeId::new(graph.link_type(*number)).ok();
            Of {
                kind: id.as_ref().and_then(|id| model.link_type(id)),
                is_left_out: id.is_some_and(|id| limits.without_links.contains(&id)),
            }
        };
        let may_pass = |id: NodeId| {
            let is_type_left_out = || {
                let number = graph.node(id).map(|node| node.object_type);
                number.is_some_and(|number| {
                    limits.without_types.iter().any(|left_out| left_out.as_str() == graph.object_type(number))
                })
            };
            self.meant.contains(&id) || !(limits.without.contains(&id) || is_type_left_out())
        };
        let (mut links, mut gaps) = (Vec::new(), Gaps::default());
        for (id, link) in graph.shown_links() {
            let of = *types.entry(link.link_type).or_insert_with_key(of_type);
            let fits = !of.is_left_out && link.count >= limits.least_rows;
            if !fits || link.from == link.to || !may_pass(link.from) || !may_pass(link.to) {
                continue;
            }
            if self.wanted.is_in_time() {
                match of.kind.filter(|kind| kind.time.is_some()) {
                    None => {
                        gaps.untimed_types.extend(of.kind.map(|kind| kind.id.clone()));
                        continue;
                    }
                    Some(_) if link.first_micros.is_none() => {
                        gaps.untimed += 1;
                        continue;
                    }
                    Some(_) => {}
                }
            }
            let counts_rows = self.wanted.is_in_time() && link.count > 1;
            let has_amount = of.kind.is_some_and(|kind| kind.amount.is_some());
            if let Some(least) = limits.least_amount.filter(|_| has_amount && !counts_rows) {
                let sums = link.sum.map(|sum| vec![sum]);
                let sums = sums.or_else(|| Some(model.work.money.of(id)?.values().copied().collect()));
                match sums {
                    None => {
                        gaps.unknown_sums += 1;
                        continue;
                    }
                    Some(sums) if !sums.iter().any(|sum| sum.is_at_least(least)) => continue,
                    Some(_) => {}
                }
            }
            links.push(id);
        }
        (self.links, self.gaps) = (links, gaps);
    }

    fn leads_both_ways(&self, link: &Link) -> bool {
        !(self.wanted.directed && link.directed)
    }

    /// Leaves out what can lie on no way, by first and last times.
    fn drop_impossible(&mut self, graph: &Graph) {
        let span = |id: &LinkId| {
            let link = graph.link(*id)?;
            let [from, to] = [link.from, link.to].map(|id| place(&self.ids, id));
            let first = link.first_micros?;
            let last = link.last_micros.unwrap_or(first);
            Some(Span { from, to, both_ways: self.leads_both_ways(link), first, last })
        };
        let (links, spans): (Vec<LinkId>, Vec<Span>) =
            self.links.iter().filter_map(|id| Some((*id, span(id)?))).unzip();
        let meant: Vec<u32> = self.meant.iter().map(|id| place(&self.ids, *id)).collect();
        let nodes = self.ids.len();
        let kept = match (self.wanted.ways, meant.as_slice()) {
            (Ways::Rings { most_steps, .. }, through) => on_rings(nodes, &spans, through, most_steps),
            (_, [one, other]) => {
                let back = on_ways(nodes, &spans, [*other, *one]);
                let there = on_ways(nodes, &spans, [*one, *other]);
                there.into_iter().zip(back).map(|(there, back)| there || back).collect()
            }
            _ => vec![true; spans.len()],
        };
        self.links = links.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(id, _)| id).collect();
    }

    /// Takes the rows of links that stand for one, and notes which others are to be asked for.
    fn know_rows(&mut self, model: &Model) {
        let graph = &model.work.board.graph;
        let mut unknown = Vec::new();
        for id in &self.links {
            let Some(link) = graph.link(*id) else { continue };
            let (1, Some(at)) = (link.count, link.first_micros) else {
                unknown.push(*id);
                continue;
            };
            let currencies = model.work.money.of(*id);
            let (currency, amount) = currencies
                .and_then(|sums| sums.first_key_value())
                .map_or((String::new(), link.sum), |(currency, sum)| (currency.clone(), Some(*sum)));
            self.rows.insert(*id, vec![Row { at, amount, currency }]);
        }
        self.asking = Asking::of(model, &unknown, self.wanted.limits.least_amount);
    }

    /// What the engine is asked: links that lead both ways first, and in the order of time one for each row.
    fn question(&self, graph: &Graph) -> Question {
        let (mut both, mut onward) = (Vec::new(), Vec::new());
        for id in &self.links {
            let Some(link) = graph.link(*id) else { continue };
            let pair = [link.from, link.to].map(|id| place(&self.ids, id));
            let into = if self.leads_both_ways(link) { &mut both } else { &mut onward };
            match self.rows.get(id) {
                Some(rows) => into.extend(rows.iter().map(|row| (pair, row.at as f64))),
                None if self.wanted.is_in_time() => {}
                None => into.push((pair, f64::NAN)),
            }
        }
        let (kernel, a) = match self.wanted.ways {
            Ways::Shortest => (Kernel::ShortestWays, 1.0),
            Ways::AllShortest => (Kernel::ShortestWays, MOST_ROUTES as f64),
            Ways::TenShortest => (Kernel::NextBestWays, NEXT_BEST as f64),
            Ways::InTime => (Kernel::TimedWay, 1.0),
            Ways::Rings { most_steps, .. } => (Kernel::Rings, f64::from(most_steps)),
        };
        let (b, c) = (both.len() as f64, self.wanted.most_gap.map_or(-1.0, |gap| gap as f64));
        both.append(&mut onward);
        let (links, times): (Vec<[u32; 2]>, Vec<f64>) = both.into_iter().unzip();
        let mut marks = vec![0; self.ids.len()];
        for (at, id) in self.meant.iter().enumerate() {
            let is_end = !self.wanted.is_ring() && (at == 1) != self.is_turned;
            if let Some(mark) = marks.get_mut(place(&self.ids, *id) as usize) {
                *mark = if is_end { TO } else { FROM };
            }
        }
        let options = Options { has_directions: true, by_weight: false, a, b, c };
        let times = if self.wanted.is_in_time() { times } else { Vec::new() };
        Question { kernel, options, nodes: self.ids.len(), links, weights: Vec::new(), times, marks }
    }

    /// What the engine found, as it is shown.
    fn read(&self, graph: &Graph, results: &Results) -> Found {
        let mut times = results.columns.iter().map(|time| *time as i64);
        let mut numbers = results.list.iter();
        let mut found = Found {
            wanted: Some(self.wanted.clone()),
            meant: self.meant.clone(),
            gaps: self.gaps.clone(),
            structure: self.structure,
            ..Found::default()
        };
        while let Some(length) = numbers.next() {
            let of_way = numbers.by_ref().take(*length as usize);
            let mut nodes: Vec<NodeId> = of_way.filter_map(|at| self.ids.get(*at as usize).copied()).collect();
            if self.wanted.is_ring() {
                nodes.extend(nodes.first().copied());
            }
            let hops = nodes.iter().zip(nodes.iter().skip(1));
            let steps = hops.map(|(here, there)| {
                let at = if self.wanted.is_in_time() { times.next() } else { None };
                self.step(graph, *here, *there, at)
            });
            let steps = steps.collect();
            found.ways.push(Way { nodes, steps });
        }
        let [count, is_complete] = results.told;
        (found.count, found.has_more) = (count as u64, is_complete < 1.0);
        found
    }

    fn step(&self, graph: &Graph, here: NodeId, there: NodeId, at: Option<i64>) -> Step {
        let row = |id: LinkId| self.rows.get(&id)?.iter().find(|row| Some(row.at) == at);
        let joins = |id: &LinkId| {
            graph.link(*id).is_some_and(|link| {
                let is_onward = (link.from, link.to) == (here, there);
                let is_back = (link.to, link.from) == (here, there);
                (is_onward || (is_back && self.leads_both_ways(link))) && (at.is_none() || row(*id).is_some())
            })
        };
        let links = graph.links_at(here).filter(|id| self.links.binary_search(id).is_ok());
        let links: Vec<LinkId> = links.filter(joins).collect();
        let row = links.first().and_then(|id| row(*id)).cloned();
        Step { links, row }
    }
}

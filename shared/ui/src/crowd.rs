//! Made-up graphs of any size, for tests and benches of the drawing: clusters in a spiral, the objects of each in a spiral of
//! their own, most links at the few hubs of a cluster, some to the next one, few across. Never part of what ships.

use graph::{Chance, Place};

use super::canvas::{Link, Node};

/// The angle by which one goes on in a spiral that leaves no gaps, in radians.
const GOLDEN: f32 = 2.399_963;
/// Between two neighbours in a cluster, and between clusters, as shares of what they need.
const NEIGHBOURS: f32 = 62.0;
const APART: f32 = 1.25;
const KINDS: [(&str, char); 4] = [("Person", 'P'), ("Company", 'C'), ("Account", 'A'), ("Address", 'O')];
const NAMES: [&str; 6] =
    ["Kari Nordmann", "Vestlandet Import AS", "9710.22.55103", "Ferry Road 12", "Jonas Eide", "Blue Strait Ltd"];

/// A graph of so many nodes and links, the same each time.
pub(crate) fn crowd(nodes: u32, links: u32) -> (Vec<Node>, Vec<Place>, Vec<Link>) {
    let mut chance = Chance::seeded(20_261_130);
    let clusters = clusters(nodes, &mut chance);
    let made = (0..nodes).map(|index| {
        let kind = chance.below(KINDS.len());
        let (name, icon) = KINDS.get(kind).copied().unwrap_or(("Object", '?'));
        let label = NAMES.get(index as usize % NAMES.len()).copied().unwrap_or_default();
        Node { colour: kind, icon, label: format!("{label} {index}"), kind: name.into(), ..Node::default() }
    });
    let made = made.collect();
    let places = clusters.iter().flat_map(Cluster::places).collect();
    let link = |number: u32| {
        let at = (number as usize * clusters.len()) / links.max(1) as usize;
        let home = clusters.get(at).copied().unwrap_or_default();
        let next = clusters.get((at + 1) % clusters.len().max(1)).copied().unwrap_or_default();
        let from = home.first + chance.below(home.count as usize) as u32;
        let to = match chance.below(100) {
            0..3 => chance.below(nodes as usize) as u32,
            3..10 => next.hub(&mut chance),
            _ => home.hub(&mut chance),
        };
        let is_money = chance.below(3) == 0;
        let weight = if is_money { chance.centred().abs() * 2.0 } else { 0.0 };
        let kind = if is_money { "paid to" } else { "linked to" };
        Link { from, to, kind: kind.into(), weight, directed: true, colour: is_money.then_some(2), ..Link::default() }
    };
    (made, places, (0..links).map(link).collect())
}

/// Objects that know each other.
#[derive(Clone, Copy, Default)]
struct Cluster {
    first: u32,
    count: u32,
    middle: Place,
}

impl Cluster {
    /// One of the first, which lie in the middle.
    fn hub(&self, chance: &mut Chance) -> u32 {
        let share = chance.centred() + 0.5;
        self.first + ((share * share * share * self.count as f32) as u32).min(self.count.saturating_sub(1))
    }

    fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let [x, y] = self.middle;
        (0..self.count).map(move |at| {
            let (radius, angle) = (NEIGHBOURS * (at as f32).sqrt(), GOLDEN * at as f32);
            [x + radius * angle.cos(), y + radius * angle.sin()]
        })
    }
}

/// From 20 to 300 in each, in a spiral that grows by what they need.
fn clusters(nodes: u32, chance: &mut Chance) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut first = 0;
    while first < nodes {
        let share = chance.centred() + 0.5;
        let count = (20 + (280.0 * share * share) as u32).min(nodes - first);
        let (radius, angle) =
            (APART * NEIGHBOURS * (first as f32 + 0.5 * count as f32).sqrt(), GOLDEN * clusters.len() as f32);
        clusters.push(Cluster { first, count, middle: [radius * angle.cos(), radius * angle.sin()] });
        first += count;
    }
    clusters
}

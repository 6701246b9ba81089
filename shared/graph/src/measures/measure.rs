//! The measures under the numbers by which the page calls them, and their results as flat arrays.

use super::{
    BadEdge, Cancelled, Compact, Edge, Leiden, PageRank, Watch, betweenness, closeness, clustering, components, cuts,
    degrees, k_core, leiden, minimum_spanning_forest, page_rank, search, strong_components,
};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Measure {
    /// One column: the component of each node, 0 being the largest. Told: how many there are.
    Components = 0,
    /// The same along directions.
    StrongComponents = 1,
    /// Six columns: edges in, out, at all; and their weights.
    Degrees = 2,
    /// One column. `a` is the damping. Told: 1 if it is settled.
    PageRank = 3,
    /// One column. `a` is from how many nodes at most it is counted. Told: from how many it was, and 1 if that is all.
    Betweenness = 4,
    /// Two columns, closeness and harmonic; as betweenness.
    Closeness = 5,
    /// One column.
    KCore = 6,
    /// Two columns: triangles at each node, and its clustering. Told: that of the whole.
    Clustering = 7,
    /// One column: the community of each node, 0 being the largest. `a` is the resolution, `b` how many rounds. Told: how
    /// many there are, and the modularity.
    Communities = 8,
    /// A list: links that are bridges, then nodes that are articulation points. Told: how many of each.
    Cuts = 9,
    /// A list: the links of the lightest forest. Told: what they weigh together.
    Spanning = 10,
    /// A list of ways: each as how many nodes it passes, then those. `a` is how many at most. Told: how many there are, and
    /// 1 if these are all that were looked for. For this one and all below, links between the same two nodes are one; the
    /// first `b` lead both ways, the others from the first to the second alone.
    ShortestWays = 11,
    /// The same with the next best ones.
    NextBestWays = 12,
    /// The same of one way in the order of time; `c` is the most that may lie between a step and the next, below 0 for no
    /// bound. One column: when each step is taken, way by way.
    TimedWay = 13,
    /// The same of rings of at most `a` steps, in the order of time where links have times; the last node leads back to the
    /// first, with a time of its own.
    Rings = 14,
}

/// What a measure is told beside the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Whether links lead one way only.
    pub has_directions: bool,
    /// Whether a link counts by its weight, or each the same.
    pub by_weight: bool,
    /// See [`Measure`].
    pub a: f64,
    pub b: f64,
    pub c: f64,
}

/// The graph as flat arrays.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub nodes: usize,
    /// Pairs of node numbers.
    pub links: &'a [[u32; 2]],
    /// One per link, or none.
    pub weights: &'a [f32],
    /// One per link, in microseconds since 1970, no number where it is not known; or none, where time does not matter.
    pub times: &'a [f64],
    /// One per node, or none: see `FROM` and `TO`.
    pub marks: &'a [u8],
}

/// What a measure found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// One column after the other, each with one number per node.
    pub columns: Vec<f64>,
    /// Numbers of links or nodes.
    pub list: Vec<u32>,
    /// See [`Measure`]; what is not told is 0.
    pub told: [f64; 2],
}

impl Measure {
    const ALL: [Self; 15] = [
        Self::Components,
        Self::StrongComponents,
        Self::Degrees,
        Self::PageRank,
        Self::Betweenness,
        Self::Closeness,
        Self::KCore,
        Self::Clustering,
        Self::Communities,
        Self::Cuts,
        Self::Spanning,
        Self::ShortestWays,
        Self::NextBestWays,
        Self::TimedWay,
        Self::Rings,
    ];

    /// The measure of a number.
    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| *measure as u32 == number)
    }

    /// Computes it.
    ///
    /// # Errors
    /// If a link or an option is wrong, or `watch` ended it.
    pub fn run(
        self,
        asked: &Asked<'_>,
        options: &Options,
        seed: u64,
        watch: &mut dyn Watch,
    ) -> Result<Results, Unmeasured> {
        match self {
            Self::ShortestWays => search::shortest(asked, options),
            Self::NextBestWays => search::next_best(asked, options, watch),
            Self::TimedWay => search::in_time(asked, options),
            Self::Rings => search::rings(asked, options, watch),
            _ => self.of_net(&net(asked, options)?, options, seed, watch),
        }
    }

    fn of_net(self, net: &Compact, options: &Options, seed: u64, watch: &mut dyn Watch) -> Result<Results, Unmeasured> {
        let Options { a, b, by_weight, .. } = *options;
        Ok(match self {
            Self::Components => Results::numbered(&components(net)),
            Self::StrongComponents => Results::numbered(&strong_components(net)),
            Self::Degrees => {
                let found = degrees(net);
                let counts = [found.incoming, found.outgoing, found.all].concat();
                let weights = [found.incoming_weight, found.outgoing_weight, found.all_weight].concat();
                Results::of(counts.into_iter().map(f64::from).chain(weights), [0.0, 0.0])
            }
            Self::PageRank => {
                let how = PageRank { damping: within(a, 0.0, 1.0)?, by_weight, ..PageRank::default() };
                let found = page_rank(net, &how, watch)?;
                Results::of(found.ranks, [f64::from(found.is_settled), 0.0])
            }
            Self::Betweenness => {
                let found = betweenness(net, count(a)?, seed, watch)?;
                Results::of(found.scores, [found.sources as f64, f64::from(found.is_exact)])
            }
            Self::Closeness => {
                let found = closeness(net, count(a)?, seed, watch)?;
                let told = [found.sources as f64, f64::from(found.is_exact)];
                Results::of([found.closeness, found.harmonic].concat(), told)
            }
            Self::KCore => Results::of(k_core(net, watch)?.into_iter().map(f64::from), [0.0, 0.0]),
            Self::Clustering => {
                let found = clustering(net, watch)?;
                let triangles = found.triangles.iter().map(|triangles| *triangles as f64);
                Results::of(triangles.chain(found.local), [found.global, 0.0])
            }
            Self::Communities => {
                let how =
                    Leiden { resolution: within(a, 0.0, f64::MAX)?, rounds: count(b)?.min(MOST_ROUNDS) as u32, seed };
                let found = leiden(net, &how, watch)?;
                Results::of(found.of.iter().copied().map(f64::from), [f64::from(found.count), found.modularity])
            }
            Self::Cuts => {
                let found = cuts(net, watch)?;
                let told = [found.bridges.len() as f64, found.articulations.len() as f64];
                Results { list: [found.bridges, found.articulations].concat(), told, ..Results::default() }
            }
            Self::Spanning => {
                let found = minimum_spanning_forest(net, watch)?;
                Results { list: found.edges, told: [found.weight, 0.0], ..Results::default() }
            }
            Self::ShortestWays | Self::NextBestWays | Self::TimedWay | Self::Rings => Results::default(),
        })
    }
}

/// Beyond this Leiden finds nothing better.
const MOST_ROUNDS: usize = 100;

impl Results {
    fn of(columns: impl IntoIterator<Item = f64>, told: [f64; 2]) -> Self {
        Self { columns: columns.into_iter().collect(), list: Vec::new(), told }
    }

    /// One column of parts, numbered from 0.
    fn numbered(parts: &[u32]) -> Self {
        let count = parts.iter().max().map_or(0, |most| most + 1);
        Self::of(parts.iter().copied().map(f64::from), [f64::from(count), 0.0])
    }
}

/// What is measured, all links of one kind.
fn net(asked: &Asked<'_>, options: &Options) -> Result<Compact, Unmeasured> {
    let weight = |at: usize| asked.weights.get(at).copied().filter(|_| options.by_weight).unwrap_or(1.0);
    let edge = |(at, &[from, to]): (usize, &[u32; 2])| Edge {
        from,
        to,
        is_directed: options.has_directions,
        weight: weight(at),
    };
    let edges: Vec<Edge> = asked.links.iter().enumerate().map(edge).collect();
    Ok(Compact::new(asked.nodes, &edges)?)
}

/// Why nothing was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmeasured {
    #[error("there are more links than can be measured")]
    TooMany,
    #[error("a link names an object that does not exist")]
    UnknownNode,
    #[error("a weight or an option is not a number that will do")]
    BadNumber,
    #[error("cancelled")]
    Cancelled,
}

impl From<BadEdge> for Unmeasured {
    fn from(bad: BadEdge) -> Self {
        match bad {
            BadEdge::UnknownNode { .. } => Self::UnknownNode,
            BadEdge::Weight { .. } => Self::BadNumber,
            BadEdge::TooMany(_) => Self::TooMany,
        }
    }
}

impl From<Cancelled> for Unmeasured {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

fn within(number: f64, least: f64, most: f64) -> Result<f64, Unmeasured> {
    if (least..=most).contains(&number) { Ok(number) } else { Err(Unmeasured::BadNumber) }
}

pub(super) fn count(number: f64) -> Result<usize, Unmeasured> {
    within(number, 0.0, f64::from(u32::MAX)).map(|number| number as usize)
}

//! One piece of work at a time over one graph, with the buffers that the page fills and reads.

use graph::layout::{Arrangement, BadInput, ForceDirected, Kind, LIMIT_LINKS, LIMIT_NODES, Layout, Places};
use graph::measures::{Asked, Measure, Options, Results, Unmeasured};

/// The flag of a node that may not be moved. The other bits are left for later and must be 0.
const FIXED: u8 = 1;
/// Always the same, so that the same graph gives the same picture and the same numbers.
const SEED: u64 = 0x0C1E_0000;
/// Names no node.
const NONE: u32 = u32::MAX;

/// A graph and what is done with it. Wishes come in this order: `reserve`, fill the buffers; then `start` and `step` until
/// it is done, or `measure`.
#[derive(Default)]
pub struct Session {
    links: Vec<[u32; 2]>,
    weights: Vec<f32>,
    times: Vec<f64>,
    flags: Vec<u8>,
    groups: Vec<u32>,
    numbers: Vec<[f64; 2]>,
    places: Places,
    layout: Option<Box<dyn Layout>>,
    results: Results,
}

/// Why a session refuses something, as the page gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Refused {
    /// More nodes or links than a layout takes.
    TooMany = -1,
    /// A link or an option names a node that does not exist.
    UnknownNode = -2,
    /// Nothing was started.
    NotStarted = -3,
    /// There is no layout or measure of this number.
    UnknownKind = -4,
    /// A weight or an option is not a number that will do.
    BadNumber = -5,
    /// Nobody wants the result any more.
    Cancelled = -6,
}

impl From<Unmeasured> for Refused {
    fn from(cause: Unmeasured) -> Self {
        match cause {
            Unmeasured::TooMany => Self::TooMany,
            Unmeasured::UnknownNode => Self::UnknownNode,
            Unmeasured::BadNumber => Self::BadNumber,
            Unmeasured::Cancelled => Self::Cancelled,
        }
    }
}

impl Session {
    /// Ends what runs and makes room for so many nodes and links.
    ///
    /// # Errors
    /// If that is more than a layout takes.
    pub fn reserve(&mut self, nodes: usize, links: usize) -> Result<(), Refused> {
        *self = Self::default();
        if nodes > LIMIT_NODES || links > LIMIT_LINKS {
            return Err(Refused::TooMany);
        }
        self.links = vec![[0, 0]; links];
        self.flags = vec![0; nodes];
        self.places.at = vec![[0.0, 0.0]; nodes];
        Ok(())
    }

    /// Pairs of node numbers, to be filled between `reserve` and `start`.
    pub fn links_mut(&mut self) -> &mut [[u32; 2]] {
        &mut self.links
    }

    /// One byte per node, to be filled between `reserve` and `start`: 1 for a node that may not be moved; of a search, its
    /// marks.
    pub fn flags_mut(&mut self) -> &mut [u8] {
        &mut self.flags
    }

    /// x and y per node, in pixels at zoom 1: filled before `start`, read after each `step`.
    pub fn places_mut(&mut self) -> &mut [[f32; 2]] {
        &mut self.places.at
    }

    /// One number per link for those who weigh them, 1 unless it is filled.
    pub fn weights_mut(&mut self) -> &mut [f32] {
        self.weights.resize(self.links.len(), 1.0);
        &mut self.weights
    }

    /// One number per link for searches in the order of time: none unless it is filled.
    pub fn times_mut(&mut self) -> &mut [f64] {
        self.times.resize(self.links.len(), f64::NAN);
        &mut self.times
    }

    /// The group of each node, for those who group: 0 unless it is filled.
    pub fn groups_mut(&mut self) -> &mut [u32] {
        self.groups.resize(self.flags.len(), 0);
        &mut self.groups
    }

    /// Two numbers per node, for those who place by them: not known unless it is filled.
    pub fn numbers_mut(&mut self) -> &mut [[f64; 2]] {
        self.numbers.resize(self.flags.len(), [f64::NAN; 2]);
        &mut self.numbers
    }

    /// Begins to lay out what the buffers hold, and gives back the links. `of` is a node, where the kind asks for one, or the highest number.
    ///
    /// # Errors
    /// If there is no such kind, or a link or `of` names a node that does not exist.
    pub fn start(&mut self, kind: u32, of: u32) -> Result<(), Refused> {
        let arrangement = self.arrangement(Kind::of_number(kind).ok_or(Refused::UnknownKind)?, of)?;
        self.places.fixed = self.flags.iter().map(|flags| flags & FIXED != 0).collect();
        self.layout = Some(arrangement.begin(&self.places, &self.links, SEED).map_err(refused)?);
        // The layout has its own; of millions these would be the larger part of the memory.
        self.links = Vec::new();
        Ok(())
    }

    /// Begins to lay out by forces from the places in the buffers, as if all nodes were free: each step with a small budget is
    /// one round over all of them.
    ///
    /// # Errors
    /// If a link names a node that does not exist.
    pub fn go_on(&mut self) -> Result<(), Refused> {
        self.places.fixed = vec![false; self.flags.len()];
        self.layout = Some(Box::new(ForceDirected::going_on(&self.places, &self.links).map_err(refused)?));
        Ok(())
    }

    fn arrangement(&self, kind: Kind, of: u32) -> Result<Arrangement, Refused> {
        let firsts = || self.numbers.iter().map(|[first, _]| *first).collect();
        let known = |[longitude, latitude]: [f64; 2]| {
            (longitude.is_finite() && latitude.is_finite()).then_some([longitude, latitude])
        };
        Ok(match kind {
            Kind::ForceDirected => Arrangement::ForceDirected,
            Kind::Layered => Arrangement::Layered,
            Kind::Radial => Arrangement::Radial { centre: self.node(of)? },
            Kind::Circular => Arrangement::Circular { groups: self.groups.clone() },
            Kind::Rows => Arrangement::Rows { rank: firsts() },
            Kind::Timeline => Arrangement::Timeline { when: firsts(), groups: self.groups.clone() },
            Kind::Geographic => {
                Arrangement::Geographic { coordinates: self.numbers.iter().copied().map(known).collect() }
            }
        })
    }

    fn node(&self, of: u32) -> Result<Option<u32>, Refused> {
        match of {
            NONE => Ok(None),
            of if (of as usize) < self.flags.len() => Ok(Some(of)),
            _ => Err(Refused::UnknownNode),
        }
    }

    /// Works on about `budget` nodes; true when the layout is done.
    ///
    /// # Errors
    /// If nothing was started.
    pub fn step(&mut self, budget: usize) -> Result<bool, Refused> {
        let layout = self.layout.as_mut().ok_or(Refused::NotStarted)?;
        Ok(layout.step(&mut self.places, budget))
    }

    /// Computes a measure over the links, weights, times and flags in the buffers. `watch` is told how far it is, and ends it
    /// with false.
    ///
    /// # Errors
    /// If there is no such measure, a link or an option is wrong, or `watch` ended it.
    pub fn measure(
        &mut self,
        kind: u32,
        options: &Options,
        watch: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<(), Refused> {
        self.results = Results::default();
        let measure = Measure::of_number(kind).ok_or(Refused::UnknownKind)?;
        let Self { links, weights, times, flags, .. } = &*self;
        let asked = Asked { nodes: flags.len(), links, weights, times, marks: flags };
        self.results = measure.run(&asked, options, SEED, &mut { watch })?;
        Ok(())
    }

    /// What the last measure found.
    pub fn results(&self) -> &Results {
        &self.results
    }
}

fn refused(bad: BadInput) -> Refused {
    match bad {
        BadInput::UnknownNode(_) => Refused::UnknownNode,
        BadInput::TooMany(_) | BadInput::UnequalLengths { .. } => Refused::TooMany,
    }
}

//! One door to all layouts, for whoever lets a person choose among them.

use super::{BadInput, ForceDirected, Layered, Layout, Places, circular, geographic, radial, rows, timeline};

/// Which layout, with what it has to know of the nodes: one entry for each; missing ones mean that it is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Arrangement {
    /// Linked nodes near each other, the others apart.
    #[default]
    ForceDirected,
    /// Sources above, sinks below.
    Layered,
    /// Rings around a node, by default the one with most links.
    Radial { centre: Option<u32> },
    /// A circle for each group.
    Circular { groups: Vec<u32> },
    /// Rows that are read like a page, the smallest rank first.
    Rows { rank: Vec<f64> },
    /// From left to right by time, a lane for each group.
    Timeline { when: Vec<f64>, groups: Vec<u32> },
    /// On a map: longitude and latitude in degrees.
    Geographic { coordinates: Vec<Option<[f64; 2]>> },
}

/// The layouts under the numbers by which a page and its worker name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    ForceDirected = 0,
    Layered = 1,
    Radial = 2,
    Circular = 3,
    Rows = 4,
    Timeline = 5,
    Geographic = 6,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::ForceDirected,
        Self::Layered,
        Self::Radial,
        Self::Circular,
        Self::Rows,
        Self::Timeline,
        Self::Geographic,
    ];

    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u32 == number)
    }
}

impl Arrangement {
    pub fn kind(&self) -> Kind {
        match self {
            Self::ForceDirected => Kind::ForceDirected,
            Self::Layered => Kind::Layered,
            Self::Radial { .. } => Kind::Radial,
            Self::Circular { .. } => Kind::Circular,
            Self::Rows { .. } => Kind::Rows,
            Self::Timeline { .. } => Kind::Timeline,
            Self::Geographic { .. } => Kind::Geographic,
        }
    }

    /// Begins it. `seed` matters to the force-directed one alone; the same input and seed give the same picture.
    ///
    /// # Errors
    /// If a link or the centre names a node that does not exist, or a limit is passed.
    pub fn begin(&self, places: &Places, links: &[[u32; 2]], seed: u64) -> Result<Box<dyn Layout>, BadInput> {
        Ok(match self {
            Self::ForceDirected => Box::new(ForceDirected::new(places, links, seed)?),
            Self::Layered => Box::new(Layered::new(places, links)?),
            Self::Radial { centre } => Box::new(radial(places, links, *centre)?),
            Self::Circular { groups } => Box::new(circular(places, links, groups)?),
            Self::Rows { rank } => Box::new(rows(places, rank)?),
            Self::Timeline { when, groups } => Box::new(timeline(places, when, groups)?),
            Self::Geographic { coordinates } => Box::new(geographic(places, links, coordinates)?),
        })
    }
}

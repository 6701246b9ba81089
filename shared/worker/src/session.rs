//! One layout at a time, with the buffers that the page fills and reads.

use graph::layout::{BadInput, ForceDirected, LIMIT_LINKS, LIMIT_NODES, Layout, Places};

/// The flag of a node that may not be moved. The other bits are left for later and must be 0.
const FIXED: u8 = 1;
/// Always the same, so that the same graph gives the same picture.
const SEED: u64 = 0x0C1E_0000;

/// A layout and its input. Wishes come in this order: `reserve`, fill the buffers, `start`, `step` until it is done.
#[derive(Default)]
pub struct Session {
    links: Vec<[u32; 2]>,
    flags: Vec<u8>,
    places: Places,
    layout: Option<ForceDirected>,
}

/// Why a session does not start, as the page gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Refused {
    /// More nodes or links than a layout takes.
    TooMany = -1,
    /// A link names a node that does not exist.
    UnknownNode = -2,
    /// Nothing was started.
    NotStarted = -3,
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

    /// One byte per node, to be filled between `reserve` and `start`: 1 for a node that may not be moved.
    pub fn flags_mut(&mut self) -> &mut [u8] {
        &mut self.flags
    }

    /// x and y per node, in pixels at zoom 1: filled before `start`, read after each `step`.
    pub fn places_mut(&mut self) -> &mut [[f32; 2]] {
        &mut self.places.at
    }

    /// Begins to lay out what the buffers hold.
    ///
    /// # Errors
    /// If a link names a node that does not exist.
    pub fn start(&mut self) -> Result<(), Refused> {
        self.places.fixed = self.flags.iter().map(|flags| flags & FIXED != 0).collect();
        let layout = ForceDirected::new(&self.places, &self.links, SEED).map_err(|bad| match bad {
            BadInput::UnknownNode(_) => Refused::UnknownNode,
            BadInput::TooMany(_) | BadInput::UnequalLengths { .. } => Refused::TooMany,
        })?;
        self.layout = Some(layout);
        Ok(())
    }

    /// Works on about `budget` nodes; true when the layout is done.
    ///
    /// # Errors
    /// If nothing was started.
    pub fn step(&mut self, budget: usize) -> Result<bool, Refused> {
        let layout = self.layout.as_mut().ok_or(Refused::NotStarted)?;
        Ok(layout.step(&mut self.places, budget))
    }
}

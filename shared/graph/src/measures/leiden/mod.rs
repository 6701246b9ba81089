//! Communities: groups with more weight inside than chance would put there.

mod level;
mod moving;
mod refining;

use super::components::by_size;
use super::{Cancelled, Compact, Watch, ask};
use crate::Chance;
use level::Level;

/// How to look for communities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leiden {
    /// Larger finds more and smaller communities; 1 is modularity as it was first defined.
    pub resolution: f64,
    /// Rounds over the whole net, each of which begins with what the last one found; it ends earlier if one finds nothing
    /// better.
    pub rounds: u32,
    /// The same seed gives the same communities.
    pub seed: u64,
}

impl Default for Leiden {
    fn default() -> Self {
        Self { resolution: 1.0, rounds: 2, seed: 1 }
    }
}

/// See [`leiden`].
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// The number of each node's community: 0 for the largest, and so on.
    pub of: Vec<u32>,
    pub count: u32,
    /// See [`modularity`].
    pub modularity: f64,
}

/// Communities by the Leiden method (Traag, Waltman and van Eck 2019): nodes move to where they gain most; communities are
/// refined into well connected parts; the parts become the nodes of a smaller net; until nothing moves. Every community is
/// connected. Directions are forgotten, edges count by weight, parallel ones together.
///
/// # Errors
/// [`Cancelled`].
pub fn leiden(net: &Compact, how: &Leiden, watch: &mut dyn Watch) -> Result<Communities, Cancelled> {
    let base = Level::of(net);
    let mut chance = Chance::seeded(how.seed);
    let mut communities: Vec<u32> = net.nodes().collect();
    for round in 0..how.rounds.max(1) {
        ask(watch, round as usize, how.rounds as usize)?;
        let better = one_round(&base, communities.clone(), how.resolution, &mut chance, watch)?;
        let is_same = better == communities;
        communities = better;
        if is_same {
            break;
        }
    }
    let of = by_size(smallest(&communities));
    let count = of.iter().max().map_or(0, |most| most + 1);
    let modularity = base.modularity(&of, how.resolution);
    Ok(Communities { of, count, modularity })
}

/// How much more weight lies within these communities than if every node kept its weight and the edges were drawn by
/// chance (Newman 2004; with a resolution, Reichardt and Bornholdt 2006): from -0.5 to 1. `of` names the community of each
/// node; 0 without edges.
pub fn modularity(net: &Compact, of: &[u32], resolution: f64) -> f64 {
    Level::of(net).modularity(of, resolution)
}

/// From `communities` of the base up through smaller and smaller nets, and back.
fn one_round(
    base: &Level,
    mut communities: Vec<u32>,
    resolution: f64,
    chance: &mut Chance,
    watch: &mut dyn Watch,
) -> Result<Vec<u32>, Cancelled> {
    // Which node of the net in work stands for each node of the base.
    let mut stands: Vec<u32> = (0..base.len() as u32).collect();
    let mut smaller: Option<Level> = None;
    loop {
        let level = smaller.as_ref().unwrap_or(base);
        ask(watch, base.len() - level.len(), base.len())?;
        moving::run(level, &mut communities, resolution, chance);
        let (parts, count) = refining::run(level, &communities, resolution, chance);
        if count == level.len() {
            let of = |stand: &u32| communities.get(*stand as usize).copied().unwrap_or_default();
            return Ok(smallest(&stands.iter().map(of).collect::<Vec<u32>>()));
        }
        let mut above = vec![0; count];
        for (part, community) in parts.iter().zip(&communities) {
            if let Some(slot) = above.get_mut(*part as usize) {
                *slot = *community;
            }
        }
        for stand in &mut stands {
            *stand = parts.get(*stand as usize).copied().unwrap_or_default();
        }
        smaller = Some(level.merged(&parts, count));
        communities = smallest(&above);
    }
}

/// The same groups, each named by its smallest member.
fn smallest(groups: &[u32]) -> Vec<u32> {
    let most = groups.iter().max().map_or(0, |&most| most as usize + 1);
    let mut first = vec![u32::MAX; most];
    for (v, &group) in groups.iter().enumerate() {
        if let Some(slot @ &mut u32::MAX) = first.get_mut(group as usize) {
            *slot = v as u32;
        }
    }
    groups.iter().map(|&group| first.get(group as usize).copied().unwrap_or_default()).collect()
}

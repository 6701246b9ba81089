//! The pixels, and how a mesh comes onto them.

use std::ops::Range;

use crate::shade::Shade;
use crate::span::{At, Outline, Plane};
use crate::{Texture, Vertex};

/// Red, green, blue and alpha as four bytes, in this order in memory.
pub type Pixel = u32;

/// An opaque picture while it is painted: `width * height` pixels row by row from the top.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Pixel>,
    /// Pixels per point.
    scale: f32,
    /// The point at the first pixel's outer corner.
    origin: At,
}

/// The pixels that may be painted.
#[derive(Clone, Debug)]
pub struct Window {
    pub columns: Range<usize>,
    pub rows: Range<usize>,
}

impl Sheet {
    /// A sheet of one colour; the point `origin` lies at its corner, and a point is `scale` pixels long.
    pub fn new([width, height]: [usize; 2], [red, green, blue]: [u8; 3], scale: f32, origin: [f32; 2]) -> Self {
        Self { width, height, pixels: vec![u32::from_ne_bytes([red, green, blue, 255]); width * height], scale, origin }
    }

    /// All of it.
    pub fn whole(&self) -> Window {
        Window { columns: 0..self.width, rows: 0..self.height }
    }

    /// The pixels between two points, rounded to whole ones.
    pub fn window(&self, from: [f32; 2], to: [f32; 2]) -> Window {
        // `as usize` takes what is below 0 as 0.
        let edge = |at: f32, origin: f32, limit: usize| (((at - origin) * self.scale).round() as usize).min(limit);
        let [left, top] = self.origin;
        let (first, end) = (edge(from[0], left, self.width), edge(to[0], left, self.width));
        let (above, below) = (edge(from[1], top, self.height), edge(to[1], top, self.height));
        Window { columns: first..end.max(first), rows: above..below.max(above) }
    }

    /// Paints triangles, three numbers of corners each; a number without a corner is left out with its triangle.
    pub fn paint(&mut self, vertices: &[Vertex], indices: &[u32], texture: &Texture, window: &Window) {
        let mut rest = indices;
        while let [a, b, c, tail @ ..] = rest {
            // Two triangles that make one quad, as nearly all do.
            if let [d, e, f, tail @ ..] = tail
                && (d, e) == (c, b)
                && let Some(quad) = corners(vertices, [a, b, f, c])
                && is_even(quad)
            {
                self.polygon(quad, texture, window);
                rest = tail;
                continue;
            }
            if let Some(triangle) = corners(vertices, [a, b, c]) {
                self.polygon(triangle, texture, window);
            }
            rest = tail;
        }
    }

    /// Paints a convex polygon whose first three corners tell the whole of it.
    fn polygon<const CORNERS: usize>(&mut self, of: [&Vertex; CORNERS], texture: &Texture, window: &Window) {
        let at = of.map(|vertex| self.pixel(vertex.at));
        let outline = Outline::new(at);
        let rows = outline.rows(window.rows.clone());
        let ([first, second, third, ..], [a, b, c, ..]) = (at.as_slice(), of.as_slice()) else { return };
        if rows.is_empty() || at.iter().all(|at| at[0] < window.columns.start as f32) {
            return;
        }
        let Some(plane) = Plane::new([*first, *second, *third]) else { return };
        let shade = Shade::new(&plane, [a, b, c], texture);
        for row in rows {
            let columns = outline.columns(row, window.columns.clone());
            let start = row * self.width;
            if let Some(pixels) = self.pixels.get_mut(start + columns.start..start + columns.end) {
                shade.fill(pixels, columns.start, row);
            }
        }
    }

    fn pixel(&self, [x, y]: At) -> At {
        [(x - self.origin[0]) * self.scale, (y - self.origin[1]) * self.scale]
    }
}

fn corners<'a, const CORNERS: usize>(
    vertices: &'a [Vertex],
    indices: [&u32; CORNERS],
) -> Option<[&'a Vertex; CORNERS]> {
    let first = vertices.first()?;
    let mut corners = [first; CORNERS];
    for (corner, &index) in corners.iter_mut().zip(indices) {
        *corner = vertices.get(index as usize)?;
    }
    Some(corners)
}

/// Whether the last of four corners, given around, follows from the others, so that all is one slope.
fn is_even([a, b, c, d]: [&Vertex; 4]) -> bool {
    let follows = |of: fn(&Vertex) -> [f32; 2], within: f32| {
        let [a, b, c, d] = [a, b, c, d].map(of);
        (a[0] + c[0] - b[0] - d[0]).abs() <= within && (a[1] + c[1] - b[1] - d[1]).abs() <= within
    };
    let is_one_colour = a.colour == b.colour && b.colour == c.colour && c.colour == d.colour;
    is_one_colour && follows(|vertex| vertex.at, 1e-2) && follows(|vertex| vertex.uv, 1e-6)
}

//! The names under which the page calls the engine, and the only file of the crate that needs `unsafe`.
//!
//! What is unsafe here is the naming alone: an unmangled name could meet another of the same name in one program. The
//! module is linked by itself, and each name below is given once and begins with `layout_`, `measure_` or `paint_`, so
//! there is no other. The one name that the page gives, `goes_on`, takes and gives numbers.
//!
//! No pointer from outside is ever read here. The page gets the addresses of buffers that `Session` owns and writes at
//! most as many numbers as it reserved; wasm keeps it inside the module's own memory in any case, and every number is
//! checked by `start` before it is used. Addresses hold until the next `layout_reserve`; any call may grow the memory,
//! so the page makes its views anew after each.
#![expect(unsafe_code, reason = "exported names; see the head of the file")]

use std::cell::RefCell;

use graph::measures::Options;

use crate::painting::Painting;
use crate::session::{Refused, Session};

thread_local! {
    /// A wasm module has one thread and this page's worker one layout.
    static SESSION: RefCell<Session> = RefCell::default();
    /// And one picture.
    static PAINTING: RefCell<Painting> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Session) -> T) -> T {
    SESSION.with_borrow_mut(act)
}

fn painting<T>(act: impl FnOnce(&mut Painting) -> T) -> T {
    PAINTING.with_borrow_mut(act)
}

fn code(result: Result<bool, Refused>) -> i32 {
    match result {
        Ok(is_done) => i32::from(is_done),
        Err(refused) => refused as i32,
    }
}

/// Makes room; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn layout_reserve(nodes: u32, links: u32) -> i32 {
    code(with(|session| session.reserve(nodes as usize, links as usize)).map(|()| false))
}

/// Where to write two `u32` per link.
#[unsafe(no_mangle)]
pub extern "C" fn layout_links() -> *mut u32 {
    with(|session| session.links_mut().as_mut_ptr().cast())
}

/// Where to write one byte per node.
#[unsafe(no_mangle)]
pub extern "C" fn layout_flags() -> *mut u8 {
    with(|session| session.flags_mut().as_mut_ptr())
}

/// Where to write and read two `f32` per node.
#[unsafe(no_mangle)]
pub extern "C" fn layout_places() -> *mut f32 {
    with(|session| session.places_mut().as_mut_ptr().cast())
}

/// Where to write one `f32` per link.
#[unsafe(no_mangle)]
pub extern "C" fn layout_weights() -> *mut f32 {
    with(|session| session.weights_mut().as_mut_ptr())
}

/// Where to write one `f64` per link.
#[unsafe(no_mangle)]
pub extern "C" fn measure_times() -> *mut f64 {
    with(|session| session.times_mut().as_mut_ptr())
}

/// Where to write one `u32` per node.
#[unsafe(no_mangle)]
pub extern "C" fn layout_groups() -> *mut u32 {
    with(|session| session.groups_mut().as_mut_ptr())
}

/// Where to write two `f64` per node.
#[unsafe(no_mangle)]
pub extern "C" fn layout_numbers() -> *mut f64 {
    with(|session| session.numbers_mut().as_mut_ptr().cast())
}

/// Begins a layout by the number of its `Kind`; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn layout_start(kind: u32, of: u32) -> i32 {
    code(with(|session| session.start(kind, of)).map(|()| false))
}

/// Begins to lay out from the places in the buffers; 0, or the code of `Refused`. For measuring single rounds.
#[unsafe(no_mangle)]
pub extern "C" fn layout_go_on() -> i32 {
    code(with(Session::go_on).map(|()| false))
}

/// Works on about `budget` nodes; 0 to go on, 1 when done, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn layout_step(budget: u32) -> i32 {
    code(with(|session| session.step(budget as usize)))
}

/// Computes a `Measure` by its number; 0, or the code of `Refused`. `how` has two bits: 1 for directions, 2 for weights.
#[unsafe(no_mangle)]
pub extern "C" fn measure_run(kind: u32, how: u32, a: f64, b: f64, c: f64) -> i32 {
    let options = Options { has_directions: how & 1 != 0, by_weight: how & 2 != 0, a, b, c };
    code(with(|session| session.measure(kind, &options, &mut page::asked)).map(|()| false))
}

/// Where the columns begin, as `f64`.
#[unsafe(no_mangle)]
pub extern "C" fn measure_columns() -> *const f64 {
    with(|session| session.results().columns.as_ptr())
}

/// How many numbers all columns have together.
#[unsafe(no_mangle)]
pub extern "C" fn measure_columns_length() -> u32 {
    with(|session| session.results().columns.len() as u32)
}

/// Where the list begins, as `u32`.
#[unsafe(no_mangle)]
pub extern "C" fn measure_list() -> *const u32 {
    with(|session| session.results().list.as_ptr())
}

/// How long the list is.
#[unsafe(no_mangle)]
pub extern "C" fn measure_list_length() -> u32 {
    with(|session| session.results().list.len() as u32)
}

/// One of the two numbers that are told beside.
#[unsafe(no_mangle)]
pub extern "C" fn measure_told(which: u32) -> f64 {
    with(|session| session.results().told.get(which as usize).copied().unwrap_or(0.0))
}

/// Makes room for a texture; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn paint_reserve_texture(width: u32, height: u32) -> i32 {
    code(painting(|painting| painting.reserve_texture(width, height)).map(|()| false))
}

/// Where to write one byte per texel.
#[unsafe(no_mangle)]
pub extern "C" fn paint_coverage() -> *mut u8 {
    painting(|painting| painting.coverage_mut().as_mut_ptr())
}

/// Keeps the texture under a number; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn paint_take_texture(number: u32) -> i32 {
    code(painting(|painting| painting.take_texture(number)).map(|()| false))
}

/// Begins a picture; 0, or the code of `Refused`. `colour` has red in its lowest byte, then green and blue.
#[unsafe(no_mangle)]
pub extern "C" fn paint_begin(width: u32, height: u32, colour: u32, scale: f32, left: f32, top: f32) -> i32 {
    code(painting(|painting| painting.begin([width, height], colour, scale, [left, top])).map(|()| false))
}

/// Makes room for a mesh; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn paint_reserve(vertices: u32, indices: u32) -> i32 {
    code(painting(|painting| painting.reserve(vertices, indices)).map(|()| false))
}

/// Where to write twenty bytes per corner.
#[unsafe(no_mangle)]
pub extern "C" fn paint_vertices() -> *mut u8 {
    painting(|painting| painting.vertices_mut().as_mut_ptr())
}

/// Where to write one `u32` per index.
#[unsafe(no_mangle)]
pub extern "C" fn paint_indices() -> *mut u32 {
    painting(|painting| painting.indices_mut().as_mut_ptr())
}

/// Paints the mesh with the texture of this number; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn paint_mesh(texture: u32) -> i32 {
    code(painting(|painting| painting.paint(texture)).map(|()| false))
}

/// Where four bytes per pixel begin.
#[unsafe(no_mangle)]
pub extern "C" fn paint_pixels() -> *const u8 {
    painting(|painting| painting.pixels().as_ptr())
}

/// What the page says to a measure that is under way.
#[cfg(target_arch = "wasm32")]
mod page {
    #[link(wasm_import_module = "page")]
    unsafe extern "C" {
        safe fn goes_on(done: f64, all: f64) -> i32;
    }

    pub(super) fn asked(done: usize, all: usize) -> bool {
        goes_on(done as f64, all as f64) != 0
    }
}
#[cfg(not(target_arch = "wasm32"))]
mod page {
    pub(super) fn asked(_done: usize, _all: usize) -> bool {
        true
    }
}

//! The names under which the page calls the engine, and the only file of the crate that needs `unsafe`.
//!
//! What is unsafe here is the naming alone: an unmangled name could meet another of the same name in one program. The
//! module is linked by itself, and each name below is given once and begins with `layout_`, so there is no other.
//!
//! No pointer from outside is ever read here. The page gets the addresses of buffers that `Session` owns and writes at
//! most as many numbers as it reserved; wasm keeps it inside the module's own memory in any case, and every number is
//! checked by `start` before it is used. Addresses hold until the next `layout_reserve`; any call may grow the memory,
//! so the page makes its views anew after each.
#![expect(unsafe_code, reason = "exported names; see the head of the file")]

use std::cell::RefCell;

use crate::session::{Refused, Session};

thread_local! {
    /// A wasm module has one thread and this page's worker one layout.
    static SESSION: RefCell<Session> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Session) -> T) -> T {
    SESSION.with_borrow_mut(act)
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

/// Begins; 0, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn layout_start() -> i32 {
    code(with(|session| session.start()).map(|()| false))
}

/// Works on about `budget` nodes; 0 to go on, 1 when done, or the code of `Refused`.
#[unsafe(no_mangle)]
pub extern "C" fn layout_step(budget: u32) -> i32 {
    code(with(|session| session.step(budget as usize)))
}

//! The screens of Clew, for any window: the browser, the desktop, a test.
//!
//! | room | what is in it |
//! |---|---|
//! | [`app`] | model, route, commands and the executor |
//! | [`client`] | requests out, answers back into the model |
//! | [`work`] | the workspace: what is searched, open, on the graph, in tables; its commands |
//! | [`audit`] | the audit log: what was looked for, what came; its commands |
//! | [`config`] | the configuration: what is being edited; its commands |
//! | [`screens`] | drawing: reads the model, keeps drafts, sends commands |
//! | [`frame`], [`widgets`] | the parts that every screen is made of |
//! | [`canvas`], [`table`] | the graph and the rows, drawn |
//! | [`look`], [`words`] | the one place of colours and sizes, and of texts |
//! | [`picture`] | any screen as a picture, without a graphics card |
//! | `card` | the graph in the memory of a graphics card, by OpenGL, for any window of eframe |
//! | `web` | the browser: entry, address bar, files, the layout worker |

pub mod admin;
pub mod app;
pub mod audit;
pub mod canvas;
#[cfg(target_arch = "wasm32")]
pub mod card;
pub mod client;
pub mod config;
#[cfg(all(feature = "crowd", target_arch = "wasm32"))]
mod crowd;
pub mod frame;
pub mod look;
pub mod mirror;
pub mod picture;
pub mod screens;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod widgets;
pub mod words;
pub mod work;

//! The desktop program: a window around the same screens, and the way from there to the server.
//!
//! | file | what is in it |
//! |---|---|
//! | [`address`] | which server: what people and IT may write, and what is taken for it |
//! | [`policy`] | what IT sets for everybody on a machine |
//! | [`remembered`] | what the program remembers for a person |
//! | [`connection`] | requests to the server: proxy, authorities, certificates, and what went wrong in words |
//! | [`sign_in`] | the browser asks who somebody is, and brings a code back |
//! | [`keychain`] | the one token that outlives the program |
//! | [`session`] | who is signed in, from start to sign-out |
//! | [`program`] | all of that together, behind either window |
//! | [`native`] | the window without a webview |
//! | [`saving`] | files on their way to the disk |
//! | [`trouble`] | what went wrong, with the remedy |
//!
//! Absent on purpose: what the screens show. They come from `shared/ui`, as files for the webview or as code for the native
//! window, and never see a token.

pub mod address;
pub mod connection;
pub mod keychain;
pub mod native;
pub mod policy;
pub mod program;
pub mod remembered;
pub mod saving;
pub mod session;
pub mod sign_in;
pub mod trouble;

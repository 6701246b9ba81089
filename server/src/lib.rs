//! The server of Clew: one door, one store, one broker.
//!
//! | room | what is in it |
//! |---|---|
//! | [`api`] | the table: every request and its handler |
//! | [`gate`] | the door: who, may they, write down, run, write down, answer |
//! | [`accounts`] | what accounts at sources may do, looked at before the first question and once a day |
//! | [`certificate`] | the certificate that the listener shows, and its renewal |
//! | [`body`] | bodies of requests: their size and their pace |
//! | [`handlers`] | what each request does once it has passed |
//! | [`config`] | the snapshot, changes, and what a person may see |
//! | [`broker`] | from a typed question to a streamed answer |
//! | [`connectors`] | one file per kind of source |
//! | [`egress`] | the one way out, and its rules |
//! | [`console`] | what the administration's screens ask beside the store |
//! | [`targets`] | where connections go; opens credentials |
//! | [`store`] | sealed records; `vault` alone knows keys |
//! | [`audit`] | what was asked, by whom, and how it ended |
//! | [`sign_in`] | relying party, embedded issuer, sessions |
//! | [`metrics`] | numbers for whoever watches the server |
//! | [`people`] | who has signed in |
//! | [`intake`] | uploaded files |
//! | [`hash`] | hashing without a key |
//! | [`environment`] | which settings changed from start to start |
//! | [`rate`], [`underway`] | how many requests a person may send, and how many answers may run |
//! | [`settings`] | the only reader of the environment |
//! | [`tls`] | whom an encrypted connection believes, and who Clew is on it |
//! | [`upkeep`], [`backups`] | what a running server does by itself |
//! | [`versions`] | whose requests are read, and how strictly |
//! | [`world`] | time and chance |
//! | [`web`] | the listener, the page, the headers |
//! | [`demo`] | the generated case |
//! | [`ending`] | how running answers end before the process does |
//! | [`doctor`] | what could keep a server from working |

mod access_line;
pub mod accounts;
pub mod api;
pub mod audit;
pub mod backups;
pub mod body;
pub mod broker;
pub mod certificate;
pub mod commands;
pub mod config;
pub mod connectors;
pub mod console;
pub mod decimal;
pub mod demo;
pub mod doctor;
pub mod egress;
pub mod ending;
pub mod environment;
pub mod faults;
pub mod gate;
pub mod handlers;
pub mod hash;
pub mod intake;
mod living;
pub mod metrics;
pub mod people;
pub mod rate;
pub mod settings;
pub mod sign_in;
pub mod start;
pub mod statements;
pub mod store;
pub mod targets;
pub mod tls;
pub mod underway;
mod unverified;
pub mod upkeep;
pub mod uploading;
pub mod versions;
pub mod web;
pub mod world;

pub use start::{Server, StartFault};

//! The table of texts: a key, English, Norwegian, one file per screen. `{0}`, `{1}`, ... are filled by `Words::with`;
//! `{0|one|many}` is the form that goes with the number in `{0}`.
//!
//! Each file is a macro that puts its lines behind those before and hands all of them to the next; the last is [`words`].

mod admin;
mod audit;
mod common;
mod config;
mod exchange;
mod faults;
mod measures;
mod rooms;
mod rows;
mod said;
mod sources;
mod work;

use admin::admin_words;
use audit::audit_words;
use common::common_words;
use config::config_words;
use exchange::exchange_words;
use faults::faults_words;
use measures::measures_words;
use rooms::rooms_words;
use rows::rows_words;
use said::said_words;
use sources::sources_words;
use work::work_words;

macro_rules! words {
    (; $($key:ident, $english:literal, $norwegian:literal;)*) => {
        /// The key of a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Word { $(#[doc = $english] $key),* }

        impl Word {
            /// Every key, for tests and for a list of all texts.
            pub const ALL: &'static [Self] = &[$(Self::$key),*];

            pub(super) fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$key => ($english, $norwegian)),* }
            }
        }
    };
}

common_words! { admin_words rooms_words audit_words config_words sources_words work_words measures_words exchange_words rows_words faults_words said_words words; }

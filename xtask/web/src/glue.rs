//! Turns the wasm that the compiler wrote into wasm and JavaScript that a browser loads.

use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::Outcome;

/// The page's module: wasm, and the JavaScript that imports and starts it.
pub(crate) struct Glue {
    pub(crate) wasm: Vec<u8>,
    pub(crate) script: Vec<u8>,
}

/// Runs wasm-bindgen as a library; `scratch` is a folder that may be overwritten.
pub(crate) fn make(module: &Path, scratch: &Path) -> Outcome<Glue> {
    fs::create_dir_all(scratch)?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("ui").typescript(false).omit_default_module_path(true);
    // Names are a third of the module and help nobody who reads a stack in a browser's console.
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.web(true)?.generate(scratch).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    if scratch.join("snippets").exists() {
        return Err(
            "a dependency brings own JavaScript files (wasm-bindgen snippets), which the page does not carry".into()
        );
    }
    Ok(Glue { wasm: fs::read(scratch.join("ui_bg.wasm"))?, script: fs::read(scratch.join("ui.js"))? })
}

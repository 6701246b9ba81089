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

/// A module without its custom sections (names, producers), which only debuggers read.
///
/// The binary format is that of the WebAssembly core specification, chapter 5.5: eight bytes, then sections of one byte
/// kind (0 = custom) and a length in LEB128.
pub(crate) fn without_custom_sections(module: &[u8]) -> Outcome<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(8).ok_or("not a wasm module: too short")?;
    let mut kept = header.to_vec();
    while let Some((kind, after_kind)) = rest.split_first() {
        let (length, length_bytes) = leb128(after_kind).ok_or("a wasm section with a bad length")?;
        let (section, after) = rest.split_at_checked(1 + length_bytes + length).ok_or("a wasm section is cut off")?;
        if *kind != 0 {
            kept.extend_from_slice(section);
        }
        rest = after;
    }
    Ok(kept)
}

/// An unsigned number of up to 32 bits, and how many bytes it took.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f).checked_shl(u32::try_from(at).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_custom_sections;

    #[test]
    fn custom_sections_go_and_the_others_stay() {
        let header = b"\0asm\x01\0\0\0";
        let module = [&header[..], &[0, 3, 1, 65, 66], &[1, 0x82, 0, 7, 8], &[0, 0]].concat();
        assert_eq!(without_custom_sections(&module).unwrap(), [&header[..], &[1, 0x82, 0, 7, 8]].concat());
        for broken in [&b"\0asm"[..], &[&header[..], &[1, 9, 0]].concat(), &[&header[..], &[1, 0x80]].concat()] {
            assert!(without_custom_sections(broken).is_err());
        }
    }
}

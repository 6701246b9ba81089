//! Reads and writes graphs as files, as a small wasm file of its own that the page fetches only when somebody wants a file.
//!
//! This is the border alone: `graph::exchange::Errand` does the work. The page hands over the parts of an errand one after the
//! other (`exchange_part`, then it fills them), has it done (`exchange_run`), and reads the answer: the bytes, or the sentence
//! that says why there are none.
//!
//! What is unsafe here is the naming alone: an unmangled name could meet another of the same name in one program. The module
//! is linked by itself, and each name below is given once and begins with `exchange_`. No pointer from outside is ever read;
//! the page writes at most as many bytes as a part has, and wasm keeps it inside the module's own memory in any case.
#![expect(unsafe_code, reason = "exported names; see the head of the file")]

use std::cell::RefCell;

use graph::exchange::Errand;

/// The longest part: the longest file that is read.
const LIMIT_PART_BYTES: u32 = graph::exchange::LIMIT_BYTES as u32;
/// The most parts: what is to be written, and fonts.
const LIMIT_PARTS: usize = 64;

/// Parts of the errand that comes, and the answer to the last one.
#[derive(Default)]
struct Desk {
    parts: Vec<Vec<u8>>,
    answer: Vec<u8>,
}

thread_local! {
    /// A wasm module has one thread, and a worker one errand.
    static DESK: RefCell<Desk> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with_borrow_mut(act)
}

/// Where to write the bytes of the next part. A part that is too long, or one too many, is taken as empty.
#[unsafe(no_mangle)]
pub extern "C" fn exchange_part(bytes: u32) -> *mut u8 {
    with(|desk| {
        let is_taken = bytes <= LIMIT_PART_BYTES && desk.parts.len() < LIMIT_PARTS;
        desk.parts.push(if is_taken { vec![0; bytes as usize] } else { Vec::new() });
        desk.parts.last_mut().map_or(std::ptr::null_mut(), |part| part.as_mut_ptr())
    })
}

/// Does an errand by its number; 0, or 1 where the answer is a sentence.
#[unsafe(no_mangle)]
pub extern "C" fn exchange_run(errand: u32) -> i32 {
    with(|desk| {
        let parts = std::mem::take(&mut desk.parts);
        let done = match Errand::of_number(errand) {
            Some(errand) => errand.run(&parts).map_err(|fault| fault.to_string()),
            None => Err("there is no such errand; reload the page".to_owned()),
        };
        let is_done = done.is_ok();
        desk.answer = done.unwrap_or_else(String::into_bytes);
        i32::from(!is_done)
    })
}

/// Where the answer begins.
#[unsafe(no_mangle)]
pub extern "C" fn exchange_answer() -> *const u8 {
    with(|desk| desk.answer.as_ptr())
}

/// How many bytes the answer has.
#[unsafe(no_mangle)]
pub extern "C" fn exchange_answer_length() -> u32 {
    with(|desk| desk.answer.len() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> String {
        with(|desk| String::from_utf8_lossy(&desk.answer).into_owned())
    }

    fn part(text: &str) {
        exchange_part(text.len() as u32);
        with(|desk| desk.parts.last_mut().expect("a part").copy_from_slice(text.as_bytes()));
    }

    #[test]
    fn the_border_takes_parts_and_gives_bytes_or_a_sentence() {
        let drawing = r#"{"nodes":[{"type":"person","key":["1"],"label":"Åse"}],"links":[]}"#;
        part(drawing);
        assert_eq!(exchange_run(Errand::Json as u32), 0);
        let file = answer();
        assert!(file.starts_with("{\"format\":\"clew graph\"") && file.contains("Åse"), "{file}");
        part(&file);
        assert_eq!(exchange_run(Errand::Read as u32), 0);
        assert_eq!(answer(), r#"[[["person",["1"],null,false,false]],[],[]]"#);
        assert_eq!(exchange_answer_length() as usize, answer().len());
        // Nothing of the errand before is left.
        assert_eq!(exchange_run(Errand::Read as u32), 1);
        assert!(answer().contains("the file is no graph"), "{}", answer());
        assert_eq!(exchange_run(77), 1);
        assert_eq!(answer(), "there is no such errand; reload the page");
    }

    #[test]
    fn parts_beyond_the_limits_are_empty() {
        exchange_part(LIMIT_PART_BYTES + 1);
        for _ in 0..LIMIT_PARTS {
            exchange_part(1);
        }
        let lengths: Vec<usize> = with(|desk| desk.parts.iter().map(Vec::len).collect());
        assert_eq!((lengths[0], lengths[1], lengths[LIMIT_PARTS]), (0, 1, 0));
    }
}

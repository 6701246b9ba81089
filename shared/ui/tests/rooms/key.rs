//! The key: what to do first, rolling it, following a roll, and what is left to do.

use wire::key::{KeyNow, KeyState, RollKey, RollNow};
use wire::{Code, Fault};

use super::{MAIN_KEY, NEW_KEY, answer, is_disabled, open, shots, wait_for};

fn key(roll: RollNow) -> KeyNow {
    KeyNow { key: MAIN_KEY.to_owned(), roll }
}

/// Nothing is asked again.
pub(super) fn at_rest() -> KeyNow {
    key(RollNow::Unwanted)
}

fn prepared() -> KeyNow {
    key(RollNow::Prepared { to: NEW_KEY.to_owned() })
}

fn running(done: u64, rows: u64) -> KeyNow {
    key(RollNow::Running { to: NEW_KEY.to_owned(), done, rows })
}

#[test]
fn the_key_is_told_by_its_id_with_what_to_do_first() {
    let mut screen = open("key");
    answer::<KeyState>(&mut screen, &key(RollNow::Unwanted));
    for text in [MAIN_KEY, "No new key is given", "Step 1: Make a new key", "openssl rand -base64 32"] {
        assert!(screen.shows(text), "{text}");
    }
    screen.click("Copy openssl rand -base64 32");
    assert!(!screen.shows("Roll the key…"), "there is nothing to roll to");
    assert!(!screen.server.waiting().contains(&"key_state"), "and nothing is asked again");
}

#[test]
fn a_prepared_roll_begins_once_its_word_is_typed_and_never_by_escape() {
    let mut screen = open("key");
    answer::<KeyState>(&mut screen, &prepared());
    assert!(screen.shows("Done: Make a new key") && screen.shows("The configuration is closed"));
    screen.click("Roll the key…");
    assert!(screen.shows("Roll the key of the store?") && is_disabled(&screen, "Roll it now"));
    screen.harness.key_press(egui::Key::Escape);
    screen.run();
    assert!(!screen.shows("Roll the key of the store?") && !screen.server.waiting().contains(&"roll_key"));
    screen.click("Roll the key…");
    screen.fill("Type ROLL to confirm", "roll");
    assert!(is_disabled(&screen, "Roll it now"), "letter for letter");
    screen.fill("Type ROLL to confirm", "ROLL");
    screen.click("Roll it now");
    assert!(screen.server.waiting().contains(&"roll_key"));
    assert!(!screen.shows("Roll the key…"), "it cannot be begun twice");
    let done = KeyNow { key: NEW_KEY.to_owned(), roll: RollNow::Done { from: MAIN_KEY.to_owned() } };
    answer::<RollKey>(&mut screen, &done);
    for text in ["a restart is due", "Done: Roll the key", "Step 4: Put the new key", "CONFIG_B64_ENCRYPTION_KEY"] {
        assert!(screen.shows(text), "{text}");
    }
}

#[test]
fn a_roll_that_somebody_began_is_followed_live_also_after_leaving_and_coming_back() {
    let mut screen = open("key");
    answer::<KeyState>(&mut screen, &running(0, 0));
    wait_for(&mut screen, "key_state");
    assert!(screen.shows("Making the backup before the roll"));
    answer::<KeyState>(&mut screen, &running(2_500, 10_000));
    assert!(screen.shows("Sealing anew: 2,500 of 10,000 rows"));
    assert!(!screen.shows("Cancel"), "nothing here stops it");
    screen.click("People");
    screen.click("Key");
    answer::<KeyState>(&mut screen, &running(7_500, 10_000));
    assert!(screen.shows("Sealing anew: 7,500 of 10,000 rows"));
    wait_for(&mut screen, "key_state");
    screen.server.refuse::<KeyState>(Fault::new(Code::StoreUnavailable, "It is away.", "Wait."));
    screen.run();
    assert!(screen.shows("Sealing anew: 7,500"), "a look that fails takes nothing away");
    wait_for(&mut screen, "key_state");
    answer::<KeyState>(
        &mut screen,
        &KeyNow { key: NEW_KEY.to_owned(), roll: RollNow::Done { from: MAIN_KEY.to_owned() } },
    );
    assert!(screen.shows("a restart is due"));
    for _ in 0..20 {
        screen.harness.step();
    }
    assert!(!screen.server.waiting().contains(&"key_state"), "what is done is not asked for again");
}

#[test]
fn a_roll_that_is_refused_says_why_and_can_be_begun_again() {
    let mut screen = open("key");
    answer::<KeyState>(&mut screen, &prepared());
    screen.click("Roll the key…");
    screen.fill("Type ROLL to confirm", "ROLL");
    screen.click("Roll it now");
    let remedy = "rolling the key needs about 90 MB beside the store, and 3 MB are free; make space";
    screen.server.refuse::<RollKey>(Fault::new(Code::StoreUnavailable, "The encryption key was not rolled.", remedy));
    screen.run();
    answer::<KeyState>(&mut screen, &prepared());
    assert!(screen.shows("The encryption key was not rolled.") && screen.shows("make space"));
    assert!(screen.shows("Roll the key…"));
}

#[test]
fn the_key_in_pictures() {
    shots("key", "key", |screen| {
        answer::<KeyState>(screen, &key(RollNow::Unwanted));
    });
    shots("key_prepared", "key", |screen| {
        answer::<KeyState>(screen, &prepared());
    });
    shots("key_running", "key", |screen| {
        answer::<KeyState>(screen, &running(2_500, 10_000));
        wait_for(screen, "key_state");
    });
    let done = KeyNow { key: NEW_KEY.to_owned(), roll: RollNow::Done { from: MAIN_KEY.to_owned() } };
    shots("key_done", "key", |screen| {
        answer::<KeyState>(screen, &done);
    });
}

//! Norwegian-looking numbers with valid check digits (modulo 11), from ranges that no real person, company or bank has.

/// The check digit of `digits` under `weights`; nothing where modulo 11 gives none.
fn check_digit(digits: &str, weights: &[u32]) -> Option<u32> {
    let sum: u32 =
        digits.chars().filter_map(|c| c.to_digit(10)).zip(weights).map(|(digit, weight)| digit * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => Some(digit),
    }
}

const ORGNR: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];
const ACCOUNT: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
const PERSON_FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];

/// An organisation number, nine digits; real ones begin with 8 or 9, the tax office's test ones with 2 or 3, these with 3.
/// `serial`: up to seven digits; nothing where no check digit exists, then try the next one.
pub(super) fn orgnr(serial: u64) -> Option<String> {
    with_check(format!("3{serial:07}"), &ORGNR)
}

/// An account number, eleven digits, of a bank that does not exist (register number 99xx).
pub(super) fn account(branch: u64, serial: u64) -> Option<String> {
    with_check(format!("99{branch:02}{serial:06}"), &ACCOUNT)
}

/// A national identity number, eleven digits, with 80 added to the month as in the tax office's test numbers.
pub(super) fn national_id(year: i16, month: i8, day: i8, individual: u64) -> Option<String> {
    let digits = format!("{day:02}{:02}{:02}{individual:03}", month + 80, year % 100);
    let first = with_check(digits, &PERSON_FIRST)?;
    with_check(first, &ACCOUNT)
}

fn with_check(mut digits: String, weights: &[u32]) -> Option<String> {
    let check = check_digit(&digits, weights)?;
    digits.push_str(&check.to_string());
    Some(digits)
}

/// The first number that `make` gives from `serial` on, and the serial after it.
pub(super) fn next_valid(serial: &mut u64, make: impl Fn(u64) -> Option<String>) -> String {
    loop {
        *serial += 1;
        if let Some(number) = make(*serial) {
            return number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the last digit is the check digit of those before it.
    pub(in crate::demo) fn holds(number: &str, weights: &[u32]) -> bool {
        let (body, check) = number.split_at(number.len() - 1);
        check_digit(body, weights).is_some_and(|digit| digit.to_string() == check)
    }

    #[test]
    fn numbers_have_the_check_digits_of_their_published_examples() {
        // 974760673: the register office itself; 12345678903: the account in the banks' description of the rule.
        for (number, weights) in [("974760673", ORGNR.as_slice()), ("12345678903", &ACCOUNT)] {
            assert!(holds(number, weights), "{number}");
        }
        assert!(!holds("974760674", &ORGNR));
        for serial in 0..50 {
            assert!(orgnr(serial).is_none_or(|number| number.len() == 9 && holds(&number, &ORGNR)));
            assert!(account(80, serial).is_none_or(|number| number.len() == 11 && holds(&number, &ACCOUNT)));
            assert!(
                national_id(1970, 2, 1, serial).is_none_or(|number| number.len() == 11 && holds(&number, &ACCOUNT))
            );
        }
    }
}

//! Accounts by their international number (ISO 13616).

/// Whether a text is an IBAN, by its own two digits.
pub fn is_iban(text: &str) -> bool {
    let letters: String = text.split_whitespace().collect();
    (15..=34).contains(&letters.len())
        && letters.is_ascii()
        && remainder(&format!("{}{}", &letters[4..], &letters[..4])) == Some(1)
}

/// The remainder of 97 of digits and of letters that count from ten on.
fn remainder(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest: u32, character| {
        let digit = character.to_digit(36)?;
        Some(if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 })
    })
}

/// The IBAN of a French account: its key of two digits, then those of the IBAN (ISO 13616; the key: CFONB, RIB).
pub fn of_french_account(bank: &str, branch: &str, account: &str) -> String {
    // letters of an account stand for digits: A and J for 1, B, K and S for 2, and so on
    let digits = |text: &str| -> Option<u64> {
        text.chars().try_fold(0_u64, |number, letter| {
            let digit = match letter.to_ascii_uppercase() {
                digit @ '0'..='9' => u64::from(digit) - u64::from('0'),
                letter @ 'A'..='I' => u64::from(letter) - u64::from('A') + 1,
                letter @ 'J'..='R' => u64::from(letter) - u64::from('J') + 1,
                letter @ 'S'..='Z' => u64::from(letter) - u64::from('S') + 2,
                _ => return None,
            };
            Some(number * 10 + digit)
        })
    };
    let own = format!("{bank}{branch}{account}");
    let (Some(first), Some(second), Some(third)) = (digits(bank), digits(branch), digits(account)) else { return own };
    if (bank.len(), branch.len(), account.len()) != (5, 5, 11) {
        return own;
    }
    let key = 97 - (89 * first + 15 * second + 3 * third) % 97;
    let basic = format!("{own}{key:02}");
    match remainder(&format!("{basic}FR00")) {
        Some(rest) => format!("FR{:02}{basic}", 98 - rest),
        None => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_by_its_iban() {
        assert!(is_iban(&of_french_account("20041", "01005", "0500013M026")));
        assert_eq!(of_french_account("20041", "01005", "0500013M026"), "FR1420041010050500013M02606");
        assert!(!is_iban("FR1420041010050500013M02607"));
        assert!(is_iban("NL91 ABNA 0417 1643 00") && !is_iban("NL91") && !is_iban("Überweisung 12"));
    }
}

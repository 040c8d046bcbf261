//! The page's Content-Security-Policy: nothing may load, only this very script may run, only this very style dress it.

use sha2::{Digest, Sha256};

/// The policy of a page whose one style element holds `style` and whose one script element holds `script`, byte for
/// byte.
///
/// Source: CSP Level 3, `style-src` and `script-src` with hashes; `default-src 'none'` shuts images, fonts, frames
/// and every connection, so that nothing a ledger says can leave the page.
pub(super) fn content_policy(style: &str, script: &str) -> String {
    let hash = |text: &str| base64(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

/// RFC 4648 base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let three = [chunk[0], chunk.get(1).copied().unwrap_or(0), chunk.get(2).copied().unwrap_or(0)];
        let sixes =
            [three[0] >> 2, (three[0] & 3) << 4 | three[1] >> 4, (three[1] & 15) << 2 | three[2] >> 6, three[2] & 63];
        for (place, six) in sixes.into_iter().enumerate() {
            text.push(if place <= chunk.len() { char::from(ALPHABET[usize::from(six)]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_hashes_are_those_of_the_texts() {
        let policy = content_policy("", "abc");
        assert!(policy.contains("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"), "{policy}");
    }
}

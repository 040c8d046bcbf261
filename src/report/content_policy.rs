//! The page's Content-Security-Policy: nothing may load, only this very script may run, only this very style dress it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy of a page whose one style element holds `style` and whose one script element holds `script`, byte for
/// byte.
///
/// Source: CSP Level 3, `style-src` and `script-src` with hashes; `default-src 'none'` shuts images, fonts, frames
/// and every connection, so that nothing a ledger says can leave the page.
pub(super) fn content_policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_are_those_of_the_texts() {
        let policy = content_policy("", "abc");
        assert!(policy.contains("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"), "{policy}");
    }
}

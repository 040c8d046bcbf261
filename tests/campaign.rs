//! A small part of `tests/campaign`, always the same.

use std::process::Command;

use crate::skips::skip;

#[test]
fn a_small_campaign_finds_nothing_lost_falsified_or_crashed() {
    if Command::new("python3").arg("--version").output().is_err() {
        return skip("needs Python 3");
    }
    let output = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/campaign"))
        .args([
            "--trials",
            "3",
            "--seed",
            "1",
            "--only",
            "kill,power_cut,at_once,damage,inputs,known_inputs,sql,settings",
        ])
        .args(["--program", env!("CARGO_BIN_EXE_encours")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

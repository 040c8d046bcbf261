//! The memory a run may take: half of the machine's, or what `encours.toml` says. Beyond it a run ends with an error, and is
//! never ended by the system without a word.

use std::time::Duration;

use sysinfo::System;

use crate::error::{self, Error};
use crate::report::Language;

/// How often the run looks at itself.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The bytes of a page of memory, as Linux counts what a process holds.
const PAGE_BYTES: u64 = 4096;

/// Half of what the machine, or the share of it that this process is given, has; in bytes.
#[must_use]
pub fn usual_limit() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let own = system.cgroup_limits().map(|limits| limits.total_memory).filter(|total| *total > 0);
    own.unwrap_or(u64::MAX).min(system.total_memory()) / 2
}

/// Ends the process with an error once it holds more than `limit` bytes; where the system does not tell what a process
/// holds, it is not watched. A load that is ended so is one that was killed: all of it is visible or nothing.
pub fn watch(limit: u64, language: Language) {
    std::thread::spawn(move || {
        while let Some(held) = held_bytes() {
            if held > limit {
                let cause = Error::Plain(
                    format!("this needs more memory than the {} MB it may take", limit >> 20),
                    "allow more with `memory_megabytes` in encours.toml, or ask for less (one `--company`, fewer `--months`); \
                     `encours history` tells whether a load was done before"
                        .to_owned(),
                );
                error::say(&cause, language);
                #[expect(clippy::exit, reason = "2026-11-28: what takes the memory cannot be asked to stop")]
                std::process::exit(2);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    });
}

/// What this process holds in memory, in bytes.
fn held_bytes() -> Option<u64> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_machine_is_more_than_this_test_holds() {
        assert!(usual_limit() > held_bytes().unwrap_or_default());
        assert!(usual_limit() > 1 << 28, "{}", usual_limit());
    }
}

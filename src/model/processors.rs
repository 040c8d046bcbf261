//! Work that the processors share.

use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread;

/// How many processors there are for this process.
#[must_use]
pub fn processor_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does the work of each thing, by so many workers at most: whoever is free takes the next. The caller is one of them.
///
/// # Errors
/// The first that a worker met; what it had not yet taken may be left undone.
pub fn share_out<T: Send, E: Send>(
    worker_count: usize,
    things: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let waiting = Mutex::new(things);
    let next = || waiting.lock().ok()?.next();
    let turn = || {
        while let Some(thing) = next() {
            work(thing)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..worker_count).map(|_| scope.spawn(turn)).collect();
        let mine = turn();
        let done = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done.fold(mine, Result::and)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn each_thing_is_done_once_and_a_failure_is_told() {
        for worker_count in [0, 1, 2, 7] {
            let sum = AtomicU64::new(0);
            let done = share_out(worker_count, 1..=100_u64, |number| {
                sum.fetch_add(number, Ordering::Relaxed);
                if number == 100 && worker_count == 7 { Err("the last") } else { Ok(()) }
            });
            assert_eq!(sum.into_inner(), 5050);
            assert_eq!(done, if worker_count == 7 { Err("the last") } else { Ok(()) });
        }
    }
}

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

/// What the work of each thing gives, in the order of the things: each processor takes a part of them.
///
/// # Panics
/// When the work does.
pub fn each_of<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let part = things.len().div_ceil(processor_count()).max(1);
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = things
            .chunks(part)
            .map(|things| scope.spawn(move || things.iter().map(work).collect::<Vec<R>>()))
            .collect();
        running.into_iter().flat_map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_things() {
        let squares = each_of(&(0..100_u64).collect::<Vec<_>>(), |number| number * number);
        assert!(squares.into_iter().eq((0..100).map(|number| number * number)));
        assert!(each_of(&[], |nothing: &u64| *nothing).is_empty());
    }

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

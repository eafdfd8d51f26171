//! A parallel map over a slice.

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The results of `work` on `items`, in their order.
pub(super) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((position, item)) = take(&next, items) {
            done.push((position, work(item)));
        }
        done
    };
    let mut results = thread::scope(|scope| {
        // A thread that fails to start costs only time: the current thread works too.
        let helpers: Vec<_> = (1..cores.min(items.len()))
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, worker).ok())
            .collect();
        let mut results = worker();
        for helper in helpers {
            match helper.join() {
                Ok(done) => results.extend(done),
                Err(payload) => panic::resume_unwind(payload),
            }
        }
        results
    });
    results.sort_by_key(|(position, _)| *position);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'i, T>(next: &AtomicUsize, items: &'i [T]) -> Option<(usize, &'i T)> {
    let position = next.fetch_add(1, Ordering::Relaxed);
    Some((position, items.get(position)?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_have_the_order_of_the_items() {
        let items: Vec<u64> = (0..100).collect();
        let slower_first = |item: &u64| {
            std::thread::sleep(std::time::Duration::from_micros(100 - item));
            item * 2
        };
        let doubled: Vec<u64> = items.iter().map(|item| item * 2).collect();
        assert_eq!(super::map(&items, slower_first), doubled);
    }

    #[test]
    fn an_empty_slice_has_no_results() {
        assert_eq!(super::map(&[], |item: &u8| *item), Vec::<u8>::new());
    }
}

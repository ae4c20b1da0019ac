//! Readers who watch while sets are published and pruned.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::databases::{TestDatabase, on_each_database};
use crate::samples::{predictions, publish, shown};

const SETS: i64 = 20;
const RANKS: u16 = 10;
const DEADLINE: Duration = Duration::from_secs(60);

/// A task that reads the current predictions over and over.
struct Reader {
    /// How often it has read.
    reads: watch::Receiver<u64>,
    stop: watch::Sender<bool>,
    /// The sets that it saw, in order.
    seen: JoinHandle<Vec<i64>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn readers_see_one_whole_set_at_any_moment() {
    on_each_database(async |database| {
        let store = database.store().await;
        publish(&store, "s0", playlists_of(0), RANKS).await;
        let mut readers = [Reader::start(database).await, Reader::start(database).await];
        for set in 1..=SETS {
            publish(&store, &format!("s{set}"), playlists_of(set), RANKS).await;
            store.prune(2).await.unwrap();
            for reader in &mut readers {
                reader.has_read_again().await;
            }
        }
        for reader in readers {
            reader.stop.send(true).unwrap();
            let seen = reader.seen.await.unwrap();
            let after_the_first = seen.into_iter().skip_while(|set| *set == 0);
            assert_eq!(after_the_first.collect::<Vec<_>>(), Vec::from_iter(1..=SETS));
        }
    })
    .await;
}

/// Sets differ in size, so that a mixture of two would show in the number of rows as well.
fn playlists_of(set: i64) -> i64 {
    20 + set % 5
}

impl Reader {
    async fn start(database: &TestDatabase) -> Self {
        let (mut raw, store) = (database.raw().await, database.store().await);
        let (counter, reads) = watch::channel(0);
        let (stop, stopped) = watch::channel(false);
        let seen = tokio::spawn(async move {
            let mut seen = Vec::new();
            while !*stopped.borrow() {
                let rows = raw.current_predictions().await;
                let set = set_of(rows.first().expect("a reader must never see nothing"));
                let whole = predictions(&format!("s{set}"), playlists_of(set), RANKS);
                assert_eq!(rows, shown(&whole));
                let list = store.recommendations(7, 10).await.unwrap();
                let sets: Vec<i64> = list.iter().map(|next| set_of(&next.track.track_uri)).collect();
                assert_eq!(sets, vec![sets[0]; usize::from(RANKS)]);
                if seen.last() != Some(&set) {
                    seen.push(set);
                }
                counter.send_modify(|reads| *reads += 1);
            }
            seen
        });
        Self { reads, stop, seen }
    }

    /// Waits for a read that began after now: the one in progress may have begun before.
    async fn has_read_again(&mut self) {
        let wanted = *self.reads.borrow() + 2;
        timeout(DEADLINE, self.reads.wait_for(|reads| *reads >= wanted)).await.unwrap().unwrap();
    }
}

/// `12` of `0/1/spotify:track:s12-345`.
fn set_of(text: &str) -> i64 {
    let (_, label) = text.rsplit_once(":s").unwrap();
    label.split('-').next().unwrap().parse().unwrap()
}

//! Whether the lake's store really refuses to create an object twice, on which every commit rests.

use ::lake::Lake;
use futures::future::join_all;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path};
use uuid::Uuid;

use super::check::Check;

const NAME: &str = "conditional writes";
/// Creates that race for one object.
const RACERS: usize = 8;

/// Creates an object twice, and another by several at the same time: each time exactly one must succeed.
///
/// Some stores overwrite in silence; on those, writers that commit at the same time lose each other's work.
pub(super) async fn check(lake: &Lake) -> Check {
    let store = lake.object_store();
    let folder = format!("_doctor/{}", Uuid::now_v7());
    let (twice, raced) = (lake.path(&format!("{folder}/twice")), lake.path(&format!("{folder}/raced")));
    let outcome = winners(store.as_ref(), &twice, &raced).await;
    for path in [&twice, &raced] {
        // What stays is a small file that no reader looks at.
        let _ = store.delete(path).await;
    }
    let fix = "use a store with conditional writes, or see to it that one run at a time writes to this lake";
    match outcome {
        Ok((1, 1)) => Check::ok(NAME, format!("one of 2 creates, and one of {RACERS} that race, succeed")),
        Ok((1, raced)) => Check::fail(NAME, format!("{raced} of {RACERS} creates that race succeed"), fix),
        Ok(_) => Check::fail(NAME, "the store overwrites what it should create", fix),
        Err(error) => {
            let finding = format!("cannot create an object: {error}");
            Check::fail(NAME, finding, "grant this user to write and delete below the lake's address")
        }
    }
}

/// How many of two creates after each other succeed, and how many of those that race.
async fn winners(store: &dyn ObjectStore, twice: &Path, raced: &Path) -> object_store::Result<(usize, usize)> {
    let mut in_turn = 0;
    for _ in 0..2 {
        in_turn += usize::from(create(store, twice).await?);
    }
    let race = join_all((0..RACERS).map(|_| create(store, raced))).await;
    let won: object_store::Result<Vec<bool>> = race.into_iter().collect();
    Ok((in_turn, won?.into_iter().filter(|won| *won).count()))
}

async fn create(store: &dyn ObjectStore, path: &Path) -> object_store::Result<bool> {
    let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    match store.put_opts(path, "probe".into(), options).await {
        Ok(_) => Ok(true),
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;
    use url::Url;

    use super::*;
    use crate::commands::doctor::check::Outcome;

    #[tokio::test]
    async fn a_good_store_passes_and_is_left_clean() {
        let store = Arc::new(InMemory::new());
        let url = Url::parse("memory:///lake").unwrap();
        let lake = Lake::with_store(url, Arc::clone(&store) as Arc<dyn ObjectStore>).unwrap();
        let check = check(&lake).await;
        assert_eq!(check.outcome, Outcome::Ok, "{check:?}");
        assert!(store.list_with_delimiter(None).await.unwrap().common_prefixes.is_empty());
    }
}

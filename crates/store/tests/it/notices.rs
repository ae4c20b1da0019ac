//! What people were told last.

use store::Error;

use crate::databases::on_each_database;

#[tokio::test]
async fn the_last_state_is_kept_for_each_key() {
    on_each_database(async |database| {
        let store = database.store().await;
        assert_eq!(store.notice("nightly/run").await.unwrap(), None);
        for state in ["failed:a", "failed:a", "ok"] {
            store.record_notice("nightly/run", state).await.unwrap();
            assert_eq!(store.notice("nightly/run").await.unwrap().as_deref(), Some(state));
        }
        assert_eq!(store.notice("nightly/input").await.unwrap(), None);
        let refused = store.record_notice("nightly/run", "two words").await.unwrap_err();
        assert!(matches!(refused, Error::InvalidValue { .. }), "{refused}");
    })
    .await;
}

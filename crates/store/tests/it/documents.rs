//! Named documents.

use serde_json::json;
use store::DocumentKey;

use crate::databases::on_each_database;

fn key(name: &str) -> DocumentKey {
    DocumentKey::new("table", "marts", name)
}

#[tokio::test]
async fn of_two_changes_from_one_revision_the_first_stays() {
    on_each_database(async |database| {
        let store = database.store().await;
        assert!(store.create_document(&key("t"), &json!({"a": 1})).await.unwrap());
        assert!(!store.create_document(&key("t"), &json!({"a": 2})).await.unwrap());
        let first = store.document(&key("t")).await.unwrap().unwrap();
        assert_eq!((first.revision, &first.body), (1, &json!({"a": 1})));
        assert!(store.replace_document(&key("t"), &json!({"a": 3}), 1).await.unwrap());
        assert!(!store.replace_document(&key("t"), &json!({"a": 4}), 1).await.unwrap());
        let second = store.document(&key("t")).await.unwrap().unwrap();
        assert_eq!((second.revision, second.body, second.created_at_us), (2, json!({"a": 3}), first.created_at_us));
        assert!(!store.replace_document(&key("gone"), &json!({}), 1).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn many_writers_change_a_document_once_each() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.create_document(&key("counter"), &json!(0)).await.unwrap();
        let writers = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                loop {
                    let found = store.document(&key("counter")).await.unwrap().unwrap();
                    let next = json!(found.body.as_u64().unwrap() + 1);
                    if store.replace_document(&key("counter"), &next, found.revision).await.unwrap() {
                        return;
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(store.document(&key("counter")).await.unwrap().unwrap().body, json!(8));
    })
    .await;
}

#[tokio::test]
async fn documents_are_listed_by_name_and_removed_with_what_belongs_to_them() {
    on_each_database(async |database| {
        let store = database.store().await;
        for name in ["b", "C", "a"] {
            store.create_document(&key(name), &json!(name)).await.unwrap();
        }
        store.create_document(&DocumentKey::new("partition", "marts/a", "day=1"), &json!(1)).await.unwrap();
        let names = async |after: &str, limit| {
            let found = store.documents("table", "marts", after, limit).await.unwrap();
            found.into_iter().map(|document| document.name).collect::<Vec<_>>()
        };
        // Names are bytes: capital letters stand before small ones.
        assert_eq!(names("", 2).await, ["C", "a"]);
        assert_eq!(names("a", 2).await, ["b"]);
        let dependents = [("partition", "marts/a".to_owned())];
        assert!(store.delete_document_with(&key("a"), &dependents).await.unwrap());
        assert!(!store.delete_document_with(&key("a"), &dependents).await.unwrap());
        assert_eq!(store.count_documents("partition", "marts/a").await.unwrap(), 0);
        assert_eq!(names("", 9).await, ["C", "b"]);
        assert!(store.create_document(&key("with space"), &json!(1)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn several_documents_are_made_or_moved_together() {
    on_each_database(async |database| {
        let store = database.store().await;
        let partition = |name: &str| DocumentKey::new("partition", "marts/t", name);
        let two = [(partition("day=1"), json!(1)), (partition("day=2"), json!(2))];
        assert!(store.create_document_with(&key("t"), &json!("t"), &two).await.unwrap());
        // Another maker of the same table is refused with all that it brings.
        let other = [(partition("day=3"), json!(3))];
        assert!(!store.create_document_with(&key("t"), &json!("other"), &other).await.unwrap());
        assert_eq!(store.count_documents("partition", "marts/t").await.unwrap(), 2);
        store.create_missing_documents(&[(partition("day=2"), json!("new")), other[0].clone()]).await.unwrap();
        assert_eq!(store.document(&partition("day=2")).await.unwrap().unwrap().body, json!(2));
        assert!(store.move_document(&partition("day=3"), &partition("day=4"), &json!(4)).await.unwrap());
        assert!(!store.move_document(&partition("day=4"), &partition("day=1"), &json!(5)).await.unwrap());
        let found = store.documents("partition", "marts/t", "", 9).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|document| (document.name, document.body)).collect();
        let expected = [("day=1", 1), ("day=2", 2), ("day=4", 4)].map(|(name, body)| (name.to_owned(), json!(body)));
        assert_eq!(found, expected);
    })
    .await;
}

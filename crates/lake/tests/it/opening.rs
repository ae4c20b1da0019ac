//! Opening a lake, and the names in it.

use lake::{Error, LAKE_FORMAT, WriteMode};

use crate::fixture::{TestLake, current_ids, open, stage, write};

const MARKER: &str = "_segue.json";

#[tokio::test]
async fn an_empty_place_becomes_a_lake_and_opens_again() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("new/lake é");
    let lake = open(&path).await.unwrap();
    assert!(!path.exists(), "looking at a place leaves nothing there");
    write(&lake.table("t").unwrap(), WriteMode::Overwrite, [1]).await;
    let marker = std::fs::read_to_string(path.join(MARKER)).unwrap();
    assert_eq!(marker, format!("{{\"format\": {LAKE_FORMAT}}}\n"));
    let again = open(&path).await.unwrap();
    assert_eq!(current_ids(&again.table("t").unwrap()).await, [1]);
}

#[tokio::test]
async fn a_lake_of_another_format_is_refused() {
    let place = TestLake::new().await;
    std::fs::write(place.path().join(MARKER), "{\"format\": 3}").unwrap();
    let error = open(place.path()).await.unwrap_err();
    let expected = format!(
        "the lake at `{}` has format 3, this segue reads formats up to 2; use the segue that wrote it, or another --lake",
        place.lake.url()
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_damaged_marker_is_refused() {
    for marker in ["", "no JSON", "{}", "{\"format\": \"1\"}"] {
        let place = TestLake::new().await;
        std::fs::write(place.path().join(MARKER), marker).unwrap();
        let error = open(place.path()).await.unwrap_err().to_string();
        assert!(error.contains("_segue.json` is not a valid lake marker: "), "{marker}: {error}");
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_reached_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = open(&file.path().join("lake")).await.unwrap_err();
    assert!(matches!(error, Error::LakeUnreachable { .. }), "{error:?}");
    let name = file.path().file_name().unwrap().to_str().unwrap();
    let text = error.to_string();
    assert!(text.starts_with("cannot open the lake at `") && text.contains(&format!("{name}/lake/`")), "{text}");
}

#[tokio::test]
async fn a_damaged_manifest_is_named() {
    let place = TestLake::new().await;
    write(&place.table(), WriteMode::Overwrite, [1]).await;
    let path = place.path().join("t/_commits/00000000000000000001.json");
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = place.table().snapshot().await.unwrap_err().to_string();
    assert!(error.contains("t/_commits/00000000000000000001.json` is not a valid manifest: "), "{error}");

    std::fs::write(&path, whole.replace("Int64", "Int65")).unwrap();
    let error = place.table().snapshot().await.unwrap_err().to_string();
    assert!(error.starts_with("`id` is not a valid column type: "), "{error}");
}

#[tokio::test]
async fn tables_are_those_with_a_committed_version() {
    let place = TestLake::new().await;
    assert!(place.lake.tables().await.unwrap().is_empty());
    for name in ["playlists", "albums"] {
        write(&place.lake.table(name).unwrap(), WriteMode::Overwrite, [1]).await;
    }
    stage(&place.lake.table("unfinished").unwrap(), "w", "a.parquet", [1]).await;
    std::fs::create_dir_all(place.path().join("models/m1")).unwrap();
    std::fs::write(place.path().join("models/m1/config.json"), "{}").unwrap();
    assert_eq!(place.lake.tables().await.unwrap(), ["albums", "playlists"]);
}

#[tokio::test]
async fn names_of_tables_are_plain_words() {
    let place = TestLake::new().await;
    for name in ["t", "playlist_tracks", "T2"] {
        assert_eq!(place.lake.table(name).unwrap().name(), name);
    }
    for name in ["", "_commits", "2t", "a-b", "a/b", "..", "tâble", "a b", "models"] {
        let error = place.lake.table(name).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{name}` is not a valid table name: use ASCII letters")), "{error}");
    }
}

#[tokio::test]
async fn a_table_that_was_never_written_is_named() {
    let place = TestLake::new().await;
    let error = place.table().snapshot().await.unwrap_err().to_string();
    let url = place.lake.url();
    assert_eq!(error, format!("the lake at `{url}` has no table `t`; run the step that writes it (`segue run`)"));
}

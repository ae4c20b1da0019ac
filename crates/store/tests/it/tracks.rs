//! Attributes of tracks, as recommendations show them.

use store::{Error, Track};

use crate::databases::on_each_database;
use crate::samples::{predictions, publish};

fn named(uri: &str, name: &str) -> Track {
    Track {
        track_name: Some(name.to_owned()),
        artist_name: Some("Björk".to_owned()),
        album_name: Some("日本 🎵 '\\\"; --".to_owned()),
        artist_uri: Some("spotify:artist:1".to_owned()),
        album_uri: Some("spotify:album:1".to_owned()),
        duration_ms: Some(215_000),
        ..Track::unnamed(uri)
    }
}

#[tokio::test]
async fn recommendations_show_names_as_soon_as_they_are_known() {
    on_each_database(async |database| {
        let store = database.store().await;
        let rows = publish(&store, "s1", 1, 2).await;
        let (first, second) = (rows[0].track_uri.clone(), rows[1].track_uri.clone());
        let shown = async || {
            let read = store.recommendations(0, 10).await.unwrap();
            read.into_iter().map(|next| next.track).collect::<Vec<_>>()
        };
        assert_eq!(shown().await, [Track::unnamed(&first), Track::unnamed(&second)]);

        store.upsert_tracks(&[named(&first, "Jóga"), named("spotify:track:new", "New")]).await.unwrap();
        assert_eq!(shown().await, [named(&first, "Jóga"), Track::unnamed(&second)]);
        store.upsert_tracks(&[named(&first, "Joga"), named(&first, "Jóga 2")]).await.unwrap();
        assert_eq!(shown().await[0], named(&first, "Jóga 2"), "the last entry counts");
        store.upsert_tracks(&[Track::unnamed(&first)]).await.unwrap();
        assert_eq!(shown().await[0], named(&first, "Jóga 2"), "what is absent stays");
    })
    .await;
}

#[tokio::test]
async fn names_that_come_before_the_predictions_are_kept() {
    on_each_database(async |database| {
        let store = database.store().await;
        let uri = predictions("s1", 1, 1)[0].track_uri.clone();
        store.upsert_tracks(&[named(&uri, "Army of Me")]).await.unwrap();
        publish(&store, "s1", 1, 1).await;
        assert_eq!(store.recommendations(0, 1).await.unwrap()[0].track, named(&uri, "Army of Me"));
    })
    .await;
}

#[tokio::test]
async fn many_tracks_are_written_again_without_using_up_keys() {
    on_each_database(async |database| {
        let store = database.store().await;
        let tracks: Vec<Track> =
            (0..1700).map(|n| named(&format!("spotify:track:{n}"), &format!("Track {n}"))).collect();
        for _ in 0..3 {
            store.upsert_tracks(&tracks).await.unwrap();
        }
        store.upsert_tracks(&[named("spotify:track:last", "Last")]).await.unwrap();
        let mut raw = database.raw().await;
        assert_eq!(raw.number("SELECT COUNT(*) FROM tracks WHERE track_name LIKE 'Track %'").await, 1700);
        let last = raw.number("SELECT track_key FROM tracks WHERE track_uri = 'spotify:track:last'").await;
        // MySQL reserves numbers in powers of two for each statement, so some are lost, but not three times as many.
        assert!((1701..3 * 1700).contains(&last), "{last}");
    })
    .await;
}

#[tokio::test]
async fn values_that_do_not_fit_are_refused_by_name() {
    on_each_database(async |database| {
        let store = database.store().await;
        let long_uri = format!("spotify:track:{}", "x".repeat(64));
        for (track, field) in [
            (Track::unnamed(&long_uri), "track_uri"),
            (Track::unnamed("spotify:track:é"), "track_uri"),
            (Track { album_uri: Some(String::new()), ..Track::unnamed("a") }, "album_uri"),
            (named("a", &"n".repeat(65_536)), "track_name"),
        ] {
            let error = store.upsert_tracks(&[Track::unnamed("fits"), track]).await.unwrap_err();
            let refused = matches!(error, Error::InvalidValue { field: found, .. } if found == field);
            assert!(refused, "{field}: {error}");
        }
        store.upsert_tracks(&[named("a", &"n".repeat(65_535))]).await.unwrap();
        assert_eq!(database.raw().await.number("SELECT COUNT(*) FROM tracks").await, 1);
    })
    .await;
}

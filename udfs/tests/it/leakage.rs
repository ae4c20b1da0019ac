//! What is held out does not influence what a model is trained on: tried through the pipeline's own SQL.

use datafusion::prelude::SessionContext;

use crate::{
    fixture::{rows, session},
    sql_files::{make_lake, make_table, query},
};

/// Every neighbour by the tracks' URIs, with its place and its measures: ids are numbers of one version only.
const NEIGHBOURS: &str = "SELECT item.track_uri, neighbour.track_uri, n.neighbour_rank, n.pair_count, n.track_count, \
     n.neighbour_count, n.cosine, n.jaccard, n.lift, n.npmi, n.conditional \
     FROM track_cooccurrence AS n JOIN tracks AS item ON n.track_id = item.track_id \
     JOIN tracks AS neighbour ON n.neighbour_track_id = neighbour.track_id ORDER BY 1, 3";

type Playlists = Vec<(i64, &'static str, Vec<String>)>;

#[tokio::test]
async fn held_out_playlists_do_not_influence_the_neighbours() {
    let context = session(3);
    let (usual, altered) = (playlists(&context, false).await, playlists(&context, true).await);
    assert!(usual.iter().zip(&altered).filter(|(one, two)| one != two).count() >= 20);
    make_lake(&context, &usual).await;
    let expected = rows(&context, NEIGHBOURS).await;
    assert!(expected.len() > 500, "{}", expected.len());
    make_lake(&context, &altered).await;
    assert_eq!(rows(&context, NEIGHBOURS).await, expected);
}

/// The same comparison notices if all playlists are counted, or if ids follow use counts.
#[tokio::test]
async fn the_comparison_would_notice() {
    let context = session(3);
    let all = query("pipeline/track_cooccurrence.sql").replace("WHERE split = 'train'", "");
    let by_use =
        query("pipeline/tracks.sql").replace("(ORDER BY track_uri)", "(ORDER BY playlist_count DESC, track_uri)");
    for (table, sql) in [("track_cooccurrence", all), ("tracks", by_use)] {
        assert_ne!(sql, query(&format!("pipeline/{table}.sql")), "the query of {table} is written differently now");
        let mut found = Vec::new();
        for is_altered in [false, true] {
            make_lake(&context, &playlists(&context, is_altered).await).await;
            make_table(&context, table, &sql).await;
            for later in ["sequences", "track_cooccurrence"].iter().filter(|_| table == "tracks") {
                make_table(&context, later, &query(&format!("pipeline/{later}.sql"))).await;
            }
            found.push(rows(&context, NEIGHBOURS).await);
        }
        assert_ne!(found[0], found[1], "{table}");
    }
}

/// 300 playlists over 40 tracks with many ties; altered, the held-out ones hold other tracks, new ones among them.
async fn playlists(context: &SessionContext, is_altered: bool) -> Playlists {
    let sql = "SELECT pid FROM (SELECT unnest(range(0, 300)) AS pid) WHERE hash_bucket(pid, 20) < 2";
    let held_out: Vec<i64> = rows(context, sql).await.iter().map(|pid| pid.parse().unwrap()).collect();
    (0..300_i64)
        .map(|pid| {
            let track = |place: i64| format!("{}.{}", (pid + place) % 5, (pid * 7 + place * place * 3) % 40);
            let other = |place: i64| format!("{}.{}", place % 3, if place < 4 { 900 + pid % 3 } else { 30 - place });
            let is_other = is_altered && held_out.contains(&pid);
            (pid, "title", (0..9).map(|place| if is_other { other(place) } else { track(place) }).collect())
        })
        .collect()
}

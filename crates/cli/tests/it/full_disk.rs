//! A full disk ends a run with a clear error, shows nothing half-written, and once there is room the run goes on.

use std::fs;

use serde_json::{Value, json};
use testkit::process::{Segue, SmallDisk};

use crate::workplace::Workplace;

/// Enough for `quarantine` and `playlists` of two small slices, too little for `playlist_tracks`.
const TOO_SMALL: &str = "96k";
const RUN: &str = "run --input raw --steps quarantine,playlists,playlist_tracks --lake \"$DISK\"";

#[tokio::test]
async fn a_full_disk_fails_the_run_and_room_lets_it_go_on() {
    let workplace = Workplace::with_slices().await;
    let disk = workplace.path("disk");
    fs::create_dir(&disk).unwrap();
    let Some(small) = SmallDisk::at(&disk, TOO_SMALL) else { return };
    let script = format!(
        "segue={segue}\n\
         \"$segue\" {RUN} >full.out 2>full.err || echo $? >full.code\n\
         \"$segue\" tables --json --lake \"$DISK\" >full.tables\n\
         mount -o remount,size=8m \"$DISK\"\n\
         \"$segue\" {RUN} --json >room.out\n\
         \"$segue\" sql --json --lake \"$DISK\" 'SELECT count(*) AS n FROM playlist_tracks' >room.count\n\
         find \"$DISK\" -path '*_staging*' -type f >room.left\n",
        segue = env!("CARGO_BIN_EXE_segue")
    );
    let shell = Segue::from_command(small.script(&script).current_dir(workplace.path(".")));
    shell.run([""; 0]).await.unwrap().success().unwrap();

    let read = |name: &str| fs::read_to_string(workplace.path(name)).unwrap();
    let parsed = |name: &str| serde_json::from_str::<Value>(&read(name)).unwrap();
    assert_eq!((read("full.code").trim(), read("full.out").as_str()), ("1", ""));
    let explained = read("full.err");
    assert!(explained.contains("error: step `playlist_tracks` failed"), "{explained}");
    assert!(explained.contains("No space left on device"), "{explained}");
    let tables = parsed("full.tables");
    let names: Vec<&str> = tables.as_array().unwrap().iter().map(|table| table["table"].as_str().unwrap()).collect();
    assert_eq!(names, ["playlists", "quarantine"]);

    let report = parsed("room.out");
    let steps = report["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["resumed"], &steps[1]["resumed"]), (&json!(true), &json!(true)), "{report}");
    let expected = workplace.rows_of_input("SELECT sum(num_tracks) AS n FROM raw_playlists").await;
    assert_eq!(parsed("room.count"), expected);
    assert_eq!(read("room.left"), "", "what failed attempts staged is removed by the commit");
}

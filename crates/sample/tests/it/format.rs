//! Slices are what Python would have written and what the MPD's own checks accept.

use std::path::Path;
use std::process::Command;

use sample::{Compression, SampleOptions, write_slices};

/// Re-serialises every slice and asserts what the MPD's `check.py` asserts; prints playlists, rows,
/// and distinct tracks.
const CHECK_SLICES: &str = include_str!("check_slices.py");

#[test]
fn python_agrees_byte_for_byte() {
    #[track_caller]
    fn check(options: SampleOptions) {
        let dir = tempfile::tempdir().unwrap();
        let summary = write_slices(dir.path(), &options, &|_| {}).unwrap();
        let expected = format!("{} {} {}\n", summary.playlists, summary.track_rows, summary.distinct_tracks);
        assert_eq!(checked_by_python(dir.path()), expected, "{options:?}");
    }
    let few = SampleOptions { slices: 2, playlists_per_slice: 80, ..SampleOptions::default() };
    check(few.clone());
    check(SampleOptions { compression: Compression::Gzip, slices: 3, tracks: 20_000, ..few.clone() });
    // The smallest catalogue has to repeat itself least gracefully: one scene hardly fills a long
    // playlist.
    check(SampleOptions { seed: 1, tracks: SampleOptions::MIN_TRACKS, slices: 4, ..few });
}

#[track_caller]
fn checked_by_python(dir: &Path) -> String {
    let output = Command::new("python3").arg("-c").arg(CHECK_SLICES).arg(dir).output();
    let output = output.expect("python3 has to be installed to run this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

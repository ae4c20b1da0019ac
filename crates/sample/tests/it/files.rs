//! What is left in the folder, whatever happens.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;

use sample::{Compression, Error, Progress, SampleOptions, write_slices};

use crate::slices::bytes;

fn options() -> SampleOptions {
    SampleOptions { seed: 3, slices: 3, playlists_per_slice: 10, tracks: 2_000, compression: Compression::None }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

fn decoded(path: &Path, compression: Compression) -> Vec<u8> {
    let file = fs::File::open(path).unwrap();
    let mut reader: Box<dyn Read> = match compression {
        Compression::None => Box::new(file),
        Compression::Gzip => Box::new(flate2::read::GzDecoder::new(file)),
        Compression::Zstd => Box::new(zstd::Decoder::new(file).unwrap()),
    };
    let mut out = Vec::new();
    reader.read_to_end(&mut out).unwrap();
    out
}

#[test]
fn every_compression_holds_the_same_json() {
    #[track_caller]
    fn check(compression: Compression, suffix: &str) {
        let dir = tempfile::tempdir().unwrap();
        let options = SampleOptions { compression, ..options() };
        let summary = write_slices(dir.path(), &options, &|_| {}).unwrap();
        let expected = ["0-9", "10-19", "20-29"].map(|pids| format!("mpd.slice.{pids}.json{suffix}"));
        assert_eq!(names(dir.path()), expected);
        let mut json_bytes = 0;
        for (slice, name) in (0..).zip(&expected) {
            let json = decoded(&dir.path().join(name), compression);
            assert!(json == bytes(&options, slice), "{name}");
            json_bytes += json.len() as u64;
        }
        let on_disk: u64 = expected.iter().map(|name| dir.path().join(name).metadata().unwrap().len()).sum();
        assert_eq!((summary.json_bytes, summary.bytes), (json_bytes, on_disk));
    }
    check(Compression::None, "");
    check(Compression::Gzip, ".gz");
    check(Compression::Zstd, ".zst");
}

#[test]
fn existing_slices_are_replaced_and_other_files_left() {
    let dir = tempfile::tempdir().unwrap();
    let slice = dir.path().join("mpd.slice.0-9.json");
    fs::write(&slice, "from an earlier run").unwrap();
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    write_slices(dir.path(), &options(), &|_| {}).unwrap();
    assert!(fs::read(&slice).unwrap() == bytes(&options(), 0));
    assert_eq!(fs::read_to_string(dir.path().join("notes.txt")).unwrap(), "mine");
    assert_eq!(names(dir.path()).len(), 4);
}

#[test]
fn folders_are_made_when_missing() {
    let dir = tempfile::tempdir().unwrap();
    let nested = dir.path().join("raw/2017");
    write_slices(&nested, &options(), &|_| {}).unwrap();
    assert_eq!(names(&nested).len(), 3);
}

#[test]
fn the_same_slices_in_another_compression_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    write_slices(dir.path(), &SampleOptions { slices: 1, ..options() }, &|_| {}).unwrap();
    let other = SampleOptions { compression: Compression::Zstd, ..options() };
    let error = write_slices(dir.path(), &other, &|_| {}).unwrap_err();
    let Error::ConflictingSlice { path, slice } = error else {
        panic!("{error}");
    };
    assert_eq!(path, dir.path().join("mpd.slice.0-9.json"));
    assert_eq!(slice, "mpd.slice.0-9.json.zst");
    assert_eq!(names(dir.path()), ["mpd.slice.0-9.json"]);
}

#[test]
fn slices_that_are_cut_in_another_way_are_refused() {
    #[track_caller]
    fn check(there: &str, conflict: Option<&str>) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(there), "from an earlier run").unwrap();
        match (write_slices(dir.path(), &options(), &|_| {}), conflict) {
            (Ok(_), None) => {}
            (Err(Error::ConflictingSlice { path, slice }), Some(expected)) => {
                assert_eq!((path, slice.as_str()), (dir.path().join(there), expected));
            }
            (written, _) => panic!("{there}: {written:?}"),
        }
    }
    // Asked for are playlists 0 to 29, ten in a slice.
    check("mpd.slice.0-99.json", Some("mpd.slice.0-9.json"));
    check("mpd.slice.0-9.json.gz", Some("mpd.slice.0-9.json"));
    check("mpd.slice.25-49.json", Some("mpd.slice.20-29.json"));
    check("mpd.slice.10-19.json", None);
    check("mpd.slice.30-39.json", None);
    check("mpd.slice.x-9.json", None);
    check("notes.json", None);
}

#[test]
fn a_slice_that_cannot_be_written_is_named_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // A folder with content in the place of a slice makes the final rename fail.
    let obstacle = dir.path().join("mpd.slice.10-19.json");
    fs::create_dir_all(obstacle.join("inside")).unwrap();
    let error = write_slices(dir.path(), &options(), &|_| {}).unwrap_err();
    assert!(matches!(&error, Error::WriteSlice { path, .. } if *path == obstacle), "{error}");
    assert!(names(dir.path()).iter().all(|name| !name.ends_with(".tmp")), "{:?}", names(dir.path()));
}

#[test]
fn options_out_of_range_are_refused_before_anything_is_written() {
    #[track_caller]
    fn check(options: SampleOptions, expected: &str) {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("raw");
        let error = write_slices(&target, &options, &|_| {}).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!target.exists());
    }
    check(SampleOptions { slices: 0, ..options() }, "option `slices` is 0, expected at least 1");
    check(
        SampleOptions { playlists_per_slice: 0, ..options() },
        "option `playlists_per_slice` is 0, expected at least 1",
    );
    check(SampleOptions { tracks: 1_999, ..options() }, "option `tracks` is 1999, expected 2000 to 40000000");
    check(
        SampleOptions { slices: 5_000_000, playlists_per_slice: 1_000, ..options() },
        "option `slices` is 5000000, expected at most 4294967 slices of 1000 playlists",
    );
}

#[test]
fn progress_never_goes_back_and_ends_at_the_summary() {
    let dir = tempfile::tempdir().unwrap();
    let heard: Mutex<Vec<Progress>> = Mutex::default();
    let summary = write_slices(dir.path(), &options(), &|progress| heard.lock().unwrap().push(progress)).unwrap();
    let heard = heard.into_inner().unwrap();
    assert_eq!(heard.iter().map(|progress| progress.slices_done).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(heard.is_sorted_by_key(|progress| (progress.bytes, progress.track_rows, progress.playlists)));
    let last = heard.last().unwrap();
    assert_eq!((last.playlists, last.track_rows, last.bytes), (summary.playlists, summary.track_rows, summary.bytes));
    assert_eq!((summary.slices, summary.playlists), (3, 30));
}

#[test]
fn compressions_have_names() {
    #[track_caller]
    fn check(name: &str, expected: Option<Compression>) {
        assert_eq!(name.parse::<Compression>().ok(), expected);
    }
    Compression::ALL.into_iter().for_each(|compression| check(&compression.to_string(), Some(compression)));
    check("zip", None);
    check("", None);
}

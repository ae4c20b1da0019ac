//! Equal options give equal bytes, whoever asks, how often, and on how many threads.

use std::fs;
use std::path::Path;

use sample::{Compression, SampleOptions, write_slices};

use crate::slices::bytes;

fn options() -> SampleOptions {
    SampleOptions { seed: 7, slices: 4, playlists_per_slice: 40, tracks: 5_000, compression: Compression::None }
}

/// Writes slices with this many threads; returns every file's name and content, in order.
fn written(options: &SampleOptions, threads: usize) -> Vec<(String, Vec<u8>)> {
    let dir = tempfile::tempdir().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| write_slices(dir.path(), options, &|_| {})).unwrap();
    files(dir.path())
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> =
        entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn threads_do_not_matter() {
    #[track_caller]
    fn check(compression: Compression) {
        let options = SampleOptions { compression, ..options() };
        let alone = written(&options, 1);
        assert_eq!(alone.len(), 4);
        assert!(alone == written(&options, 4), "{compression}");
    }
    Compression::ALL.into_iter().for_each(check);
}

#[test]
fn a_slice_does_not_depend_on_how_many_there_are() {
    let few = written(&SampleOptions { slices: 2, ..options() }, 2);
    let many = written(&options(), 2);
    for (name, content) in few {
        let (_, same) = many.iter().find(|(other, _)| *other == name).unwrap();
        assert!(content == *same, "{name}");
    }
}

#[test]
fn a_playlist_does_not_depend_on_the_size_of_its_slice() {
    let large = String::from_utf8(bytes(&options(), 1)).unwrap();
    let small = String::from_utf8(bytes(&SampleOptions { playlists_per_slice: 20, ..options() }, 2)).unwrap();
    // Both start with pid 40; the header differs, so compare from the list of playlists to the end
    // of the smaller one.
    let body = |text: &str| text.split_once("\"playlists\": [").unwrap().1.to_owned();
    let (large, small) = (body(&large), body(&small));
    assert!(large.starts_with(small.strip_suffix("\n    ]\n}").unwrap()));
}

#[test]
fn seed_and_catalogue_matter() {
    #[track_caller]
    fn check(changed: SampleOptions) {
        assert!(bytes(&options(), 0) != bytes(&changed, 0));
    }
    check(SampleOptions { seed: 8, ..options() });
    check(SampleOptions { tracks: 5_001, ..options() });
}

#[test]
fn bytes_stay_what_they_were() {
    // Datasets are named by their seed in benchmarks and reports, so a change of these hashes is a
    // breaking change.
    #[track_caller]
    fn check(seed: u64, expected: u64) {
        let options = SampleOptions { seed, ..options() };
        assert_eq!(fnv1a(&bytes(&options, 3)), expected, "seed {seed}");
    }
    check(0, 0x41f1_e054_2eef_0ef2);
    check(42, 0x5112_836e_dd08_5688);
}

/// Hashes bytes by FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

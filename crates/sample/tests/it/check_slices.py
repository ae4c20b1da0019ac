"""Checks every slice of a folder; fails at the first thing that is not as in the MPD."""

import gzip
import json
import os
import re
import sys

PLAYLIST_FIELDS = {
    "name", "collaborative", "pid", "modified_at", "num_tracks", "num_albums", "num_followers",
    "tracks", "num_edits", "duration_ms", "num_artists",
}
TRACK_FIELDS = {
    "pos", "artist_name", "track_uri", "artist_uri", "track_name", "album_uri", "duration_ms",
    "album_name",
}
URI = re.compile(r"spotify:(track|artist|album):[0-9A-Za-z]{22}$")
# 2010-01-01 and 2017-11-01, in seconds since 1970.
FIRST_SECOND, END_SECOND = 1262304000, 1509494400

names = {}
pids = set()
tracks_seen = set()
rows = 0


def consistent(key, value):
    assert names.setdefault(key, value) == value, (key, names[key], value)


def check_track(position, track):
    assert set(track) == TRACK_FIELDS, track
    assert track["pos"] == position, track
    for kind in ("track", "artist", "album"):
        match = URI.match(track[kind + "_uri"])
        assert match and match.group(1) == kind, track
        assert track[kind + "_name"].strip(), track
        consistent(track[kind + "_uri"], track[kind + "_name"])
    consistent(("artist of", track["album_uri"]), track["artist_uri"])
    consistent(("album of", track["track_uri"]), track["album_uri"])
    consistent(("duration of", track["track_uri"]), track["duration_ms"])
    assert isinstance(track["duration_ms"], int) and track["duration_ms"] >= 0, track


def check_playlist(playlist):
    global rows
    assert set(playlist) - {"description"} == PLAYLIST_FIELDS, playlist.keys()
    tracks = playlist["tracks"]
    assert 5 <= len(tracks) <= 250, len(tracks)
    assert playlist["num_tracks"] == len(tracks)
    assert playlist["num_albums"] == len({track["album_uri"] for track in tracks}) >= 2
    assert playlist["num_artists"] == len({track["artist_uri"] for track in tracks}) >= 3
    assert playlist["duration_ms"] == sum(track["duration_ms"] for track in tracks)
    assert playlist["num_followers"] >= 1 and playlist["num_edits"] >= 1
    assert playlist["collaborative"] in ("true", "false")
    assert playlist["name"].strip() and playlist.get("description", "some").strip()
    assert playlist["modified_at"] % 86400 == 0
    assert FIRST_SECOND <= playlist["modified_at"] < END_SECOND
    assert playlist["pid"] not in pids
    pids.add(playlist["pid"])
    for position, track in enumerate(tracks):
        check_track(position, track)
    tracks_seen.update(track["track_uri"] for track in tracks)
    rows += len(tracks)


def check_slice(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        text = file.read().decode("ascii")
    content = json.loads(text)
    assert json.dumps(content, indent=4, separators=(", ", ": ")) == text, path
    assert list(content) == ["info", "playlists"]
    start, end = re.search(r"mpd\.slice\.(\d+)-(\d+)\.json", path).groups()
    assert content["info"]["slice"] == start + "-" + end and content["info"]["version"] == "v1"
    expected = list(range(int(start), int(end) + 1))
    assert [playlist["pid"] for playlist in content["playlists"]] == expected
    for playlist in content["playlists"]:
        check_playlist(playlist)


for name in sorted(os.listdir(sys.argv[1])):
    check_slice(os.path.join(sys.argv[1], name))
print(len(pids), rows, len(tracks_seen))

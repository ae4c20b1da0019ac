//! What is known of a track beside its sequences.

/// A track of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Address, `spotify:track:…`.
    pub track_uri: String,
    /// Name.
    pub track_name: String,
    /// Address of the artist.
    pub artist_uri: String,
    /// Name of the artist.
    pub artist_name: String,
    /// Address of the album.
    pub album_uri: String,
    /// Training playlists that hold the track.
    pub train_count: u32,
}

//! URIs in Spotify's form.

use super::{AlbumId, ArtistId, TrackId};
use crate::random::{Domain, keyed, mix};

const ALPHABET: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Base-62 digits made from one hash of 64 bits; 62^11 > 2^64, so distinct hashes give distinct
/// digits.
const DIGITS_PER_HASH: usize = 11;

/// Something that has a URI.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entity {
    Artist(ArtistId),
    Album(AlbumId),
    Track(TrackId),
}

/// Appends `spotify:{kind}:` and 22 base-62 characters; distinct entities of a catalogue get
/// distinct URIs.
pub(crate) fn push_uri(key: u64, entity: Entity, out: &mut Vec<u8>) {
    let (prefix, domain, id): (&[u8], _, _) = match entity {
        Entity::Artist(ArtistId(id)) => (b"spotify:artist:", Domain::ArtistUri, id),
        Entity::Album(AlbumId(id)) => (b"spotify:album:", Domain::AlbumUri, id),
        Entity::Track(TrackId(id)) => (b"spotify:track:", Domain::TrackUri, id),
    };
    let hash = keyed(key, domain, u64::from(id));
    out.extend_from_slice(prefix);
    out.extend_from_slice(&digits(hash));
    out.extend_from_slice(&digits(mix(!hash)));
}

/// Writes `hash / 2^64` as a base-62 fraction: each multiplication moves the next digit above the
/// point.
fn digits(hash: u64) -> [u8; DIGITS_PER_HASH] {
    const BASE: u64 = ALPHABET.len() as u64;
    let mut fraction = hash;
    std::array::from_fn(|_| {
        let carry = ((fraction & u64::from(u32::MAX)) * BASE) >> 32;
        let digit = ((fraction >> 32) * BASE + carry) >> 32;
        fraction = fraction.wrapping_mul(BASE);
        ALPHABET[digit as usize]
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn has_the_documented_shape() {
        #[track_caller]
        fn check(entity: Entity, prefix: &str) {
            let mut out = Vec::new();
            push_uri(1, entity, &mut out);
            let uri = String::from_utf8(out).unwrap();
            let digits = uri.strip_prefix(prefix).unwrap();
            assert!(digits.len() == 22 && digits.bytes().all(|digit| digit.is_ascii_alphanumeric()), "{uri}");
        }
        check(Entity::Artist(ArtistId(0)), "spotify:artist:");
        check(Entity::Album(AlbumId(1)), "spotify:album:");
        check(Entity::Track(TrackId(u32::MAX)), "spotify:track:");
    }

    #[test]
    fn differs_by_id_kind_and_key() {
        let mut uris = HashSet::new();
        for key in 0..3 {
            for id in 0..1000 {
                for entity in [Entity::Artist(ArtistId(id)), Entity::Album(AlbumId(id)), Entity::Track(TrackId(id))] {
                    let mut out = Vec::new();
                    push_uri(key, entity, &mut out);
                    assert!(uris.insert(out.split_off(out.len() - 22)));
                }
            }
        }
    }

    #[test]
    fn digits_use_the_whole_alphabet() {
        assert_eq!(&digits(0), b"00000000000");
        assert_eq!(digits(u64::MAX)[..10], *b"ZZZZZZZZZZ");
        assert_ne!(digits(u64::MAX), digits(u64::MAX - 1));
    }
}

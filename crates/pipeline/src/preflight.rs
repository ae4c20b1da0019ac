//! What a run finds out before its first step, rather than hours later at the step that needs it.

use std::{fs::File, io::Read, path::Path};

use sha2::{Digest, Sha256};

use crate::{Error, Result, RunOptions, Step, steps::trainer};

/// Bytes of the trainer's file that are read at once.
const CHUNK_BYTES: usize = 1024 * 1024;

/// What there is to know of the trainer; nothing if no step needs it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Trainer {
    /// Content of its settings file, empty if none is given.
    pub(crate) settings: Vec<u8>,
    /// Hash of its file, which tells one build from another wherever and whenever it was copied; empty if the file is
    /// found on the search path only.
    pub(crate) build: String,
}

/// Checks that the trainer starts and that its settings can be read, if any step needs them.
pub(crate) async fn check_trainer(options: &RunOptions) -> Result<Trainer> {
    if !options.steps.iter().any(|step| matches!(step, Step::Train | Step::Predict)) {
        return Ok(Trainer::default());
    }
    let settings = match &options.model_config {
        Some(path) => tokio::fs::read(path)
            .await
            .map_err(|source| Error::ModelConfig { path: path.display().to_string(), source })?,
        None => Vec::new(),
    };
    trainer::check(options).await?;
    let binary = options.model_binary.clone();
    let build = tokio::task::spawn_blocking(move || hash(&binary)).await;
    Ok(Trainer { settings, build: build.ok().and_then(Result::ok).unwrap_or_default() })
}

fn hash(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hash, mut chunk) = (File::open(path)?, Sha256::new(), vec![0; CHUNK_BYTES]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hash.update(&chunk[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_content() {
        let folder = tempfile::TempDir::new().unwrap();
        let (one, copy) = (folder.path().join("one"), folder.path().join("copy"));
        std::fs::write(&one, b"abc").unwrap();
        std::fs::copy(&one, &copy).unwrap();
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((hash(&one).unwrap().as_str(), hash(&copy).unwrap().as_str()), (expected, expected));
        std::fs::write(&copy, b"abd").unwrap();
        assert_ne!(hash(&copy).unwrap(), expected);
    }
}

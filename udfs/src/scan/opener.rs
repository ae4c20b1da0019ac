//! Opens a file and streams its playlists, or what is wrong with them, in bounded batches.

use std::{collections::VecDeque, sync::Arc};

use arrow::{
    array::{Int64Array, RecordBatch, StringArray},
    datatypes::{Schema, SchemaRef},
};
use datafusion::{
    datasource::{
        listing::PartitionedFile,
        physical_plan::{FileOpenFuture, FileOpener},
    },
    error::{DataFusionError, Result},
};
use futures::{FutureExt, StreamExt, stream};
use object_store::ObjectStore;

use super::{
    batch::PlaylistBatchBuilder,
    input::{SliceInput, layout_of},
    json::{Document, Fault, FaultKind, Playlist, Step},
    spec::{BadInput, Content, ScanSpec},
};

/// Tracks after which a batch of playlists is emitted. A batch of all columns is then about 1 MB: small enough for its
/// buffers to be taken from memory that was just given back, instead of from fresh pages.
const BATCH_TRACKS: usize = 4 * 1024;

/// Opens files of playlists for one scan.
pub(crate) struct SliceOpener {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) spec: ScanSpec,
    /// Columns to build.
    pub(crate) schema: SchemaRef,
    pub(crate) batch_size: usize,
}

impl FileOpener for SliceOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let store = Arc::clone(&self.store);
        let spec = self.spec.clone();
        let schema = Arc::clone(&self.schema);
        let batch_size = self.batch_size;
        Ok(async move {
            let (path, size) = (file.object_meta.location, file.object_meta.size);
            let built = match spec.content {
                Content::Playlists | Content::Tracks => Arc::clone(&schema),
                Content::Rejects => Arc::new(Schema::empty()),
            };
            let input = SliceInput::open(store, &path, size).await?;
            let reader = SliceReader {
                document: Document::new(layout_of(&path)),
                file: path.to_string(),
                input,
                at: 0,
                playlists: PlaylistBatchBuilder::try_new(built, spec.content)?,
                spec,
                rejects: VecDeque::new(),
                schema,
                batch_size,
                done: false,
            };
            Ok(stream::try_unfold(reader, |mut reader| async move {
                let batch = reader.next_batch().await?;
                Ok(batch.map(|batch| (batch, reader)))
            })
            .boxed())
        }
        .boxed())
    }
}

/// A playlist, or the rest of a file, that cannot be used.
struct Reject {
    byte_offset: i64,
    json_path: String,
    reason: String,
    scope: &'static str,
}

struct SliceReader {
    document: Document,
    file: String,
    input: SliceInput,
    /// Position in the input's buffer.
    at: usize,
    spec: ScanSpec,
    schema: SchemaRef,
    playlists: PlaylistBatchBuilder,
    rejects: VecDeque<Reject>,
    batch_size: usize,
    done: bool,
}

impl SliceReader {
    async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        while !self.done && !self.is_full() {
            if let Err(fault) = self.parse_some() {
                self.handle(fault).await?;
            }
        }
        match self.spec.content {
            Content::Playlists | Content::Tracks if self.playlists.rows() > 0 => self.playlists.finish().map(Some),
            Content::Rejects if !self.rejects.is_empty() => self.finish_rejects().map(Some),
            _ => Ok(None),
        }
    }

    fn is_full(&self) -> bool {
        let rows_are_tracks = self.spec.content == Content::Tracks;
        self.playlists.tracks() >= BATCH_TRACKS
            || (self.playlists.rows() >= self.batch_size && !rows_are_tracks)
            || self.rejects.len() >= self.batch_size
    }

    /// Parses playlists until the batch is full, the file over, or something is wrong.
    fn parse_some(&mut self) -> Result<(), Fault> {
        while !self.is_full() {
            let mut playlist = Playlist::default();
            let (buffer, last) = (self.input.buffer(), self.input.is_last());
            match self.document.next(buffer, &mut self.at, last, &mut playlist)? {
                Step::End => {
                    if let Some(reason) = self.input.damage() {
                        return Err(Fault::new(self.at, FaultKind::Damaged { reason: reason.to_owned() }));
                    }
                    self.done = true;
                    return Ok(());
                }
                Step::Playlist if self.spec.content != Content::Rejects => {
                    self.playlists.push(&playlist, &self.file, self.input.offset(self.at));
                }
                Step::Playlist => {}
            }
        }
        Ok(())
    }

    async fn handle(&mut self, fault: Fault) -> Result<()> {
        if fault.kind == FaultKind::Incomplete && !self.input.is_last() {
            self.input.refill(self.at).await?;
            self.at = 0;
            return Ok(());
        }
        let fault = self.with_damage(fault);
        if self.spec.bad_input == BadInput::Fail && self.spec.content != Content::Rejects {
            return Err(self.failure(&fault));
        }
        if !self.document.can_skip(&fault) {
            self.reject_rest(&fault);
            return Ok(());
        }
        // The playlist is broken in itself; whether it can be passed over decides what is lost.
        match self.document.skip_playlist(self.input.buffer(), &mut self.at, self.input.is_last()) {
            Ok(path) => self.reject(&fault, &path, "playlist"),
            Err(skip) if skip.kind == FaultKind::Incomplete && !self.input.is_last() => {
                self.input.refill(self.at).await?;
                self.at = 0;
            }
            Err(skip) => self.reject_rest(&self.with_damage(skip)),
        }
        Ok(())
    }

    /// Says why the text ends too early, if it does because it cannot be decompressed any further.
    fn with_damage(&self, fault: Fault) -> Fault {
        match self.input.damage() {
            Some(reason) if fault.kind == FaultKind::Incomplete => {
                Fault::new(fault.at, FaultKind::Damaged { reason: reason.to_owned() })
            }
            _ => fault,
        }
    }

    fn reject_rest(&mut self, fault: &Fault) {
        self.reject(fault, &self.document.playlist_path(), "rest of file");
        self.done = true;
    }

    fn reject(&mut self, fault: &Fault, playlist_path: &str, scope: &'static str) {
        if self.spec.content == Content::Rejects {
            self.rejects.push_back(Reject {
                byte_offset: self.input.offset(fault.at),
                json_path: fault.json_path(playlist_path),
                reason: fault.kind.to_string(),
                scope,
            });
        }
    }

    fn failure(&self, fault: &Fault) -> DataFusionError {
        DataFusionError::Execution(format!(
            "bad input in `{}` at byte {}, {}: {}; mend the file, or set aside what cannot be used with \
             `--bad-input quarantine`",
            self.file,
            self.input.offset(fault.at),
            fault.json_path(&self.document.playlist_path()),
            fault.kind,
        ))
    }

    fn finish_rejects(&mut self) -> Result<RecordBatch> {
        let rejects: Vec<Reject> = self.rejects.drain(..).collect();
        let all = RecordBatch::try_from_iter_with_nullable([
            ("file", Arc::new(StringArray::from_iter_values(rejects.iter().map(|_| &self.file))) as _, false),
            ("byte_offset", Arc::new(Int64Array::from_iter_values(rejects.iter().map(|r| r.byte_offset))) as _, false),
            ("json_path", Arc::new(StringArray::from_iter_values(rejects.iter().map(|r| &r.json_path))) as _, false),
            ("reason", Arc::new(StringArray::from_iter_values(rejects.iter().map(|r| &r.reason))) as _, false),
            ("scope", Arc::new(StringArray::from_iter_values(rejects.iter().map(|r| r.scope))) as _, false),
        ])?;
        let columns: Result<Vec<usize>, _> =
            self.schema.fields().iter().map(|field| all.schema().index_of(field.name())).collect();
        Ok(all.project(&columns?)?)
    }
}

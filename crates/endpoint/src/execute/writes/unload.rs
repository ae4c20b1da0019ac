//! `UNLOAD`.

use super::{
    Done, Properties, Task,
    delivery::{addresses, check_empty, write},
    finish, format,
    partitioning::{dealt, divided, keys_of},
    source::Source,
};
use crate::error::QueryResult;

pub(in crate::execute) async fn unload(
    task: &Task,
    query: &str,
    location: &str,
    properties: &Properties,
) -> QueryResult<Done> {
    format::check_properties(properties, &["partitioned_by"])?;
    let written_as = format::of_properties(properties)?;
    let source = Source::of(task, query).await?;
    let keys = keys_of(properties);
    let (_, key_fields) = divided(source.named_fields()?, &keys)?;
    let location = format!("{}/", location.trim_end_matches('/'));
    check_empty(task, &location, "UNLOAD").await?;
    let rows = dealt(&source, source.renamed()?, &key_fields)?;
    let written = write(task, &source, rows, &location, &keys, written_as).await?;
    let (moves, _) = written.to_folder(&keys, &Default::default());
    let delivered = async {
        // Somebody may have written there while the rows were computed.
        check_empty(task, &location, "UNLOAD").await?;
        written.deliver(&moves).await
    }
    .await;
    if let Err(error) = delivered {
        written.take_back(&moves).await?;
        return Err(error);
    }
    finish(task, &source, "UNLOAD", written.wrote, addresses(&moves)).await
}

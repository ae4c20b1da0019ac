//! Steps of SQL: a query whose result replaces a table, or that part of it whose slices are new.
//!
//! ```text
//! what is new? ─► query as INSERT OVERWRITE ─► candidate ─► checks ─► version
//! ```

use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use datafusion::{
    common::tree_node::TreeNodeRecursion,
    dataframe::DataFrame,
    datasource::{provider_as_source, source_as_provider},
    logical_expr::{LogicalPlan, LogicalPlanBuilder, dml::InsertOp},
    prelude::SessionContext,
};
use lake::{Manifest, Origin, PartitionBy, PartitionValues, Table};
use serde_json::json;
use udfs::{lake_table::LakeTable, scan::SliceVersions};
use uuid::Uuid;

use super::{Output, named_version, rejected};
use crate::{
    Error, Result, RunOptions, Step, Workspace, checks, definition,
    increment::Increment,
    inputs::Versions,
    quality::{self, Judge},
};

/// What the lake says of a write that it refuses because no row would be left; a job's error comes as text.
const BECOMES_EMPTY: &str = "would become empty";

/// A step of SQL of one run.
pub(crate) struct QueryStep<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) options: &'a RunOptions,
    pub(crate) step: Step,
    pub(crate) sql: &'a str,
    /// The slices as they were when the run began.
    pub(crate) slices: &'a SliceVersions,
    /// Versions of the tables that the step reads.
    pub(crate) inputs: &'a Versions,
}

/// What a step has to do.
enum Work {
    Nothing,
    /// Everything, from tables of the lake.
    Tables,
    Slices(Increment),
}

impl QueryStep<'_> {
    /// Runs the step as a job on the cluster, unless its table is what the job would make.
    pub(crate) async fn run(&self) -> Result<Output> {
        let table = self.workspace.lake.table(self.step.name())?;
        let before = match table.latest_version().await? {
            Some(version) => Some(table.manifest(version).await?),
            None => None,
        };
        let definition = definition::of(self.options, self.step, self.sql);
        let output = match (self.work(before.as_ref(), &definition)?, before) {
            (Work::Nothing, Some(manifest)) => Output { unchanged: true, ..output(&manifest) },
            (work, _) => self.make(&table, &work, definition).await?,
        };
        if self.step == Step::Quarantine {
            let context = self.workspace.session().await?;
            rejected::forbid(&context, self.options.bad_input, output.rows.unwrap_or_default()).await?;
        }
        Ok(output)
    }

    /// What the step would do; [`None`] if its table is what it would make.
    pub(crate) async fn pending(&self) -> Result<Option<String>> {
        let table = self.workspace.lake.table(self.step.name())?;
        let before = match table.latest_version().await? {
            Some(version) => Some(table.manifest(version).await?),
            None => None,
        };
        let definition = definition::of(self.options, self.step, self.sql);
        Ok(match self.work(before.as_ref(), &definition)? {
            Work::Nothing => None,
            Work::Tables if before.is_none() => Some("its table is not there yet".to_owned()),
            Work::Tables => Some("its query or the tables that it reads are others than before".to_owned()),
            Work::Slices(increment) => Some(increment.counts().to_string()),
        })
    }

    fn work(&self, before: Option<&Manifest>, definition: &str) -> Result<Work> {
        let known = before.and_then(|manifest| manifest.origin.as_ref()).filter(|_| !self.options.full);
        if self.step.slice_column().is_some() {
            let increment = Increment::between(known, definition, self.slices, self.options.removed_slices)?;
            return Ok(if increment.is_done() { Work::Nothing } else { Work::Slices(increment) });
        }
        let is_same = |manifest: &Manifest| {
            let inputs = self.inputs.iter().map(|(table, version)| ((*table).to_owned(), *version));
            manifest.inputs == inputs.collect::<BTreeMap<_, _>>()
        };
        let is_done = known.is_some_and(|origin| origin.definition == definition) && before.is_some_and(is_same);
        Ok(if is_done { Work::Nothing } else { Work::Tables })
    }

    async fn make(&self, table: &Table, work: &Work, definition: String) -> Result<Output> {
        let (read, sources) = match work {
            Work::Slices(increment) => (increment.read.clone(), increment.sources.clone()),
            _ => (SliceVersions::new(), SliceVersions::new()),
        };
        let context = self.workspace.session_on_slices(&self.options.input, self.options.bad_input, read).await?;
        let write_id = Uuid::now_v7().to_string();
        self.write(&context, work, &write_id).await?;
        let checks = checks::run(&context, self.options, self.step, table, &write_id).await?;
        let rows = table.preview(&write_id).await?.rows();
        let measures = quality::measure(&context, self.step).await?;
        let lake = self.workspace.lake.url().as_str();
        let judge = Judge { store: &self.workspace.store, options: self.options, lake };
        let unusual = judge.rows(self.step, rows).await?;
        let drifts = match &measures {
            Some(measures) => judge.drift(self.step, measures).await?,
            None => Vec::new(),
        };
        let manifest = table.promote(&write_id, Some(Origin { definition, sources })).await?;
        let mut details = serde_json::Map::new();
        let mut unknown_fields = BTreeSet::new();
        if let Work::Slices(increment) = work {
            details.insert("slices".to_owned(), json!(increment.counts()));
            if self.step == Step::Playlists {
                let (stores, input) = (&self.workspace.stores, &self.options.input);
                unknown_fields = quality::unknown_fields(stores, input, &increment.read).await;
            }
        }
        if let Some(measures) = &measures {
            details.insert("measures".to_owned(), json!(measures));
        }
        if !checks.is_empty() {
            details.insert("checks".to_owned(), json!(checks));
        }
        let details = (!details.is_empty()).then(|| details.into());
        Ok(Output { details, unusual, drifts, unknown_fields, measures, ..output(&manifest) })
    }

    /// Runs the query and holds what it yields as a candidate.
    async fn write(&self, context: &SessionContext, work: &Work, write_id: &str) -> Result<()> {
        let failed = Error::query(self.step);
        let query = context.sql(self.sql).await.map_err(&failed)?;
        let schema = Arc::new(query.schema().as_arrow().clone());
        let (state, plan) = query.into_parts();
        let inputs = versions_read(&plan).map_err(&failed)?;
        let mut target =
            LakeTable::target(&self.workspace.lake, self.step.name(), schema).with_inputs(inputs).held_as(write_id);
        if let (Work::Slices(increment), Some(column)) = (work, self.step.slice_column()) {
            let partition = |path: &String| PartitionValues::from([(column.to_owned(), path.clone())]);
            let replaced = increment.replaced.as_ref().map(|paths| paths.iter().map(partition).collect());
            target = target.divided(PartitionBy::Runs(vec![column.to_owned()]), replaced);
        }
        if !(self.step.may_be_empty() || self.options.allow_empty) {
            target = target.refusing_empty();
        }
        let target = provider_as_source(Arc::new(target));
        let insert = LogicalPlanBuilder::insert_into(plan, self.step.name(), target, InsertOp::Overwrite)
            .and_then(LogicalPlanBuilder::build)
            .map_err(&failed)?;
        let step = self.step;
        DataFrame::new(state, insert).collect().await.map_err(|error| {
            match error.to_string().contains(BECOMES_EMPTY) {
                true => Error::NoRows { step },
                false => failed(error),
            }
        })?;
        Ok(())
    }
}

fn output(manifest: &Manifest) -> Output {
    Output {
        rows: Some(manifest.rows()),
        bytes: Some(manifest.bytes()),
        version: Some(named_version(&manifest.table, manifest.version)),
        ..Output::default()
    }
}

/// Versions of the lake's tables that a query reads, by name.
fn versions_read(plan: &LogicalPlan) -> datafusion::error::Result<BTreeMap<String, u64>> {
    let mut versions = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(provider) = source_as_provider(&scan.source)
            && let Some(table) = (provider.as_ref() as &dyn Any).downcast_ref::<LakeTable>()
            && let Some(version) = table.version()
        {
            versions.insert(table.name().to_owned(), version);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(versions)
}

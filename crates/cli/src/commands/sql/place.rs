//! Where statements are answered: catalog, lake and cluster, opened.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use anyhow::Result;
use catalog::Catalog;
use cluster::{Cluster, ClusterAddress};
use datafusion::{
    execution::SendableRecordBatchStream,
    logical_expr::LogicalPlan,
    physical_plan::execute_stream,
    physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner},
    prelude::SessionContext,
    sql::parser::Statement as Parsed,
};
use endpoint::{Answer, EndpointOptions, Places, Service, StatementRunner};
use lake::{Lake, ObjectStores};
use pipeline::{RAW_PLAYLISTS, RAW_REJECTS};
use tokio::sync::OnceCell;
use udfs::{
    scan::{BadInput, ScanSpec, SliceTable},
    writes::parallel_writes,
};

use super::statements::Statement;
use crate::settings::Settings;

/// What is opened besides that which all commands take.
#[derive(Debug, Clone)]
pub(super) struct Extras<'a> {
    /// Slices that are tables of this session.
    pub(super) input: Option<(url::Url, BadInput)>,
    /// Folder whose folders are buckets.
    pub(super) buckets: &'a Path,
    /// Whether s3:// addresses are those of a server whatever the folder holds.
    pub(super) real_s3: bool,
}

/// Everything that a statement needs.
pub(super) struct Place {
    runner: StatementRunner,
    lake: Lake,
    /// Made when the first statement of the engine's own comes.
    engine: OnceCell<SessionContext>,
}

impl Place {
    pub(super) async fn open(settings: &Settings, extras: &Extras<'_>) -> Result<Self> {
        let stores = Arc::new(ObjectStores::from_env());
        let lake = Lake::open(&settings.lake, Arc::clone(&stores)).await?;
        let (address, engine) = (settings.cluster()?, settings.engine());
        let cluster = Cluster::open(&address, &engine, Arc::clone(&stores)).await?;
        let store = settings.open_store().await?;
        // Nothing listens: the address only says that whoever asks is on this machine.
        let mut options = EndpointOptions::on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let is_embedded = matches!(address, ClusterAddress::Embedded { .. });
        if is_embedded && !extras.real_s3 && lake.url().scheme() == "file" && extras.buckets.is_dir() {
            options.local_buckets = Some(extras.buckets.to_owned());
        }
        let places = Places { catalog: Catalog::new(store, Some(lake.clone())), cluster, engine, stores };
        let mut runner = StatementRunner::new(Service::try_new(places, options)?);
        if let Some((input, bad_input)) = &extras.input {
            let table = |spec| SliceTable::try_new(input.clone(), spec);
            runner = runner.with_table(RAW_PLAYLISTS, Arc::new(table(ScanSpec::playlists(*bad_input))?));
            runner = runner.with_table(RAW_REJECTS, Arc::new(table(ScanSpec::rejects())?));
        }
        Ok(Self { runner, lake, engine: OnceCell::new() })
    }

    /// The database of names without one.
    pub(super) fn database(&self) -> &str {
        self.runner.database()
    }

    /// Takes names without a database for those of this one, which there must be.
    pub(super) async fn use_database(&mut self, name: &str) -> Result<()> {
        Ok(self.runner.use_database(name).await?)
    }

    /// Runs a statement; the job of a query ends when its rows are dropped.
    pub(super) async fn answer(&mut self, statement: Statement) -> Result<Answer> {
        match statement {
            Statement::Trino(text) => Ok(self.runner.run(&text, &[]).await?),
            Statement::Use(database) => {
                self.use_database(&database).await?;
                Ok(Answer::Done)
            }
            Statement::Datafusion(parsed) => self.answer_of_engine(*parsed).await,
        }
    }

    async fn answer_of_engine(&self, statement: Parsed) -> Result<Answer> {
        let session = self.engine.get_or_try_init(|| self.runner.engine_session()).await?;
        let plan = session.state().statement_to_plan(statement).await?;
        let plan = parallel_writes(plan, &self.lake).await?;
        let rows = rows_of(session, plan).await?;
        Ok(rows.map_or(Answer::Done, Answer::Rows))
    }
}

/// The rows of a plan; a statement such as `CREATE VIEW` has none.
async fn rows_of(
    session: &SessionContext,
    plan: LogicalPlan,
) -> datafusion::error::Result<Option<SendableRecordBatchStream>> {
    if matches!(plan, LogicalPlan::DescribeTable(_)) {
        // The planner of a cluster would send it there, and such a plan cannot be sent.
        let described = DefaultPhysicalPlanner::default().create_physical_plan(&plan, &session.state()).await?;
        return execute_stream(described, session.task_ctx()).map(Some);
    }
    let result = session.execute_logical_plan(plan).await?;
    if result.schema().fields().is_empty() {
        return Ok(None);
    }
    result.execute_stream().await.map(Some)
}

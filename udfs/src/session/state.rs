//! Builds the session's configuration, runtime and state.

use std::{path::Path, sync::Arc};

use ballista_core::{
    extension::{SessionConfigExt, ballista_aggregate_functions, ballista_scalar_functions, ballista_window_functions},
    optimizer::ballista_default_optimizer_rules,
    registry::BallistaFunctionRegistry,
};
use datafusion::{
    error::Result,
    execution::{
        FunctionRegistry, SessionState, SessionStateBuilder,
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    optimizer::OptimizerRule,
    prelude::{SessionConfig, SessionContext},
};
use lake::ObjectStores;
use trino::sql::OwnFunctions;

use super::{EngineOptions, StoreRegistry, TraceContext, query_planner::SegueQueryPlanner};
use crate::{
    codec::{SegueLogicalCodec, SeguePhysicalCodec},
    functions,
    optimizer::{DivideCooccurrence, FuseUnnest, KeepEmptyColumns, NarrowNeighbours, NarrowTracks, TravellingWindows},
};

/// Largest plan or result message between processes. Ballista's 16 MiB are too few for plans over thousands of files,
/// and a message that is too large is taken for the loss of an executor (datafusion-ballista issue 2290).
pub const MAX_MESSAGE_BYTES: usize = 128 * 1024 * 1024;

/// Configuration of a session, with Segue's codecs.
pub fn session_config(options: &EngineOptions) -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_target_partitions(options.target_partitions)
        .with_information_schema(true)
        .with_ballista_grpc_client_max_message_size(MAX_MESSAGE_BYTES)
        .with_ballista_adaptive_query_planner(options.adaptive)
        .with_ballista_logical_extension_codec(Arc::new(SegueLogicalCodec::default()))
        .with_ballista_physical_extension_codec(Arc::new(SeguePhysicalCodec::default()))
        .with_extension(Arc::new(own_functions()))
        .with_option_extension(TraceContext::default())
}

/// What Trino's queries may call besides Trino's functions.
fn own_functions() -> OwnFunctions {
    let scalar = functions::scalar_functions().into_iter().map(|function| function.name().to_owned());
    let aggregate = functions::aggregate_functions().into_iter().map(|function| function.name().to_owned());
    OwnFunctions(scalar.chain(aggregate).collect())
}

/// Runtime with the shared object stores; spills go to `work_dir`, or the system's temporary folder.
///
/// # Errors
/// A DataFusion error if the folder cannot be used.
pub fn runtime_env(stores: Arc<ObjectStores>, work_dir: Option<&Path>) -> Result<Arc<RuntimeEnv>> {
    let builder = RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(StoreRegistry::new(stores)));
    match work_dir {
        Some(work_dir) => builder.with_temp_file_path(work_dir).build_arc(),
        None => builder.build_arc(),
    }
}

/// State of a session: all functions and optimizer rules, on a configuration and a runtime.
///
/// # Errors
/// A DataFusion error if a function cannot be registered.
pub fn session_state(config: SessionConfig, runtime: Arc<RuntimeEnv>) -> Result<SessionState> {
    // First, while the call stands in the plan as it was written.
    let mut rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> = vec![Arc::new(DivideCooccurrence)];
    rules.extend(ballista_default_optimizer_rules());
    rules.push(Arc::new(NarrowTracks));
    rules.push(Arc::new(NarrowNeighbours));
    rules.push(Arc::new(FuseUnnest));
    rules.push(Arc::new(TravellingWindows));
    rules.push(Arc::new(KeepEmptyColumns));
    let mut state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_optimizer_rules(rules)
        .with_query_planner(Arc::new(SegueQueryPlanner))
        .with_scalar_functions(ballista_scalar_functions())
        .with_aggregate_functions(ballista_aggregate_functions())
        .with_window_functions(ballista_window_functions())
        .build();
    for function in functions::scalar_functions() {
        state.register_udf(function)?;
    }
    for function in functions::aggregate_functions() {
        state.register_udaf(function)?;
    }
    let of_trino = trino::functions::functions();
    for function in of_trino.scalar {
        state.register_udf(function)?;
    }
    for function in of_trino.aggregate {
        state.register_udaf(function)?;
    }
    for function in of_trino.window {
        state.register_udwf(function)?;
    }
    Ok(state)
}

/// Registers Segue's functions, and Trino's, on a client's context, as Ballista's upgrade of a state forgets them.
pub fn register_functions(context: &SessionContext) {
    for function in functions::scalar_functions() {
        context.register_udf(function.as_ref().clone());
    }
    for function in functions::aggregate_functions() {
        context.register_udaf(function.as_ref().clone());
    }
    let of_trino = trino::functions::functions();
    for function in of_trino.scalar {
        context.register_udf(function.as_ref().clone());
    }
    for function in of_trino.aggregate {
        context.register_udaf(function.as_ref().clone());
    }
    for function in of_trino.window {
        context.register_udwf(function.as_ref().clone());
    }
}

/// The functions of a state, as an executor looks them up.
pub fn function_registry(state: &SessionState) -> Arc<BallistaFunctionRegistry> {
    Arc::new(BallistaFunctionRegistry::from(state))
}

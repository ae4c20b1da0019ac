//! The session: made here and nowhere else, so that client, scheduler and executor plan and run alike.

mod constant_rows;
mod object_stores;
mod options;
mod query_planner;
mod state;
mod trace_context;

pub use object_stores::StoreRegistry;
pub use options::EngineOptions;
pub use state::{MAX_MESSAGE_BYTES, function_registry, register_functions, runtime_env, session_config, session_state};
pub use trace_context::{TraceContext, set_trace_parent, trace_parent};

//! Where a query stands in its trace, as a setting that travels with it to scheduler and executors.

use std::any::Any;

use datafusion::{
    common::config_err,
    config::{ConfigEntry, ConfigExtension, ExtensionOptions},
    error::Result,
    prelude::SessionConfig,
};

/// The key of the only setting, behind the prefix.
const PARENT: &str = "parent";

/// The trace of a query.
///
/// Not made by `extensions_options!`: that tells its settings without the prefix, which Ballista sends as they are told,
/// so that whoever gets them cannot know whose they are.
#[derive(Debug, Clone, Default)]
pub struct TraceContext {
    /// The span that waits for the query, as the W3C's `traceparent` has it; empty where no collector is told.
    pub parent: String,
}

impl ConfigExtension for TraceContext {
    const PREFIX: &'static str = "segue_trace";
}

impl ExtensionOptions for TraceContext {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        if key != PARENT {
            return config_err!("there is no setting `{}.{key}`", Self::PREFIX);
        }
        value.clone_into(&mut self.parent);
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![ConfigEntry {
            key: format!("{}.{PARENT}", Self::PREFIX),
            value: Some(self.parent.clone()),
            description: "The span that waits for the query.",
        }]
    }
}

/// Makes queries of a session part of a trace.
pub fn set_trace_parent(config: &mut SessionConfig, parent: String) {
    if let Some(context) = config.options_mut().extensions.get_mut::<TraceContext>() {
        context.parent = parent;
    }
}

/// The span that waits for the query of a session, if its client tells a collector.
pub fn trace_parent(config: &SessionConfig) -> Option<&str> {
    let context = config.options().extensions.get::<TraceContext>()?;
    Some(context.parent.as_str()).filter(|parent| !parent.is_empty())
}

#[cfg(test)]
mod tests {
    use ballista_core::extension::SessionConfigHelperExt;

    use super::*;
    use crate::session::{EngineOptions, session_config};

    #[test]
    fn it_travels_with_the_settings() {
        let mut client = session_config(&EngineOptions::default());
        assert_eq!(trace_parent(&client), None);
        set_trace_parent(&mut client, "00-a-b-01".to_owned());
        let executor = session_config(&EngineOptions::default());
        let executor = executor.update_from_key_value_pair(&client.to_key_value_pairs());
        assert_eq!(trace_parent(&executor), Some("00-a-b-01"));
    }
}

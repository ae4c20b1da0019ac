//! Window functions that keep on the way to an executor what is said of their call.
//!
//! DataFusion's plans travel without whether such a function leaves out NULL or goes through its window from the end
//! (`WindowUDFExpr` in datafusion-proto), so that `lag(x) IGNORE NULLS` would be another function on an executor.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use arrow::{
    compute::SortOptions,
    datatypes::{DataType, FieldRef},
};
use datafusion::{
    common::{internal_datafusion_err, internal_err},
    error::Result,
    execution::SessionStateDefaults,
    logical_expr::{
        LimitEffect, PartitionEvaluator, ReversedUDWF, Signature, WindowUDF, WindowUDFImpl,
        function::{ExpressionArgs, PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
    physical_plan::PhysicalExpr,
};

const IGNORES_NULLS: u8 = 1;
const IS_REVERSED: u8 = 2;

/// A window function with what is said of its call.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct TravellingWindow {
    function: Arc<WindowUDF>,
    ignores_nulls: bool,
    is_reversed: bool,
}

/// All window functions that every process knows.
fn known() -> &'static HashMap<String, Arc<WindowUDF>> {
    static KNOWN: OnceLock<HashMap<String, Arc<WindowUDF>>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let all = SessionStateDefaults::default_window_functions().into_iter();
        let all = all.chain(trino::functions::functions().window);
        all.map(|function| (function.name().to_owned(), function)).collect()
    })
}

impl TravellingWindow {
    /// The function with what is said of its call; `None` if it is one already, or one that not every process knows.
    pub(crate) fn of(function: &Arc<WindowUDF>, ignores_nulls: bool) -> Option<Arc<WindowUDF>> {
        let is_one = function.inner().downcast_ref::<Self>().is_some();
        if is_one || !known().contains_key(function.name()) {
            return None;
        }
        let function = Arc::clone(function);
        Some(Arc::new(WindowUDF::from(Self { function, ignores_nulls, is_reversed: false })))
    }

    /// Writes what is said; nothing for other functions.
    pub(crate) fn encode(function: &WindowUDF, into: &mut Vec<u8>) {
        if let Some(own) = function.inner().downcast_ref::<Self>() {
            into.push(u8::from(own.ignores_nulls) * IGNORES_NULLS + u8::from(own.is_reversed) * IS_REVERSED);
        }
    }

    /// Reads what [`TravellingWindow::encode`] wrote for a function of this name.
    pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        let [said] = bytes else { return internal_err!("the window function {name} came with {} bytes", bytes.len()) };
        let function =
            known().get(name).ok_or_else(|| internal_datafusion_err!("there is no window function {name}"))?;
        Ok(Arc::new(WindowUDF::from(Self {
            function: Arc::clone(function),
            ignores_nulls: said & IGNORES_NULLS != 0,
            is_reversed: said & IS_REVERSED != 0,
        })))
    }
}

impl WindowUDFImpl for TravellingWindow {
    fn name(&self) -> &str {
        self.function.name()
    }

    fn aliases(&self) -> &[String] {
        self.function.aliases()
    }

    fn signature(&self) -> &Signature {
        self.function.signature()
    }

    fn expressions(&self, args: ExpressionArgs<'_>) -> Vec<Arc<dyn PhysicalExpr>> {
        self.function.expressions(args)
    }

    fn partition_evaluator(&self, args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        // The engine says of a reversed function that it is one, unless it has come from elsewhere.
        self.function.partition_evaluator_factory(PartitionEvaluatorArgs::new(
            args.input_exprs(),
            args.input_fields(),
            self.is_reversed,
            self.ignores_nulls || args.ignore_nulls(),
        ))
    }

    fn field(&self, args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        self.function.field(args)
    }

    fn sort_options(&self) -> Option<SortOptions> {
        self.function.sort_options()
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.function.coerce_types(types)
    }

    fn reverse_expr(&self) -> ReversedUDWF {
        let reversed = match self.function.reverse_expr() {
            ReversedUDWF::NotSupported => return ReversedUDWF::NotSupported,
            ReversedUDWF::Identical => Arc::clone(&self.function),
            ReversedUDWF::Reversed(other) => other,
        };
        ReversedUDWF::Reversed(Arc::new(WindowUDF::from(Self {
            function: reversed,
            ignores_nulls: self.ignores_nulls,
            is_reversed: !self.is_reversed,
        })))
    }

    fn limit_effect(&self, args: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        self.function.inner().limit_effect(args)
    }
}

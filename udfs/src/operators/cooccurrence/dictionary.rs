//! Numbers for distinct values.

use std::sync::Arc;

use arrow::{
    array::ArrayRef,
    datatypes::{DataType, Field, Schema},
};
use datafusion::{
    common::internal_err,
    error::{DataFusionError, Result},
    logical_expr::EmitTo,
    physical_plan::aggregates::{
        group_values::{GroupValues, new_group_values},
        order::GroupOrdering,
    },
};

/// Distinct values of one column, numbered from 0 in the order of their coming.
pub(super) struct Dictionary {
    values: Box<dyn GroupValues>,
    data_type: DataType,
    numbers: Vec<usize>,
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Dictionary").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Dictionary {
    pub(super) fn try_new(data_type: &DataType) -> Result<Self> {
        let schema = Arc::new(Schema::new(vec![Field::new("value", data_type.clone(), false)]));
        let values = new_group_values(schema, &GroupOrdering::None)?;
        Ok(Self { values, data_type: data_type.clone(), numbers: Vec::new() })
    }

    /// The numbers of an array's values.
    pub(super) fn numbers(&mut self, array: &ArrayRef) -> Result<Vec<u32>> {
        self.values.intern(&[Arc::clone(array)], &mut self.numbers)?;
        let numbers: std::result::Result<_, _> = self.numbers.drain(..).map(u32::try_from).collect();
        numbers.map_err(|_| {
            DataFusionError::Execution("cooccurrence takes at most 4294967294 distinct groups and items".to_owned())
        })
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Bytes that are held.
    pub(super) fn memory_bytes(&self) -> usize {
        self.values.size()
    }

    /// The values by their numbers; the dictionary is empty afterwards.
    pub(super) fn take(&mut self) -> Result<ArrayRef> {
        if self.values.is_empty() {
            return Ok(arrow::array::new_empty_array(&self.data_type));
        }
        match self.values.emit(EmitTo::All)?.pop() {
            Some(values) => Ok(values),
            None => internal_err!("interned values without a column"),
        }
    }
}

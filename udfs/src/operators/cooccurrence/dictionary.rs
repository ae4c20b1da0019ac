//! Numbers for distinct values.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray},
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

use super::text_dictionary::TextDictionary;

/// Distinct values of one column, numbered from 0 in the order of their coming.
#[derive(Debug)]
pub(super) struct Dictionary {
    values: Values,
    data_type: DataType,
}

enum Values {
    Texts(TextDictionary),
    /// Of any type, as DataFusion groups them.
    Any {
        values: Box<dyn GroupValues>,
        numbers: Vec<usize>,
    },
}

impl std::fmt::Debug for Values {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, count) = match self {
            Self::Texts(texts) => ("Texts", texts.len()),
            Self::Any { values, .. } => ("Any", values.len()),
        };
        formatter.debug_tuple(kind).field(&count).finish()
    }
}

impl Dictionary {
    pub(super) fn try_new(data_type: &DataType) -> Result<Self> {
        let values = if matches!(data_type, DataType::Utf8 | DataType::LargeUtf8) {
            Values::Texts(TextDictionary::default())
        } else {
            let schema = Arc::new(Schema::new(vec![Field::new("value", data_type.clone(), false)]));
            Values::Any { values: new_group_values(schema, &GroupOrdering::None)?, numbers: Vec::new() }
        };
        Ok(Self { values, data_type: data_type.clone() })
    }

    /// The numbers of an array's values.
    pub(super) fn numbers(&mut self, array: &ArrayRef) -> Result<Vec<u32>> {
        let (values, numbers) = match &mut self.values {
            Values::Texts(texts) if array.data_type() == &DataType::Utf8 => {
                return texts.numbers(array.as_string::<i32>());
            }
            Values::Texts(texts) => return texts.numbers(array.as_string::<i64>()),
            Values::Any { values, numbers } => (values, numbers),
        };
        values.intern(&[Arc::clone(array)], numbers)?;
        let numbers: std::result::Result<_, _> = numbers.drain(..).map(u32::try_from).collect();
        numbers.map_err(|_| {
            DataFusionError::Execution("cooccurrence takes at most 4294967294 distinct groups and items".to_owned())
        })
    }

    pub(super) fn len(&self) -> usize {
        match &self.values {
            Values::Texts(texts) => texts.len(),
            Values::Any { values, .. } => values.len(),
        }
    }

    /// Bytes that are held.
    pub(super) fn memory_bytes(&self) -> usize {
        match &self.values {
            Values::Texts(texts) => texts.memory_bytes(),
            Values::Any { values, .. } => values.size(),
        }
    }

    /// The values by their numbers; the dictionary is empty afterwards.
    pub(super) fn take(&mut self) -> Result<ArrayRef> {
        let values = match &mut self.values {
            Values::Texts(texts) if self.data_type == DataType::Utf8 => return texts.take::<i32>(),
            Values::Texts(texts) => return texts.take::<i64>(),
            Values::Any { values, .. } => values,
        };
        if values.is_empty() {
            return Ok(arrow::array::new_empty_array(&self.data_type));
        }
        match values.emit(EmitTo::All)?.pop() {
            Some(values) => Ok(values),
            None => internal_err!("interned values without a column"),
        }
    }
}

//! The arguments of one call, as arrays of the kinds that Trino's types are kept in.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, MapArray, StringArray,
        StructArray, make_array, new_null_array,
    },
    buffer::NullBuffer,
    compute::cast,
    datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{ColumnarValue, ScalarFunctionArgs},
};

use crate::TrinoType;

/// One call of a function.
pub(crate) struct Call {
    /// The arguments.
    pub(crate) arrays: Vec<ArrayRef>,
    /// Their types.
    pub(crate) types: Vec<TrinoType>,
    /// What is returned.
    pub(crate) returns: FieldRef,
    /// How many rows the arguments and the result have.
    pub(crate) rows: usize,
    /// Which arguments have one value for all rows.
    constant: Vec<bool>,
}

impl Call {
    /// The arguments as arrays, of one row if all are constant.
    pub(crate) fn of(args: ScalarFunctionArgs, is_constant: bool) -> Result<Self> {
        let rows = if is_constant { 1 } else { args.number_rows };
        let constant = args.args.iter().map(|value| matches!(value, ColumnarValue::Scalar(_))).collect();
        let arrays: Result<_> = args.args.into_iter().map(|value| value.into_array(rows)).collect();
        let types = args.arg_fields.iter().map(|field| TrinoType::of_field(field)).collect();
        Ok(Self { arrays: arrays?, types, returns: args.return_field, rows, constant })
    }

    /// How many arguments there are.
    pub(crate) fn len(&self) -> usize {
        self.arrays.len()
    }

    /// The one value that an argument has in all rows, as an array of one row.
    pub(crate) fn constant(&self, at: usize, of: &TrinoType) -> Result<Option<ArrayRef>> {
        let is_constant = self.constant[at] && self.rows > 0;
        is_constant.then(|| fit(&self.arrays[at].slice(0, 1), &of.data_type())).transpose()
    }

    /// The type of the result.
    pub(crate) fn return_type(&self) -> TrinoType {
        TrinoType::of_field(&self.returns)
    }

    /// Rows in which no argument is NULL.
    pub(crate) fn strict(&self) -> Option<NullBuffer> {
        self.arrays.iter().fold(None, |found, array| NullBuffer::union(found.as_ref(), array.logical_nulls().as_ref()))
    }

    pub(crate) fn integers(&self, at: usize) -> Result<Int64Array> {
        Ok(cast(&self.arrays[at], &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    pub(crate) fn doubles(&self, at: usize) -> Result<Float64Array> {
        Ok(cast(&self.arrays[at], &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    pub(crate) fn booleans(&self, at: usize) -> Result<BooleanArray> {
        Ok(cast(&self.arrays[at], &DataType::Boolean)?.as_boolean().clone())
    }

    pub(crate) fn texts(&self, at: usize) -> Result<StringArray> {
        Ok(cast(&self.arrays[at], &DataType::Utf8)?.as_string::<i32>().clone())
    }

    /// What the texts of an argument mean in the rows in which no argument is NULL; each text is read once.
    pub(crate) fn meanings<T>(&self, at: usize, read: impl Fn(&str) -> Result<T>) -> Result<Meanings<T>> {
        let (texts, valid) = (self.texts(at)?, self.strict());
        let (mut meanings, mut places) = (Vec::new(), HashMap::new());
        let mut of_row = |row: usize| -> Result<Option<usize>> {
            if valid.as_ref().is_some_and(|valid| valid.is_null(row)) {
                return Ok(None);
            }
            Ok(Some(match places.entry(texts.value(row)) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(new) => {
                    meanings.push(read(texts.value(row))?);
                    *new.insert(meanings.len() - 1)
                }
            }))
        };
        let of_rows = if self.constant[at] {
            if let Some(row) = (0..self.rows).find(|row| valid.as_ref().is_none_or(|valid| valid.is_valid(*row))) {
                of_row(row)?;
            }
            None
        } else {
            Some((0..self.rows).map(of_row).collect::<Result<_>>()?)
        };
        Ok(Meanings { meanings, of_rows, valid })
    }

    /// An array of arrays, with elements as they are.
    pub(crate) fn lists(&self, at: usize) -> Result<ListArray> {
        let item = match self.arrays[at].data_type() {
            DataType::List(_) => return Ok(self.arrays[at].as_list::<i32>().clone()),
            DataType::LargeList(item)
            | DataType::FixedSizeList(item, _)
            | DataType::ListView(item)
            | DataType::LargeListView(item) => Arc::clone(item),
            _ => Arc::new(Field::new("item", DataType::Null, true)),
        };
        Ok(fit(&self.arrays[at], &DataType::List(item))?.as_list::<i32>().clone())
    }

    /// An array of arrays whose elements are of this type.
    pub(crate) fn lists_of(&self, at: usize, of: &TrinoType) -> Result<ListArray> {
        let array = TrinoType::Array(Box::new(of.clone())).data_type();
        Ok(fit(&self.arrays[at], &array)?.as_list::<i32>().clone())
    }

    pub(crate) fn maps(&self, at: usize) -> MapArray {
        self.arrays[at].as_map().clone()
    }

    pub(crate) fn rows_of(&self, at: usize) -> StructArray {
        self.arrays[at].as_struct().clone()
    }

    /// The argument as values of this type.
    pub(crate) fn values_as(&self, at: usize, of: &TrinoType) -> Result<ArrayRef> {
        fit(&self.arrays[at], &of.data_type())
    }

    /// An array as the type of the result.
    pub(crate) fn fitted(&self, array: ArrayRef) -> Result<ArrayRef> {
        fit(&array, self.returns.data_type())
    }
}

/// What the texts of an argument mean.
pub(crate) struct Meanings<T> {
    meanings: Vec<T>,
    /// Which meaning a row has; `None` if all have the same.
    of_rows: Option<Vec<Option<usize>>>,
    valid: Option<NullBuffer>,
}

impl<T> Meanings<T> {
    /// The meaning in a row, unless an argument is NULL there.
    pub(crate) fn of_row(&self, row: usize) -> Option<&T> {
        match &self.of_rows {
            Some(of_rows) => self.meanings.get(of_rows[row]?),
            None if self.valid.as_ref().is_some_and(|valid| valid.is_null(row)) => None,
            None => self.meanings.first(),
        }
    }

    /// Rows in which no argument is NULL, if there are others.
    pub(crate) fn valid(&self) -> Option<&NullBuffer> {
        self.valid.as_ref()
    }
}

/// An array in another type that holds the same values. What differs only in the names and notes of its fields is
/// taken over without a look at the values.
pub(crate) fn fit(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    if array.data_type().is_null() || to.is_null() {
        return Ok(new_null_array(to, array.len()));
    }
    if have_one_layout(array.data_type(), to) {
        return Ok(make_array(renamed(&array.to_data(), to)?));
    }
    Ok(cast(array, to)?)
}

/// Whether two types differ in nothing but what their fields are called and noted with.
fn have_one_layout(one: &DataType, other: &DataType) -> bool {
    match (one, other) {
        (DataType::List(a), DataType::List(b)) | (DataType::Map(a, _), DataType::Map(b, _)) => {
            have_one_layout(a.data_type(), b.data_type())
        }
        (DataType::Struct(a), DataType::Struct(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| have_one_layout(a.data_type(), b.data_type()))
        }
        (DataType::Null, DataType::Null) => true,
        _ => one == other,
    }
}

/// The same buffers under a type of the same layout.
fn renamed(data: &arrow::array::ArrayData, to: &DataType) -> Result<arrow::array::ArrayData> {
    let fields: Vec<&FieldRef> = match to {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => {
            vec![item]
        }
        DataType::Struct(fields) => fields.iter().collect(),
        _ => Vec::new(),
    };
    let children: Result<Vec<_>> = if fields.len() == data.child_data().len() {
        data.child_data().iter().zip(&fields).map(|(child, field)| renamed(child, field.data_type())).collect()
    } else {
        Ok(data.child_data().to_vec())
    };
    Ok(data.clone().into_builder().data_type(to.clone()).child_data(children?).build()?)
}

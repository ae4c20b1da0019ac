//! Rows that are kept until the end.

use std::{fmt, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray, UInt32Array, new_empty_array},
    buffer::OffsetBuffer,
    compute::{SortColumn, SortOptions, concat, lexsort_to_indices, take},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::Accumulator};

use super::function::Factory;
use crate::{
    TrinoType,
    functions::{array::distinct_rows, define::fit},
};

/// So many rows more than were kept last are looked through for what can be dropped.
const GROWTH: usize = 1024;

/// The rows that matter.
type Keep = fn(&Rows) -> Result<Vec<u32>>;

/// What is made of the rows of a group.
#[derive(Clone, Copy)]
pub(crate) struct Gathering {
    /// Which rows matter still, if some do not.
    pub(crate) keep: Option<Keep>,
    /// The value.
    pub(crate) finish: fn(&Rows) -> Result<ScalarValue>,
}

/// The rows of a group.
pub(crate) struct Rows {
    /// The arguments.
    pub(crate) columns: Vec<ArrayRef>,
    /// What is returned.
    pub(crate) returns: FieldRef,
}

impl Rows {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Array::len)
    }

    /// One value, made to fit the type of the result.
    pub(crate) fn value(&self, array: &ArrayRef, at: usize) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&fit(&array.slice(at, 1), self.returns.data_type())?, 0)
    }

    /// NULL.
    pub(crate) fn null(&self) -> Result<ScalarValue> {
        ScalarValue::try_from(self.returns.data_type())
    }

    /// The array of these values.
    pub(crate) fn array(&self, values: ArrayRef) -> Result<ScalarValue> {
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        let list: ArrayRef = Arc::new(ListArray::try_new(item, offsets, values, None)?);
        self.value(&list, 0)
    }
}

/// What to do with the rows at the end.
enum End {
    Gathering(Gathering),
    /// Give them to another accumulator.
    Pass(Factory),
}

/// Gathers rows.
pub(super) struct Gather {
    end: End,
    types: Vec<TrinoType>,
    returns: FieldRef,
    is_distinct: bool,
    order: Vec<SortOptions>,
    kinds: Vec<DataType>,
    batches: Vec<Vec<ArrayRef>>,
    rows: usize,
    kept: usize,
}

impl Gather {
    pub(super) fn new(how: Gathering, types: Vec<TrinoType>, returns: FieldRef) -> Self {
        Self::with(End::Gathering(how), types, returns, false, Vec::new(), Vec::new())
    }

    /// Gathers rows for another accumulator, which gets each once or all in an order.
    pub(super) fn distinct_or_ordered(
        types: Vec<TrinoType>,
        returns: FieldRef,
        is_distinct: bool,
        order: Vec<SortOptions>,
        order_types: Vec<DataType>,
        then: Factory,
    ) -> Self {
        Self::with(End::Pass(then), types, returns, is_distinct, order, order_types)
    }

    fn with(
        end: End,
        types: Vec<TrinoType>,
        returns: FieldRef,
        is_distinct: bool,
        order: Vec<SortOptions>,
        order_types: Vec<DataType>,
    ) -> Self {
        // The fields of the state say the same.
        let kinds = types.iter().map(TrinoType::data_type).collect::<Vec<_>>();
        let order_kinds = order_types.iter().map(|of| TrinoType::of_data_type(of).data_type());
        let kinds = kinds.into_iter().chain(order_kinds).collect();
        Self { end, types, returns, is_distinct, order, kinds, batches: Vec::new(), rows: 0, kept: 0 }
    }

    fn push(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let columns: Result<Vec<_>> = columns.iter().zip(&self.kinds).map(|(column, kind)| fit(column, kind)).collect();
        let columns = columns?;
        let rows = columns.first().map_or(0, Array::len);
        if rows == 0 {
            return Ok(());
        }
        self.rows += rows;
        self.batches.push(columns);
        let drops = self.is_distinct || matches!(&self.end, End::Gathering(Gathering { keep: Some(_), .. }));
        if self.rows > 2 * self.kept + GROWTH || self.batches.len() > GROWTH {
            let columns = if drops { self.looked_through()? } else { self.joined()? };
            self.rows = columns.first().map_or(0, Array::len);
            self.kept = self.rows;
            self.batches = vec![columns];
        }
        Ok(())
    }

    /// All rows, as one array a column.
    fn joined(&self) -> Result<Vec<ArrayRef>> {
        let column = |(at, kind): (usize, &DataType)| {
            let parts: Vec<&dyn Array> = self.batches.iter().map(|batch| batch[at].as_ref()).collect();
            if parts.is_empty() { Ok(new_empty_array(kind)) } else { Ok(concat(&parts)?) }
        };
        self.kinds.iter().enumerate().map(column).collect()
    }

    /// All rows that matter.
    fn looked_through(&self) -> Result<Vec<ArrayRef>> {
        let columns = self.joined()?;
        let kept = match &self.end {
            _ if self.is_distinct => distinct_rows(&columns[..self.types.len()])?,
            End::Gathering(Gathering { keep: Some(keep), .. }) => keep(&self.rows_of(&columns))?,
            _ => return Ok(columns),
        };
        let kept = UInt32Array::from(kept);
        columns.iter().map(|column| Ok(take(column, &kept, None)?)).collect()
    }

    fn rows_of(&self, columns: &[ArrayRef]) -> Rows {
        let columns = columns[..self.types.len()].to_vec();
        Rows { columns, returns: Arc::clone(&self.returns) }
    }

    /// All rows that matter, in their order if they have one.
    fn ordered(&self) -> Result<Vec<ArrayRef>> {
        let columns = self.looked_through()?;
        if self.order.is_empty() || columns[0].is_empty() {
            return Ok(columns);
        }
        let keys = columns[self.types.len()..].iter().zip(&self.order);
        let keys: Vec<_> =
            keys.map(|(values, options)| SortColumn { values: Arc::clone(values), options: Some(*options) }).collect();
        let order = lexsort_to_indices(&keys, None)?;
        columns.iter().map(|column| Ok(take(column, &order, None)?)).collect()
    }
}

impl fmt::Debug for Gather {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gather").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Accumulator for Gather {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.push(values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let columns = self.ordered()?;
        let rows = self.rows_of(&columns);
        let value = match &self.end {
            End::Gathering(how) => (how.finish)(&rows)?,
            End::Pass(then) => {
                let mut accumulator = then();
                accumulator.update_batch(&rows.columns)?;
                accumulator.evaluate()?
            }
        };
        // With the notes of the type on its elements.
        let value = fit(&value.to_array()?, self.returns.data_type())?;
        single(&value)
    }

    fn size(&self) -> usize {
        let arrays = self.batches.iter().flatten();
        size_of::<Self>() + arrays.map(|array| array.get_array_memory_size()).sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |column: ArrayRef| {
            let item = Arc::new(Field::new("item", column.data_type().clone(), true));
            let offsets = OffsetBuffer::from_lengths([column.len()]);
            let of = TrinoType::Array(Box::new(TrinoType::of_data_type(column.data_type())));
            let list: ArrayRef = Arc::new(ListArray::try_new(item, offsets, column, None)?);
            ScalarValue::try_from_array(&fit(&list, &of.data_type())?, 0)
        };
        self.looked_through()?.into_iter().map(list).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, Array::len);
        for row in 0..rows {
            let columns: Vec<_> = states.iter().map(|state| state.as_list::<i32>().value(row)).collect();
            self.push(&columns)?;
        }
        Ok(())
    }
}

/// The one value of an array. Unlike DataFusion's own conversion it keeps what fields within the type are noted with.
fn single(array: &ArrayRef) -> Result<ScalarValue> {
    Ok(match array.data_type() {
        DataType::List(_) => ScalarValue::List(Arc::new(array.as_list::<i32>().clone())),
        DataType::Map(..) => ScalarValue::Map(Arc::new(array.as_map().clone())),
        DataType::Struct(_) => ScalarValue::Struct(Arc::new(array.as_struct().clone())),
        _ => ScalarValue::try_from_array(array, 0)?,
    })
}

//! Rows that are kept until the end.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, UInt32Array, new_empty_array},
    buffer::OffsetBuffer,
    compute::{SortColumn, SortOptions, filter, lexsort_to_indices, take},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    error::Result,
    logical_expr::{EmitTo, GroupsAccumulator},
};

use super::rows::{Rows, arranged};
use crate::{
    TrinoType,
    functions::{
        array::{Elements, index},
        define::fit,
    },
};

/// So many rows more than were kept last are looked through for what can be dropped.
const GROWTH: usize = 1 << 14;

/// Rows that matter, given group by group.
type Keep = fn(&Rows) -> Result<Vec<u32>>;

/// What is made of the rows of groups.
#[derive(Clone, Copy)]
pub(crate) struct Gathering {
    /// Which rows matter still, if some do not.
    pub(crate) keep: Option<Keep>,
    /// The values of the groups.
    pub(crate) finish: fn(&Rows) -> Result<ArrayRef>,
}

/// What to do with the rows at the end.
#[derive(Clone)]
pub(super) enum End {
    Gathering(Gathering),
    /// Give them to another accumulator.
    Pass(Arc<dyn Fn() -> Box<dyn GroupsAccumulator> + Send + Sync>),
}

/// How rows are gathered.
#[derive(Clone)]
pub(super) struct How {
    pub(super) end: End,
    /// Types of the arguments.
    pub(super) types: Vec<TrinoType>,
    pub(super) returns: FieldRef,
    /// Whether each row is taken once.
    pub(super) is_distinct: bool,
    /// The order of the rows, if they have one, by columns behind the arguments.
    pub(super) order: Vec<SortOptions>,
    pub(super) order_types: Vec<DataType>,
}

/// Gathers the rows of groups.
pub(super) struct Gather {
    how: How,
    kinds: Vec<DataType>,
    batches: Vec<Vec<ArrayRef>>,
    /// The group of each row.
    groups: Vec<u32>,
    kept: usize,
    total: usize,
    bytes: usize,
}

impl Gather {
    pub(super) fn new(how: How) -> Self {
        // The fields of the state say the same.
        let kinds = how.types.iter().map(TrinoType::data_type);
        let order_kinds = how.order_types.iter().map(|of| TrinoType::of_data_type(of).data_type());
        let kinds = kinds.chain(order_kinds).collect();
        Self { how, kinds, batches: Vec::new(), groups: Vec::new(), kept: 0, total: 0, bytes: 0 }
    }

    fn push(&mut self, columns: &[ArrayRef], groups: impl Iterator<Item = usize>) -> Result<()> {
        let columns = columns.iter().zip(&self.kinds).map(|(column, kind)| fit(column, kind));
        let columns: Vec<_> = columns.collect::<Result<_>>()?;
        if columns.first().map_or(0, Array::len) == 0 {
            return Ok(());
        }
        self.bytes += columns.iter().map(Array::get_array_memory_size).sum::<usize>();
        self.batches.push(columns);
        self.groups.extend(groups.map(index));
        let drops = self.how.is_distinct || matches!(self.how.end, End::Gathering(Gathering { keep: Some(_), .. }));
        if drops && self.groups.len() > 2 * self.kept + GROWTH {
            let rows = self.looked_through()?;
            self.keep(rows);
        }
        Ok(())
    }

    /// Takes rows in the order of their groups for all that there are.
    fn keep(&mut self, rows: Rows) {
        self.groups = rows.groups().enumerate().flat_map(|(group, rows)| rows.map(move |_| index(group))).collect();
        self.kept = self.groups.len();
        self.bytes = rows.columns.iter().map(Array::get_array_memory_size).sum();
        self.batches = vec![rows.columns];
    }

    /// All rows that matter, group by group.
    fn looked_through(&self) -> Result<Rows> {
        let empty = |at: usize| new_empty_array(&self.kinds[at]);
        let (columns, offsets) = arranged(&self.batches, empty, self.kinds.len(), &self.groups, self.total)?;
        let rows = Rows { columns, offsets, returns: Arc::clone(&self.how.returns) };
        let kept = match &self.how.end {
            _ if self.how.is_distinct => rows.distinct(self.how.types.len())?,
            End::Gathering(Gathering { keep: Some(keep), .. }) => keep(&rows)?,
            _ => return Ok(rows),
        };
        rows.kept(kept)
    }

    /// The rows of the groups that are wanted, taken away from here.
    fn taken(&mut self, emit: EmitTo) -> Result<Rows> {
        let mut rows = self.looked_through()?;
        let count = match emit {
            EmitTo::All => self.total,
            EmitTo::First(count) => count.min(self.total),
        };
        let rest = rows.split_off(count);
        self.total -= count;
        self.keep(rest);
        Ok(rows)
    }

    /// Rows in their order within the groups, if they have one.
    fn ordered(&self, mut rows: Rows) -> Result<Rows> {
        let arguments = self.how.types.len();
        if !self.how.order.is_empty() && rows.len() > 0 {
            let groups = rows.groups().enumerate().flat_map(|(group, rows)| rows.map(move |_| index(group)));
            let groups: ArrayRef = Arc::new(UInt32Array::from_iter_values(groups));
            let keys = rows.columns[arguments..].iter().zip(&self.how.order);
            let keys = keys.map(|(values, options)| SortColumn { values: Arc::clone(values), options: Some(*options) });
            let keys: Vec<_> = std::iter::once(SortColumn { values: groups, options: None }).chain(keys).collect();
            let order = lexsort_to_indices(&keys, None)?;
            let columns = rows.columns[..arguments].iter().map(|column| take(column, &order, None));
            rows.columns = columns.collect::<std::result::Result<_, _>>()?;
        }
        rows.columns.truncate(arguments);
        Ok(rows)
    }
}

impl GroupsAccumulator for Gather {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        passes: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.total = total;
        let Some(passes) = passes else { return self.push(values, group_indices.iter().copied()) };
        let values = values.iter().map(|column| filter(column, passes));
        let values: Vec<_> = values.collect::<std::result::Result<_, _>>()?;
        let groups = group_indices.iter().zip(passes).filter(|(_, passes)| *passes == Some(true));
        self.push(&values, groups.map(|(group, _)| *group))
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let rows = self.taken(emit)?;
        let rows = self.ordered(rows)?;
        let values = match &self.how.end {
            End::Gathering(how) => (how.finish)(&rows)?,
            End::Pass(then) => {
                let mut then = then();
                let groups: Vec<_> =
                    rows.groups().enumerate().flat_map(|(group, rows)| rows.map(move |_| group)).collect();
                then.update_batch(&rows.columns, &groups, None, rows.offsets.len() - 1)?;
                then.evaluate(EmitTo::All)?
            }
        };
        fit(&values, self.how.returns.data_type())
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let rows = self.taken(emit)?;
        let lists = rows.columns.iter().zip(&self.kinds).map(|(column, kind)| {
            let item = Arc::new(Field::new("item", column.data_type().clone(), true));
            let offsets = OffsetBuffer::from_lengths(rows.groups().map(|rows| rows.len()));
            let of = TrinoType::Array(Box::new(TrinoType::of_data_type(kind)));
            let list: ArrayRef = Arc::new(ListArray::try_new(item, offsets, Arc::clone(column), None)?);
            fit(&list, &of.data_type())
        });
        lists.collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total: usize) -> Result<()> {
        self.total = total;
        let elements = states.iter().map(|state| Elements::of(state.as_list::<i32>())).collect::<Result<Vec<_>>>()?;
        let Some(first) = elements.first() else { return Ok(()) };
        let columns: Vec<_> = elements.iter().map(|elements| Arc::clone(&elements.values)).collect();
        let lengths = group_indices.iter().enumerate().map(|(row, group)| (*group, first.range(row).len()));
        self.push(&columns, lengths.flat_map(|(group, length)| std::iter::repeat_n(group, length)))
    }

    fn convert_to_state(&self, values: &[ArrayRef], passes: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let mut one_each = Self::new(self.how.clone());
        one_each.update_batch(values, &(0..rows).collect::<Vec<_>>(), passes, rows)?;
        one_each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.bytes + self.groups.capacity() * size_of::<u32>()
    }
}

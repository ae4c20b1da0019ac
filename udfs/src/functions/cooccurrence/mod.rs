//! `cooccurrence(group, item [, options])`: for every item its top neighbours and how strongly they go together.
//!
//! The function knows groups and items: playlists and tracks, playlists and artists, titles and words. It counts over
//! sets, so an item that stands twice in a group counts once.
//!
//! `unnest(cooccurrence(…))` without a `GROUP BY` is planned as an operator that divides the work among tasks, see
//! [`operators::cooccurrence`](crate::operators::cooccurrence). Anywhere else it is an aggregate function like any
//! other, which counts each of the query's groups in one task.

mod accumulator;
mod call;
mod neighbour_rows;
mod settings;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    common::plan_err,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDFImpl, Documentation, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
    },
};
use datafusion_macros::user_doc;

use self::accumulator::CooccurrenceAccumulator;
pub(crate) use self::{
    call::CooccurrenceCall,
    neighbour_rows::{neighbour_fields, neighbour_rows},
};

/// SQL aggregate function `cooccurrence`.
#[user_doc(
    doc_section(label = "Statistical Functions"),
    description = "Counts in how many groups each pair of items stands together and returns, for every item, its `k` \
        best neighbours as a list of structs: `item`, `neighbour`, `neighbour_rank` (from 1), `pair_count`, \
        `item_count`, `neighbour_count`, and the measures `cosine` = c/sqrt(a*b), `jaccard` = c/(a+b-c), `lift` = \
        c*n/(a*b), `npmi` = ln(lift)/-ln(c/n), `conditional` = c/a, `pmi` = ln(lift), `weight` = the sum of the \
        shared groups' weights, and `follows` = the sum over groups of 1/distance to where the neighbour next comes \
        after the item, where c is the pair's count, a and b the items' counts and n the number of groups. Items \
        count once per group; rows with a NULL are left out; ties go to the higher count, then to the smaller \
        neighbour. The pairs are never materialised. Options, all of them with a default: `k` (100), `min_count` (2), \
        `rank_by` ('cosine'), `position` (none), `window` (none: the whole group), `max_group_length` (none), \
        `weighting` ('uniform', or 'inverse_length').",
    syntax_example = "cooccurrence(group, item [, {option: value, …}])",
    sql_example = "```sql\n> SELECT unnest(cooccurrence(pid, track_uri, {k: 50, rank_by: 'npmi'})) FROM playlist_tracks;\n```",
    argument(name = "group", description = "What items stand together in, such as a playlist."),
    argument(name = "item", description = "What is counted, such as a track."),
    argument(name = "options", description = "A struct of constants, and `position`, an integer column.")
)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cooccurrence {
    signature: Signature,
}

impl Cooccurrence {
    pub(crate) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// Name of the function.
pub(crate) const NAME: &str = "cooccurrence";

impl AggregateUDFImpl for Cooccurrence {
    fn name(&self) -> &'static str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [group, item] => Ok(vec![plain(group), plain(item)]),
            [group, item, options @ DataType::Struct(_)] => Ok(vec![plain(group), plain(item), options.clone()]),
            [group, item, numbers @ ..] if numbers.len() <= 2 => {
                let numbers = std::iter::repeat_n(DataType::Int64, numbers.len());
                Ok([plain(group), plain(item)].into_iter().chain(numbers).collect())
            }
            _ => plan_err!("cooccurrence takes a group, an item, and options such as {{k: 50, min_count: 3}}"),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(neighbour_fields(&types[1])), true))))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let settings = settings::of_physical(args.exprs)?;
        let group = args.expr_fields[0].data_type().clone();
        let item = args.expr_fields[1].data_type().clone();
        Ok(Box::new(CooccurrenceAccumulator::new(group, item, settings)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name: &str, data_type: &DataType| {
            let item = Field::new_list_field(data_type.clone(), true);
            Arc::new(Field::new(format!("{}[{name}]", args.name), DataType::List(Arc::new(item)), true))
        };
        Ok(vec![
            list("groups", args.input_fields[0].data_type()),
            list("items", args.input_fields[1].data_type()),
            list("positions", &DataType::Int64),
        ])
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.doc()
    }
}

/// The type in which values are compared: views and dictionaries are not.
fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, values) => plain(values),
        other => other.clone(),
    }
}

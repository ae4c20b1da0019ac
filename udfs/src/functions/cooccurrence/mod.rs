//! `cooccurrence(group, item, k, min_count)`: for every item its top neighbours and how strongly they go together.
//!
//! The function knows groups and items: playlists and tracks, playlists and artists, titles and words. It counts over
//! sets, so an item that stands twice in a group counts once.

mod accumulator;
mod measures;
mod sparse_product;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::{
    common::{ScalarValue, plan_err},
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDFImpl, Documentation, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
    },
    physical_expr::expressions::Literal,
};
use datafusion_macros::user_doc;

use self::accumulator::CooccurrenceAccumulator;

/// Neighbours per item unless the query says otherwise.
const DEFAULT_K: i64 = 100;
/// Groups that a pair must share unless the query says otherwise.
const DEFAULT_MIN_COUNT: i64 = 2;

/// SQL aggregate function `cooccurrence`.
#[user_doc(
    doc_section(label = "Statistical Functions"),
    description = "Counts in how many groups each pair of items stands together and returns, for every item, its `k` \
        neighbours with the highest cosine as a list of structs: `item`, `neighbour`, `neighbour_rank` (from 1), \
        `pair_count`, `item_count`, `neighbour_count`, and the measures `cosine` = c/sqrt(a*b), `jaccard` = c/(a+b-c), \
        `lift` = c*n/(a*b), `npmi` = ln(lift)/-ln(c/n) and `conditional` = c/a, where c is the pair's count, a and b \
        the items' counts and n the number of groups. Items count once per group; rows with a NULL are left out; ties \
        go to the higher count, then to the smaller neighbour. The pairs are never materialised.",
    syntax_example = "cooccurrence(group, item [, k [, min_count]])",
    sql_example = "```sql\n> SELECT unnest(cooccurrence(pid, track_uri, 50, 2)) FROM playlist_tracks;\n```",
    argument(name = "group", description = "What items stand together in, such as a playlist."),
    argument(name = "item", description = "What is counted, such as a track."),
    argument(name = "k", description = "Neighbours per item, a constant; 100 if left out."),
    argument(name = "min_count", description = "Groups that a pair must share, a constant; 2 if left out.")
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

impl AggregateUDFImpl for Cooccurrence {
    fn name(&self) -> &'static str {
        "cooccurrence"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if !(2..=4).contains(&types.len()) {
            return plan_err!("cooccurrence takes a group, an item, and optionally k and min_count");
        }
        let numbers = std::iter::repeat_n(DataType::Int64, types.len() - 2);
        Ok(types[..2].iter().map(plain).chain(numbers).collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(neighbour_fields(&types[1])), true))))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let k = constant(&args, 2, "k", DEFAULT_K)?;
        let min_count = constant(&args, 3, "min_count", DEFAULT_MIN_COUNT)?;
        let group = args.expr_fields[0].data_type().clone();
        let item = args.expr_fields[1].data_type().clone();
        Ok(Box::new(CooccurrenceAccumulator::new(group, item, k, min_count)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name: &str, field: &FieldRef| {
            let item = Field::new_list_field(field.data_type().clone(), true);
            Arc::new(Field::new(format!("{}[{name}]", args.name), DataType::List(Arc::new(item)), true))
        };
        Ok(vec![list("groups", &args.input_fields[0]), list("items", &args.input_fields[1])])
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.doc()
    }
}

/// The type in which values are ranked: views and dictionaries cannot be.
fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, values) => plain(values),
        other => other.clone(),
    }
}

/// Fields of one neighbour in the result.
pub(crate) fn neighbour_fields(item: &DataType) -> Fields {
    let count = |name: &str| Field::new(name, DataType::Int64, false);
    let measure = |name: &str| Field::new(name, DataType::Float64, false);
    Fields::from(vec![
        Field::new("item", item.clone(), false),
        Field::new("neighbour", item.clone(), false),
        count("neighbour_rank"),
        count("pair_count"),
        count("item_count"),
        count("neighbour_count"),
        measure("cosine"),
        measure("jaccard"),
        measure("lift"),
        measure("npmi"),
        measure("conditional"),
    ])
}

fn constant(args: &AccumulatorArgs, index: usize, name: &str, default: i64) -> Result<u32> {
    let value = match args.exprs.get(index).and_then(|expr| expr.downcast_ref::<Literal>()) {
        Some(literal) => literal.value().cast_to(&DataType::Int64)?,
        None if args.exprs.len() <= index => ScalarValue::Int64(Some(default)),
        None => return plan_err!("{name} of cooccurrence must be a constant"),
    };
    match value {
        ScalarValue::Int64(Some(number)) if number >= 1 && u32::try_from(number).is_ok() => {
            u32::try_from(number).map_err(|error| datafusion::error::DataFusionError::External(error.into()))
        }
        other => plan_err!("{name} of cooccurrence must be from 1 to {}, got {other}", u32::MAX),
    }
}

//! The columns in which groups travel from the tasks that read them to the tasks that count.
//!
//! A row is either a run of items of one group, or an entry of the dictionary that says what an item's number means:
//!
//! | column | of a run | of an entry |
//! |---|---|---|
//! | `encoder` | who gave the numbers | who gave the numbers |
//! | `group` | the group | null |
//! | `items` | numbers of its items | null |
//! | `positions` | their positions, if there are any | null |
//! | `number` | null | a number |
//! | `item` | null | the item |

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

pub(super) const ENCODER: usize = 0;
pub(super) const GROUP: usize = 1;
pub(super) const ITEMS: usize = 2;
pub(super) const POSITIONS: usize = 3;
pub(super) const NUMBER: usize = 4;
pub(super) const ITEM: usize = 5;

pub(super) fn encoded_schema(group: &DataType, item: &DataType) -> SchemaRef {
    let list = |values: DataType| DataType::List(Arc::new(Field::new_list_field(values, false)));
    Arc::new(Schema::new(vec![
        Field::new("encoder", DataType::UInt64, false),
        Field::new("group", group.clone(), true),
        Field::new("items", list(DataType::UInt32), true),
        Field::new("positions", list(DataType::Int64), true),
        Field::new("number", DataType::UInt32, true),
        Field::new("item", item.clone(), true),
    ]))
}

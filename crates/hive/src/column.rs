//! Columns that are being read.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float32Builder, Float64Builder,
        Int8Builder, Int16Builder, Int32Builder, Int64Builder, ListArray, MapArray, NullBufferBuilder, StringBuilder,
        StructArray, TimestampMillisecondBuilder,
    },
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, FieldRef, Fields, TimeUnit},
    error::ArrowError,
};

use crate::{Error, Result, parse};

/// Values of a column, and what it takes for them.
#[derive(Debug)]
pub(crate) enum Column {
    Boolean(BooleanBuilder),
    Int8(Int8Builder),
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Decimal(Decimal128Builder, u8, i8),
    Text(StringBuilder),
    Binary(BinaryBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMillisecondBuilder),
    List(Box<List>),
    Map(Box<Map>),
    Struct(Struct),
}

/// Lists, and the items of all of them.
#[derive(Debug)]
pub(crate) struct List {
    field: FieldRef,
    ends: Vec<i32>,
    valid: NullBufferBuilder,
    pub(crate) items: Column,
    len: i32,
}

/// Maps, and the entries of all of them.
#[derive(Debug)]
pub(crate) struct Map {
    field: FieldRef,
    ends: Vec<i32>,
    valid: NullBufferBuilder,
    pub(crate) keys: Column,
    pub(crate) values: Column,
    len: i32,
}

#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) fields: Fields,
    pub(crate) columns: Vec<Column>,
    pub(crate) valid: NullBufferBuilder,
    len: usize,
}

impl Column {
    /// A column of a type, of a format.
    pub(crate) fn of(field: &Field, format: &'static str) -> Result<Self> {
        Self::try_of(field.data_type()).ok_or_else(|| Error::ColumnType {
            column: field.name().clone(),
            data_type: field.data_type().to_string(),
            format,
        })
    }

    fn try_of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Boolean => Self::Boolean(BooleanBuilder::new()),
            DataType::Int8 => Self::Int8(Int8Builder::new()),
            DataType::Int16 => Self::Int16(Int16Builder::new()),
            DataType::Int32 => Self::Int32(Int32Builder::new()),
            DataType::Int64 => Self::Int64(Int64Builder::new()),
            DataType::Float32 => Self::Float32(Float32Builder::new()),
            DataType::Float64 => Self::Float64(Float64Builder::new()),
            DataType::Decimal128(precision, scale) => {
                Self::Decimal(Decimal128Builder::new().with_data_type(data_type.clone()), *precision, *scale)
            }
            DataType::Utf8 => Self::Text(StringBuilder::new()),
            DataType::Binary => Self::Binary(BinaryBuilder::new()),
            DataType::Date32 => Self::Date(Date32Builder::new()),
            DataType::Timestamp(TimeUnit::Millisecond, None) => Self::Timestamp(TimestampMillisecondBuilder::new()),
            DataType::List(item) => Self::List(Box::new(List {
                items: Self::try_of(item.data_type())?,
                field: Arc::clone(item),
                ends: Vec::new(),
                valid: NullBufferBuilder::new(0),
                len: 0,
            })),
            DataType::Map(entries, _) => {
                let DataType::Struct(fields) = entries.data_type() else { return None };
                let [key, value] = fields.as_ref() else { return None };
                Self::Map(Box::new(Map {
                    keys: Self::try_of(key.data_type())?,
                    values: Self::try_of(value.data_type())?,
                    field: Arc::clone(entries),
                    ends: Vec::new(),
                    valid: NullBufferBuilder::new(0),
                    len: 0,
                }))
            }
            DataType::Struct(fields) => Self::Struct(Struct {
                columns: fields.iter().map(|field| Self::try_of(field.data_type())).collect::<Option<_>>()?,
                fields: fields.clone(),
                valid: NullBufferBuilder::new(0),
                len: 0,
            }),
            _ => return None,
        })
    }

    pub(crate) fn is_nested(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_) | Self::Struct(_))
    }

    pub(crate) fn null(&mut self) {
        match self {
            Self::Boolean(values) => values.append_null(),
            Self::Int8(values) => values.append_null(),
            Self::Int16(values) => values.append_null(),
            Self::Int32(values) => values.append_null(),
            Self::Int64(values) => values.append_null(),
            Self::Float32(values) => values.append_null(),
            Self::Float64(values) => values.append_null(),
            Self::Decimal(values, ..) => values.append_null(),
            Self::Text(values) => values.append_null(),
            Self::Binary(values) => values.append_null(),
            Self::Date(values) => values.append_null(),
            Self::Timestamp(values) => values.append_null(),
            Self::List(list) => list.end(false),
            Self::Map(map) => map.end(false),
            Self::Struct(row) => {
                row.columns.iter_mut().for_each(Self::null);
                row.end(false);
            }
        }
    }

    /// Appends the value of a text and tells whether it was one of the type; NULL if not.
    pub(crate) fn text(&mut self, text: &str) -> bool {
        macro_rules! append {
            ($values:expr, $value:expr) => {{
                let value = $value;
                $values.append_option(value);
                value.is_some()
            }};
        }
        match self {
            Self::Boolean(values) => append!(values, parse::boolean(text)),
            Self::Int8(values) => append!(values, parse::integer(text)),
            Self::Int16(values) => append!(values, parse::integer(text)),
            Self::Int32(values) => append!(values, parse::integer(text)),
            Self::Int64(values) => append!(values, parse::integer(text)),
            Self::Float32(values) => append!(values, parse::float(text)),
            Self::Float64(values) => append!(values, parse::float(text)),
            Self::Decimal(values, precision, scale) => append!(values, parse::decimal(text, *precision, *scale)),
            Self::Date(values) => append!(values, parse::date(text)),
            Self::Timestamp(values) => append!(values, parse::timestamp(text)),
            Self::Text(values) => {
                values.append_value(text);
                true
            }
            Self::Binary(values) => {
                values.append_value(parse::binary(text.as_bytes()));
                true
            }
            Self::List(_) | Self::Map(_) | Self::Struct(_) => {
                self.null();
                false
            }
        }
    }

    /// Whether a text is a value of the type.
    pub(crate) fn is_text_of(&self, text: &str) -> bool {
        match self {
            Self::Boolean(_) => parse::boolean(text).is_some(),
            Self::Int8(_) => parse::integer::<i8>(text).is_some(),
            Self::Int16(_) => parse::integer::<i16>(text).is_some(),
            Self::Int32(_) => parse::integer::<i32>(text).is_some(),
            Self::Int64(_) => parse::integer::<i64>(text).is_some(),
            Self::Float32(_) | Self::Float64(_) => parse::float::<f64>(text).is_some(),
            Self::Decimal(_, precision, scale) => parse::decimal(text, *precision, *scale).is_some(),
            Self::Date(_) => parse::date(text).is_some(),
            Self::Timestamp(_) => parse::timestamp(text).is_some(),
            Self::Text(_) | Self::Binary(_) => true,
            Self::List(_) | Self::Map(_) | Self::Struct(_) => false,
        }
    }

    /// What was appended, which is taken.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Boolean(values) => Arc::new(values.finish()),
            Self::Int8(values) => Arc::new(values.finish()),
            Self::Int16(values) => Arc::new(values.finish()),
            Self::Int32(values) => Arc::new(values.finish()),
            Self::Int64(values) => Arc::new(values.finish()),
            Self::Float32(values) => Arc::new(values.finish()),
            Self::Float64(values) => Arc::new(values.finish()),
            Self::Decimal(values, ..) => Arc::new(values.finish()),
            Self::Text(values) => Arc::new(values.finish()),
            Self::Binary(values) => Arc::new(values.finish()),
            Self::Date(values) => Arc::new(values.finish()),
            Self::Timestamp(values) => Arc::new(values.finish()),
            Self::List(list) => {
                list.len = 0;
                let offsets = offsets(&mut list.ends);
                Arc::new(ListArray::try_new(
                    Arc::clone(&list.field),
                    offsets,
                    list.items.finish()?,
                    list.valid.finish(),
                )?)
            }
            Self::Map(map) => {
                map.len = 0;
                let offsets = offsets(&mut map.ends);
                let DataType::Struct(fields) = map.field.data_type() else {
                    return Err(ArrowError::SchemaError("a map without keys and values".to_owned()));
                };
                let entries =
                    StructArray::try_new(fields.clone(), vec![map.keys.finish()?, map.values.finish()?], None)?;
                Arc::new(MapArray::try_new(Arc::clone(&map.field), offsets, entries, map.valid.finish(), false)?)
            }
            Self::Struct(row) => {
                let columns = row.columns.iter_mut().map(Self::finish).collect::<Result<Vec<_>, _>>()?;
                let len = std::mem::take(&mut row.len);
                Arc::new(StructArray::try_new_with_length(row.fields.clone(), columns, row.valid.finish(), len)?)
            }
        })
    }
}

fn offsets(ends: &mut Vec<i32>) -> OffsetBuffer<i32> {
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    offsets.append(ends);
    OffsetBuffer::new(offsets.into())
}

impl List {
    /// Counts an item that was appended.
    pub(crate) fn count(&mut self) {
        self.len += 1;
    }

    pub(crate) fn end(&mut self, valid: bool) {
        self.ends.push(self.len);
        self.valid.append(valid);
    }
}

impl Map {
    /// Counts an entry that was appended.
    pub(crate) fn count(&mut self) {
        self.len += 1;
    }

    pub(crate) fn end(&mut self, valid: bool) {
        self.ends.push(self.len);
        self.valid.append(valid);
    }
}

impl Struct {
    pub(crate) fn end(&mut self, valid: bool) {
        self.len += 1;
        self.valid.append(valid);
    }
}

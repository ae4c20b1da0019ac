//! The arguments of one call.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayAccessor, ArrayRef, ArrowPrimitiveType, AsArray, StringBuilder},
    buffer::NullBuffer,
};
use datafusion::{
    common::internal_datafusion_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarFunctionArgs},
};

use super::{Column, Fit, fit};
use crate::TrinoType;

/// The arguments of one call, coerced to what the function takes.
#[derive(Debug)]
pub(crate) struct Call {
    /// Each argument: of one row if it is constant.
    arrays: Vec<ArrayRef>,
    constant: Vec<bool>,
    /// Their types, before coercion.
    pub(crate) given: Vec<TrinoType>,
    /// Their types and that of the result.
    pub(crate) types: Fit,
    /// How many rows the result has: one if all arguments are constant.
    pub(crate) rows: usize,
    is_constant: bool,
}

impl Call {
    pub(super) fn new(args: ScalarFunctionArgs, given: Vec<TrinoType>, types: Fit, is_volatile: bool) -> Result<Self> {
        let constant: Vec<_> = args.args.iter().map(|value| matches!(value, ColumnarValue::Scalar(_))).collect();
        let is_constant = !is_volatile && constant.iter().all(|is_constant| *is_constant);
        let rows = if is_constant { 1 } else { args.number_rows };
        let arrays = args.args.into_iter().zip(&types.parameters).map(|(value, to)| {
            let array = match value {
                ColumnarValue::Array(array) => array,
                ColumnarValue::Scalar(value) => value.to_array()?,
            };
            fit(&array, &to.data_type())
        });
        Ok(Self { arrays: arrays.collect::<Result<_>>()?, constant, given, types, rows, is_constant })
    }

    /// Whether the result is one value for all rows.
    pub(super) fn is_constant(&self) -> bool {
        self.is_constant
    }

    /// How many arguments there are.
    pub(crate) fn len(&self) -> usize {
        self.arrays.len()
    }

    /// An argument as it came, of one row if it is constant.
    pub(crate) fn array(&self, at: usize) -> (&ArrayRef, bool) {
        (&self.arrays[at], self.constant[at])
    }

    /// An argument with as many rows as the result has.
    pub(crate) fn whole(&self, at: usize) -> Result<ArrayRef> {
        if !self.constant[at] || self.rows == self.arrays[at].len() {
            return Ok(Arc::clone(&self.arrays[at]));
        }
        let indices = arrow::array::UInt32Array::from(vec![0; self.rows]);
        Ok(arrow::compute::take(&self.arrays[at], &indices, None)?)
    }

    /// An argument whose values are read from an array of a kind.
    pub(crate) fn column<'a, A: Array + 'static>(&'a self, at: usize) -> Result<Column<'a, A>>
    where
        &'a A: ArrayAccessor,
    {
        let array = self.arrays.get(at).and_then(|array| array.as_any().downcast_ref());
        let array = array.ok_or_else(|| internal_datafusion_err!("argument {at} is not of the kind that is read"))?;
        Ok(Column::new(array, self.constant[at]))
    }

    /// Arguments of one kind from one on.
    pub(crate) fn columns<'a, A: Array + 'static>(&'a self, from: usize) -> Result<Vec<Column<'a, A>>>
    where
        &'a A: ArrayAccessor,
    {
        (from..self.len()).map(|at| self.column(at)).collect()
    }

    /// Rows in which no argument is NULL, if there are others.
    pub(crate) fn valid(&self) -> Result<Option<NullBuffer>> {
        let mut found = None;
        for at in 0..self.len() {
            if self.arrays[at].logical_null_count() > 0 {
                found = NullBuffer::union(found.as_ref(), self.whole(at)?.logical_nulls().as_ref());
            }
        }
        Ok(found)
    }

    /// The values of a function of one argument.
    pub(crate) fn map1<'a, A, R, O>(
        &'a self,
        f: impl Fn(<&'a A as ArrayAccessor>::Item) -> Result<Option<R>>,
    ) -> Result<ArrayRef>
    where
        A: Array + 'static,
        &'a A: ArrayAccessor,
        O: Array + FromIterator<Option<R>> + 'static,
    {
        let a = self.column::<A>(0)?;
        self.collect::<R, O>(|row| a.get(row).map_or(Ok(None), &f))
    }

    /// The values of a function of two arguments.
    pub(crate) fn map2<'a, A, B, R, O>(
        &'a self,
        f: impl Fn(<&'a A as ArrayAccessor>::Item, <&'a B as ArrayAccessor>::Item) -> Result<Option<R>>,
    ) -> Result<ArrayRef>
    where
        A: Array + 'static,
        B: Array + 'static,
        &'a A: ArrayAccessor,
        &'a B: ArrayAccessor,
        O: Array + FromIterator<Option<R>> + 'static,
    {
        let (a, b) = (self.column::<A>(0)?, self.column::<B>(1)?);
        self.collect::<R, O>(|row| match (a.get(row), b.get(row)) {
            (Some(a), Some(b)) => f(a, b),
            _ => Ok(None),
        })
    }

    /// The values of a function of three arguments.
    pub(crate) fn map3<'a, A, B, C, R, O>(
        &'a self,
        f: impl Fn(
            <&'a A as ArrayAccessor>::Item,
            <&'a B as ArrayAccessor>::Item,
            <&'a C as ArrayAccessor>::Item,
        ) -> Result<Option<R>>,
    ) -> Result<ArrayRef>
    where
        A: Array + 'static,
        B: Array + 'static,
        C: Array + 'static,
        &'a A: ArrayAccessor,
        &'a B: ArrayAccessor,
        &'a C: ArrayAccessor,
        O: Array + FromIterator<Option<R>> + 'static,
    {
        let (a, b, c) = (self.column::<A>(0)?, self.column::<B>(1)?, self.column::<C>(2)?);
        self.collect::<R, O>(|row| match (a.get(row), b.get(row), c.get(row)) {
            (Some(a), Some(b), Some(c)) => f(a, b, c),
            _ => Ok(None),
        })
    }

    /// The values of a function of one number, which has one for each.
    pub(crate) fn unary<A, O>(&self, f: impl Fn(A::Native) -> O::Native) -> Result<ArrayRef>
    where
        A: ArrowPrimitiveType,
        O: ArrowPrimitiveType,
    {
        Ok(Arc::new(self.whole(0)?.as_primitive::<A>().unary::<_, O>(f)))
    }

    /// Texts, each written behind nothing; a row of which `false` is said is NULL.
    pub(crate) fn written(&self, mut write: impl FnMut(usize, &mut String) -> Result<bool>) -> Result<ArrayRef> {
        let (mut texts, mut text) = (StringBuilder::with_capacity(self.rows, 0), String::new());
        for row in 0..self.rows {
            text.clear();
            texts.append_option(write(row, &mut text)?.then_some(&text));
        }
        Ok(Arc::new(texts.finish()))
    }

    /// The texts of a function of one argument.
    pub(crate) fn written1<'a, A>(
        &'a self,
        write: impl Fn(<&'a A as ArrayAccessor>::Item, &mut String),
    ) -> Result<ArrayRef>
    where
        A: Array + 'static,
        &'a A: ArrayAccessor,
    {
        let a = self.column::<A>(0)?;
        self.written(|row, into| {
            Ok(a.get(row).is_some_and(|value| {
                write(value, into);
                true
            }))
        })
    }

    /// The values of all rows.
    pub(crate) fn collect<R, O>(&self, value: impl FnMut(usize) -> Result<Option<R>>) -> Result<ArrayRef>
    where
        O: Array + FromIterator<Option<R>> + 'static,
    {
        let values: Result<O> = (0..self.rows).map(value).collect();
        Ok(Arc::new(values?))
    }
}

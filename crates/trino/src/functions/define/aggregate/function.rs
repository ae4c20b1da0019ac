//! A function of groups as DataFusion takes it.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    common::internal_err,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature, TypeSignature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

use super::{
    fitted::{fitted, fitted_groups},
    fold::Single,
    gather::{End, Gather, Gathering, How},
    sliding::Sliding,
};
use crate::{
    TrinoType,
    functions::{PREFIX, bound::Types, define::unfit},
};

/// How a function comes from its rows to its value.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// By a state of fixed size: what makes the state of groups, and the types it has.
    Fold {
        make: fn(&[TrinoType], &TrinoType) -> Box<dyn GroupsAccumulator>,
        state: fn(&[TrinoType], &TrinoType) -> Vec<TrinoType>,
    },
    /// By a look at them all, group by group.
    Gather(Gathering),
    /// As a function of DataFusion's that means the same.
    Same(fn() -> Arc<AggregateUDF>),
    /// In one way or another, by the types of the arguments.
    By(fn(&[TrinoType]) -> Kind),
}

impl Kind {
    fn of(self, types: &[TrinoType]) -> Self {
        match self {
            Self::By(choose) => choose(types),
            kind => kind,
        }
    }

    fn of_fields(self, fields: &[FieldRef]) -> Self {
        self.of(&types_of(fields))
    }
}

struct Function {
    name: String,
    typing: fn(&[TrinoType]) -> Option<TrinoType>,
    kind: Kind,
    signature: Signature,
    /// What it is bound to, if Arrow's types do not say as much.
    types: Option<Types>,
}

/// The function, bound to types if Arrow's do not say as much. Functions that are not Trino's own stay as they are.
pub(crate) fn bind_aggregate<'t>(
    function: &Arc<AggregateUDF>,
    arguments: impl IntoIterator<Item = &'t TrinoType>,
    returns: &TrinoType,
) -> Arc<AggregateUDF> {
    match Types::noted(arguments, returns) {
        Some(types) => bind_types(function, types),
        None => Arc::clone(function),
    }
}

/// The function, bound to types.
pub(crate) fn bind_types(function: &Arc<AggregateUDF>, types: Types) -> Arc<AggregateUDF> {
    let Some(own) = function.inner().downcast_ref::<Function>() else { return Arc::clone(function) };
    Arc::new(AggregateUDF::from(Function {
        name: own.name.clone(),
        typing: own.typing,
        kind: own.kind,
        signature: own.signature.clone(),
        types: Some(types),
    }))
}

/// What a function is bound to.
pub(crate) fn types(function: &AggregateUDF) -> Option<&Types> {
    function.inner().downcast_ref::<Function>()?.types.as_ref()
}

/// A function of groups. `typing` gives the type of its result, or `None` if it does not take these types.
pub(crate) fn aggregate(name: &str, typing: fn(&[TrinoType]) -> Option<TrinoType>, kind: Kind) -> Arc<AggregateUDF> {
    let signature = Signature::one_of(vec![TypeSignature::VariadicAny, TypeSignature::Nullary], Volatility::Immutable);
    Arc::new(AggregateUDF::from(Function { name: format!("{PREFIX}{name}"), typing, kind, signature, types: None }))
}

fn types_of(fields: &[FieldRef]) -> Vec<TrinoType> {
    fields.iter().map(|field| TrinoType::of_field(field)).collect()
}

/// Makes states of groups that have seen nothing.
type Groups = Arc<dyn Fn() -> Box<dyn GroupsAccumulator> + Send + Sync>;
/// Makes accumulators that have seen nothing.
pub(crate) type Factory = Arc<dyn Fn() -> Box<dyn Accumulator> + Send + Sync>;

impl Function {
    /// The types of the arguments of a call, with notes if it is bound to such.
    fn arguments<'f>(&'f self, fields: &'f [FieldRef]) -> &'f [FieldRef] {
        self.types.as_ref().map_or(fields, |types| &types.arguments)
    }

    fn returns<'f>(&'f self, field: &'f FieldRef) -> &'f FieldRef {
        self.types.as_ref().map_or(field, |types| &types.returns)
    }

    /// The types that values have to be made to fit, if some come in others.
    fn unfit(&self, fields: &[FieldRef]) -> Option<Vec<DataType>> {
        let types: Vec<_> = types_of(self.arguments(fields)).iter().map(TrinoType::data_type).collect();
        let are_fit = fields.iter().zip(&types).all(|(field, of)| field.data_type() == of);
        (!are_fit).then_some(types)
    }

    /// States of groups for rows as the call says: as they come, each once, or in an order.
    fn groups(&self, args: &AccumulatorArgs<'_>) -> Result<Groups> {
        let types = types_of(self.arguments(args.expr_fields));
        let of = TrinoType::of_field(self.returns(&args.return_field));
        let end = match self.kind.of(&types) {
            Kind::Gather(how) => End::Gathering(how),
            Kind::Fold { make, .. } => {
                let types = types.clone();
                let plain: Groups = Arc::new(move || make(&types, &of));
                if !args.is_distinct && args.order_bys.is_empty() {
                    return Ok(plain);
                }
                End::Pass(plain)
            }
            Kind::Same(_) | Kind::By(_) => return internal_err!("{} has accumulators of its own", self.name),
        };
        let order_types = args.order_bys.iter().map(|key| key.expr.data_type(args.schema)).collect::<Result<_>>()?;
        let how = How {
            end,
            types,
            returns: Arc::clone(&args.return_field),
            is_distinct: args.is_distinct,
            order: args.order_bys.iter().map(|key| key.options).collect(),
            order_types,
        };
        Ok(Arc::new(move || Box::new(Gather::new(how.clone()))))
    }

    /// The same for one group.
    fn factory(&self, args: &AccumulatorArgs<'_>) -> Result<Factory> {
        let groups = self.groups(args)?;
        Ok(Arc::new(move || Box::new(Single::new(groups()))))
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.types == other.types
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.types.hash(state);
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is typed by fields", self.name)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        if let Some(types) = &self.types {
            return Ok(types.bare_result(&self.name));
        }
        let types = types_of(fields);
        let of = (self.typing)(&types).ok_or_else(|| unfit(self.name.trim_start_matches(PREFIX), &types))?;
        Ok(of.field(&self.name, true))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match self.kind.of_fields(self.arguments(args.expr_fields)) {
            Kind::Same(other) => {
                let types = self.unfit(args.expr_fields);
                Ok(fitted(other().accumulator(args)?, types))
            }
            _ => Ok((self.factory(&args)?)()),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let types = types_of(self.arguments(args.input_fields));
        let named =
            |at: usize, of: &TrinoType| Arc::new(Field::new(format!("{}[{at}]", args.name), of.data_type(), true));
        match self.kind.of(&types) {
            Kind::Same(other) => other().state_fields(args),
            Kind::Fold { state, .. } if !args.is_distinct && args.ordering_fields.is_empty() => {
                let state = state(&types, &TrinoType::of_field(self.returns(&args.return_field)));
                Ok(state.iter().enumerate().map(|(at, of)| named(at, of)).collect())
            }
            _ => {
                let order = args.ordering_fields.iter().map(|field| TrinoType::of_data_type(field.data_type()));
                // The lists are made of values alone, which have no lengths of texts to tell.
                let values = args.input_fields.iter().map(|field| TrinoType::of_data_type(field.data_type()));
                let lists = values.chain(order).map(|of| TrinoType::Array(Box::new(of)));
                Ok(lists.enumerate().map(|(at, of)| named(at, &of)).collect())
            }
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        match self.kind.of_fields(self.arguments(args.expr_fields)) {
            Kind::Same(other) => other().groups_accumulator_supported(args),
            _ => true,
        }
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match self.kind.of_fields(self.arguments(args.expr_fields)) {
            Kind::Same(other) => {
                let types = self.unfit(args.expr_fields);
                Ok(fitted_groups(other().create_groups_accumulator(args)?, types))
            }
            _ => Ok((self.groups(&args)?)()),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match self.kind.of_fields(self.arguments(args.expr_fields)) {
            Kind::Same(other) => {
                let types = self.unfit(args.expr_fields);
                Ok(fitted(other().create_sliding_accumulator(args)?, types))
            }
            _ => Ok(Box::new(Sliding::new(self.factory(&args)?))),
        }
    }

    fn with_beneficial_ordering(self: Arc<Self>, _: bool) -> Result<Option<Arc<dyn AggregateUDFImpl>>> {
        // Rows are put in order at the end, whether they came in it or not.
        Ok(Some(self))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        match self.kind {
            Kind::Fold { .. } => AggregateOrderSensitivity::Insensitive,
            _ => AggregateOrderSensitivity::SoftRequirement,
        }
    }
}

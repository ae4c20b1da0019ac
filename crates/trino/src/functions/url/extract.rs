//! `url_extract_*`.

use arrow::array::{ArrayRef, Int64Array, StringArray};
use datafusion::error::Result;

use super::{
    address::{Address, parse},
    encode::decoded,
};
use crate::functions::scalar::Call;

fn part(call: &Call, of: impl Fn(Address<'_>) -> Option<&str>) -> Result<ArrayRef> {
    call.map1::<StringArray, _, StringArray>(|text| {
        Ok(parse(text).map(|address| of(address).unwrap_or_default().to_owned()))
    })
}

pub(super) fn protocol(call: &Call) -> Result<ArrayRef> {
    part(call, |address| address.scheme)
}

pub(super) fn host(call: &Call) -> Result<ArrayRef> {
    part(call, |address| address.host)
}

pub(super) fn path(call: &Call) -> Result<ArrayRef> {
    unescaped(call, |address| Some(address.path))
}

pub(super) fn query(call: &Call) -> Result<ArrayRef> {
    unescaped(call, |address| address.query)
}

pub(super) fn fragment(call: &Call) -> Result<ArrayRef> {
    unescaped(call, |address| address.fragment)
}

fn unescaped(call: &Call, of: impl Fn(Address<'_>) -> Option<&str>) -> Result<ArrayRef> {
    call.map1::<StringArray, _, StringArray>(|text| {
        Ok(parse(text).and_then(|address| decoded(of(address).unwrap_or_default(), false)))
    })
}

pub(super) fn port(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, Int64Array>(|text| Ok(parse(text).and_then(|address| address.port)))
}

/// A parameter without `=` has an empty value. Names are compared as they stand, escaped; values are not.
pub(super) fn parameter(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, StringArray, _, StringArray>(|text, name| {
        let query = parse(text).and_then(|address| address.query);
        let pairs = query.into_iter().flat_map(|query| query.split('&'));
        let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Ok(pairs.find(|(key, _)| *key == name).and_then(|(_, value)| decoded(value, true)))
    })
}

//! What attributes add to the embeddings of tracks.

use tch::{
    Device, Tensor,
    nn::{Init, Path},
};

use super::linear::INITIAL_WEIGHTS;
use crate::{Result, data::Attributes};

/// What attributes add to the embeddings of tracks: a linear map of the numbers, and a row for each text.
///
/// A track that is rare takes its place among those that are like it, since what is learnt of an attribute is learnt from
/// all tracks that have it.
#[derive(Debug)]
pub(super) struct AttributeEmbedding {
    /// `[items + 1, numbers]`; the start mark has zeros.
    numbers: Tensor,
    /// `[numbers, dimension]`
    weight: Tensor,
    categories: Vec<CategoryEmbedding>,
}

#[derive(Debug)]
struct CategoryEmbedding {
    /// `[items + 1]`; the start mark has 0.
    codes: Tensor,
    /// `[items + 1, 1]`: 0 where nothing is known, else 1.
    is_known: Tensor,
    /// `[codes, dimension]`
    weight: Tensor,
}

impl AttributeEmbedding {
    /// Makes fresh weights.
    pub(super) fn try_new(path: &Path<'_>, attributes: &Attributes, items: usize, dimension: i64) -> Result<Self> {
        let device = path.device();
        let width = i64::try_from(attributes.numbers.len()).unwrap_or(i64::MAX);
        let numbers: Vec<f32> = (0..=items)
            .flat_map(|item| attributes.numbers.iter().map(move |column| column.get(item).copied().unwrap_or(0.0)))
            .collect();
        let rows = i64::try_from(items + 1).unwrap_or(i64::MAX);
        let numbers = Tensor::f_from_slice(&numbers)?.f_reshape([rows, width])?.f_to_device(device)?;
        let categories = attributes.categories.iter().enumerate().map(|(number, column)| {
            let path = path.sub(format!("category_{number}"));
            CategoryEmbedding::try_new(&path, &column.codes, column.count, dimension, device)
        });
        let categories = categories.collect::<Result<_>>()?;
        Ok(Self { numbers, weight: path.f_var("weight", &[width, dimension], INITIAL_WEIGHTS)?, categories })
    }

    /// What is added to rows of the item table: `[rows]` to `[rows, dimension]`.
    pub(super) fn of(&self, rows: &Tensor) -> Result<Tensor> {
        let mut sum = self.numbers.f_index_select(0, rows)?.f_matmul(&self.weight)?;
        for category in &self.categories {
            let added = category.weight.f_index_select(0, &category.codes.f_index_select(0, rows)?)?;
            sum = sum.f_add(&added.f_mul(&category.is_known.f_index_select(0, rows)?)?)?;
        }
        Ok(sum)
    }
}

impl CategoryEmbedding {
    fn try_new(path: &Path<'_>, codes: &[i64], count: usize, dimension: i64, device: Device) -> Result<Self> {
        let codes: Vec<i64> = codes.iter().copied().chain([0]).collect();
        let codes = Tensor::f_from_slice(&codes)?.f_to_device(device)?;
        let is_known = codes.f_gt(0)?.f_to_kind(tch::Kind::Float)?.f_unsqueeze(1)?;
        let shape = [i64::try_from(count).unwrap_or(i64::MAX), dimension];
        // Texts begin alike, so that one that is hardly seen stays near to saying nothing.
        Ok(Self { codes, is_known, weight: path.f_var("weight", &shape, Init::Const(0.0))? })
    }
}

//! The whole network.

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor, nn::VarStore};

use super::{Dropout, ItemRows, ItemTable, Reader, RowIndex, attribute_embedding::AttributeEmbedding};
use crate::{
    Error, Result,
    config::NetworkConfig,
    data::{Attributes, Item},
};

/// Sequences that are read at once when nothing is learnt; it bounds the memory of scoring.
const SEQUENCES_AT_ONCE: usize = 256;

/// Names of the weights of attributes begin with this.
const ATTRIBUTES: &str = "attributes";

/// Name of the item table.
const TABLE: &str = "items.weight";

/// The whole network with its weights on one device.
#[derive(Debug)]
pub struct NextTrackNetwork {
    config: NetworkConfig,
    variables: VarStore,
    items: ItemTable,
    reader: Reader,
    attributes: Option<AttributeEmbedding>,
}

impl NextTrackNetwork {
    /// Makes a network with fresh weights, drawn from libtorch's random generator.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn try_new(config: &NetworkConfig, items: usize, device: Device) -> Result<Self> {
        let variables = VarStore::new(device);
        let root = variables.root();
        let dimension = i64::from(config.dimension);
        let table = ItemTable::try_new(&root.sub("items"), items, dimension)?;
        let reader = Reader::try_new(&root, config)?;
        Ok(Self { config: config.clone(), items: table, reader, variables, attributes: None })
    }

    /// Lets attributes add to the embeddings of tracks while the network is trained; [`Self::folded`] puts them in for good.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn add_attributes(&mut self, attributes: &Attributes) -> Result<()> {
        let path = self.variables.root().sub(ATTRIBUTES);
        let (items, dimension) = (self.items.items(), i64::from(self.config.dimension));
        self.attributes = Some(AttributeEmbedding::try_new(&path, attributes, items, dimension)?);
        Ok(())
    }

    /// The same network without attributes, what they add being part of the item table; none if there are none.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn folded(&self) -> Result<Option<Self>> {
        let Some(attributes) = &self.attributes else { return Ok(None) };
        let mut folded = Self::try_new(&self.config, self.items.items(), self.device())?;
        let mut weights = self.weights();
        weights.retain(|name, _| !name.starts_with(ATTRIBUTES));
        let rows = i64::try_from(self.items.items() + 1).unwrap_or(i64::MAX);
        let rows = Tensor::f_arange(rows, (Kind::Int64, self.device()))?;
        let table = tch::no_grad(|| -> Result<Tensor> { Ok(self.items.weights().f_add(&attributes.of(&rows)?)?) })?;
        weights.insert(TABLE.to_owned(), table);
        folded.restore(&weights)?;
        Ok(Some(folded))
    }

    /// Copies rows of the item table out for a step.
    ///
    /// # Errors
    /// [`Error::Torch`] if a row does not exist.
    pub fn rows(&self, index: &RowIndex) -> Result<ItemRows> {
        let mut rows = self.items.rows(index)?;
        if let Some(attributes) = &self.attributes {
            rows.embeddings = rows.weights.f_add(&attributes.of(&rows.indices)?)?;
        }
        Ok(rows)
    }

    /// Shape of the network.
    pub fn config(&self) -> &NetworkConfig {
        &self.config
    }

    /// The embeddings of all tracks.
    pub fn items(&self) -> &ItemTable {
        &self.items
    }

    /// Where the weights stand.
    pub fn device(&self) -> Device {
        self.variables.device()
    }

    /// What turns embedded tracks into contexts.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The weights that libtorch keeps gradients of: those of the reader, in the order of their making, and behind them
    /// those of attributes.
    pub fn dense_weights(&self) -> Vec<Tensor> {
        self.variables.trainable_variables()
    }

    /// How many of the [`Self::dense_weights`] are those of the reader.
    pub fn reader_weight_count(&self) -> usize {
        let of_attributes = self.variables.variables();
        let of_attributes = of_attributes.iter().filter(|(name, _)| name.starts_with(ATTRIBUTES)).count();
        self.dense_weights().len() - of_attributes
    }

    /// All weights by name.
    pub fn weights(&self) -> BTreeMap<String, Tensor> {
        self.variables.variables().into_iter().collect()
    }

    /// Turns embedded tokens into contexts, without dropout; both are `[batch, length, dimension]`.
    ///
    /// # Errors
    /// [`Error::Torch`] if shapes do not fit.
    pub fn contexts(&self, embedded: &Tensor) -> Result<Tensor> {
        self.reader.contexts(embedded, &mut Dropout::none())
    }

    /// Context after the last track of each playlist, of which the last [`NetworkConfig::max_length`] tracks are read:
    /// `[playlists, dimension]`. An empty playlist has the context of the start mark alone.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn read(&self, playlists: &[&[Item]]) -> Result<Tensor> {
        let parts: Vec<Tensor> = playlists
            .chunks(SEQUENCES_AT_ONCE)
            .map(|chunk| tch::no_grad(|| self.read_chunk(chunk)))
            .collect::<Result<_>>()?;
        if parts.is_empty() {
            let options = (Kind::Float, self.device());
            return Ok(Tensor::f_zeros([0, i64::from(self.config.dimension)], options)?);
        }
        Ok(Tensor::f_cat(&parts, 0)?)
    }

    fn read_chunk(&self, playlists: &[&[Item]]) -> Result<Tensor> {
        let visible: Vec<&[Item]> =
            playlists.iter().map(|seeds| &seeds[seeds.len().saturating_sub(self.config.max_length)..]).collect();
        let length = 1 + visible.iter().map(|seeds| seeds.len()).max().unwrap_or(0);
        let mut tokens = vec![0; visible.len() * length];
        let mut last = Vec::with_capacity(visible.len());
        for (row, seeds) in visible.iter().enumerate() {
            let first = row * length;
            tokens[first] = i64::try_from(self.items.start_mark()).unwrap_or(i64::MAX);
            for (token, &item) in tokens[first + 1..].iter_mut().zip(*seeds) {
                *token = item.into();
            }
            last.push(i64::try_from(first + seeds.len()).unwrap_or(i64::MAX));
        }
        let shape = [visible.len(), length, self.config.dimension as usize];
        let [rows, length, dimension] = shape.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        let tokens = Tensor::f_from_slice(&tokens)?.f_to_device(self.device())?;
        let embedded = self.items.embed(&tokens)?.f_reshape([rows, length, dimension])?;
        let contexts = self.contexts(&embedded)?.f_reshape([rows * length, dimension])?;
        let last = Tensor::f_from_slice(&last)?.f_to_device(self.device())?;
        Ok(contexts.f_index_select(0, &last)?)
    }

    /// Copies weights in, which must be exactly those of this network, by name and shape.
    ///
    /// # Errors
    /// [`Error::TensorMismatch`] naming the first tensor that is missing, left over, or of another shape or kind.
    pub fn restore(&mut self, weights: &BTreeMap<String, Tensor>) -> Result<()> {
        let mut own = self.weights();
        for (name, tensor) in &own {
            let found = weights.get(name).map_or_else(|| "nothing".to_owned(), describe);
            let expected = describe(tensor);
            if found != expected {
                return Err(Error::TensorMismatch { tensor: name.clone(), expected, found });
            }
        }
        if let Some((name, tensor)) = weights.iter().find(|(name, _)| !own.contains_key(*name)) {
            let (tensor, found) = (name.clone(), describe(tensor));
            return Err(Error::TensorMismatch { tensor, expected: "absent".to_owned(), found });
        }
        tch::no_grad(|| -> Result<()> {
            for (name, tensor) in &mut own {
                tensor.f_copy_(&weights[name])?;
            }
            Ok(())
        })
    }

    /// Copies of all weights on the device where they stand.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn snapshot(&self) -> Result<BTreeMap<String, Tensor>> {
        let copy = |(name, tensor): (String, Tensor)| -> Result<_> {
            let mut copy = tensor.f_zeros_like()?.f_detach()?;
            tch::no_grad(|| copy.f_copy_(&tensor))?;
            Ok((name, copy))
        };
        self.weights().into_iter().map(copy).collect()
    }
}

fn describe(tensor: &Tensor) -> String {
    format!("{:?} {:?}", tensor.kind(), tensor.size())
}

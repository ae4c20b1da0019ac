//! Trained models.

use serde::Serialize;
use serde_json::Value as Json;

use crate::backend::Row;
use crate::database_url::redact_lake_url;
use crate::text::check_length;
use crate::{Error, ModelId, Store};

const INSERT_MODEL: &str =
    "INSERT INTO models (model_id, created_at_us, lake_url, metrics_json, config_json) VALUES (?, ?, ?, ?, ?)";
const MODEL: &str = "SELECT * FROM models WHERE model_id = ?";
const MODELS: &str = "SELECT * FROM models ORDER BY created_at_us DESC, model_id DESC LIMIT ?";

/// A trained model: where it lies and how good it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelRecord {
    /// Its id.
    pub model_id: ModelId,
    /// When it was made.
    pub created_at_us: i64,
    /// Where its artefact lies: at most 2048 bytes. Credentials and query are removed before it is stored.
    pub lake_url: String,
    /// How it was evaluated and with what result.
    pub metrics: Json,
    /// How it was trained, without secrets.
    pub config: Json,
}

impl ModelRecord {
    fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            model_id: row.parsed("model_id", str::parse::<ModelId>)?,
            created_at_us: row.int("created_at_us")?,
            lake_url: row.text("lake_url")?,
            metrics: row.parsed("metrics_json", str::parse::<Json>)?,
            config: row.parsed("config_json", str::parse::<Json>)?,
        })
    }
}

impl Store {
    /// Records a model. Recording the same model again changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::ModelExists`] when the id stands for another model, [`Error::InvalidValue`] when the URL is too long.
    pub async fn record_model(&self, model: &ModelRecord) -> Result<(), Error> {
        let model_id = &model.model_id;
        let lake_url = redact_lake_url(&model.lake_url);
        check_length("lake_url", &lake_url, 2048, "at most 2048 bytes")?;
        let (metrics, config) = (model.metrics.to_string(), model.config.to_string());
        let inserted = self
            .call("record model", model_id)
            .execute(
                INSERT_MODEL,
                &[
                    model_id.as_str().into(),
                    model.created_at_us.into(),
                    lake_url.as_str().into(),
                    metrics.as_str().into(),
                    config.as_str().into(),
                ],
            )
            .await;
        match inserted {
            Err(error) if error.is_duplicate() => {
                // Texts are compared, not parsed values: parsing may move the last digit of a number.
                let offered = [lake_url, metrics, config];
                let texts =
                    |row: &Row| Ok([row.text("lake_url")?, row.text("metrics_json")?, row.text("config_json")?]);
                let values = [model_id.as_str().into()];
                let recorded = self.call("read model", model_id).read_first(MODEL, &values, texts).await?;
                let same = recorded.is_some_and(|recorded| recorded == offered);
                if same { Ok(()) } else { Err(Error::ModelExists { model_id: model_id.clone() }) }
            }
            result => result.map(drop),
        }
    }

    /// Reads one model.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn model(&self, model_id: &ModelId) -> Result<Option<ModelRecord>, Error> {
        let values = [model_id.as_str().into()];
        self.call("read model", model_id).read_first(MODEL, &values, ModelRecord::from_row).await
    }

    /// Reads the newest model.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn latest_model(&self) -> Result<Option<ModelRecord>, Error> {
        Ok(self.list_models(1).await?.into_iter().next())
    }

    /// Reads the newest models, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn list_models(&self, limit: u32) -> Result<Vec<ModelRecord>, Error> {
        self.call("list", "models").read(MODELS, &[limit.into()], ModelRecord::from_row).await
    }
}

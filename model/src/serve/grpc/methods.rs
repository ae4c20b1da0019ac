//! What each method answers.

use super::{
    inference::Asked,
    messages::{
        ModelInferRequest, ModelInferResponse, ModelMetadataResponse, ModelReadyResponse, ModelRequest,
        ServerLiveRequest, ServerLiveResponse, ServerMetadataRequest, ServerMetadataResponse, ServerReadyRequest,
        ServerReadyResponse, TensorMetadata,
    },
};
use crate::serve::{
    failure::Failure,
    open_inference::{INPUTS, NAME, OUTPUTS, PLATFORM, SERVER_NAME, TensorForm},
    shared::Shared,
};

pub(super) async fn server_live(_: Shared, _: ServerLiveRequest) -> Result<ServerLiveResponse, Failure> {
    Ok(ServerLiveResponse { live: true })
}

pub(super) async fn server_ready(shared: Shared, _: ServerReadyRequest) -> Result<ServerReadyResponse, Failure> {
    Ok(ServerReadyResponse { ready: shared.is_ready() })
}

pub(super) async fn server_metadata(_: Shared, _: ServerMetadataRequest) -> Result<ServerMetadataResponse, Failure> {
    let (name, version) = (SERVER_NAME.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    Ok(ServerMetadataResponse { name, version, extensions: Vec::new() })
}

pub(super) async fn model_ready(shared: Shared, asked: ModelRequest) -> Result<ModelReadyResponse, Failure> {
    require_model(&shared, &asked.name, &asked.version)?;
    Ok(ModelReadyResponse { ready: shared.is_ready() })
}

pub(super) async fn model_metadata(shared: Shared, asked: ModelRequest) -> Result<ModelMetadataResponse, Failure> {
    require_model(&shared, &asked.name, &asked.version)?;
    let tensor = |form: &TensorForm| TensorMetadata {
        name: form.name.to_owned(),
        datatype: form.datatype.to_owned(),
        shape: form.shape.to_vec(),
    };
    Ok(ModelMetadataResponse {
        name: NAME.to_owned(),
        versions: vec![shared.engine.model_id().to_string()],
        platform: PLATFORM.to_owned(),
        inputs: INPUTS.iter().map(tensor).collect(),
        outputs: OUTPUTS.iter().map(tensor).collect(),
    })
}

pub(super) async fn model_infer(shared: Shared, message: ModelInferRequest) -> Result<ModelInferResponse, Failure> {
    require_model(&shared, &message.model_name, &message.model_version)?;
    let mut asked = Asked::read(&message)?;
    let answers = shared.ask(std::mem::take(&mut asked.requests)).await?;
    let model = answers.first().map_or_else(|| shared.engine.model_id(), |answer| answer.model_id);
    Ok(asked.write(message.id, model, &answers))
}

/// An empty version is any.
fn require_model(shared: &Shared, name: &str, version: &str) -> Result<(), Failure> {
    shared.require_model(name, (!version.is_empty()).then_some(version))
}

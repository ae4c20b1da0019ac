//! `inference.GRPCInferenceService` as tonic calls it: which path leads to which method.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use prost::Message;
use tonic::{
    Code, Request, Response, Status,
    body::Body,
    codegen::{BoxFuture, Service, http},
    server::{Grpc, NamedService, UnaryService},
};
use tonic_prost::ProstCodec;

use super::methods;
use crate::serve::{failure::Failure, shared::Shared};

/// Bytes of a message, as most servers have it: its parts take many times as much when they are read.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// The service on one connection.
#[derive(Debug, Clone)]
pub(super) struct InferenceService {
    shared: Shared,
}

impl InferenceService {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared }
    }
}

impl NamedService for InferenceService {
    const NAME: &'static str = "inference.GRPCInferenceService";
}

impl Service<http::Request<Body>> for InferenceService {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let shared = self.shared.clone();
        match request.uri().path().rsplit_once('/').map_or("", |(_, method)| method) {
            "ServerLive" => unary("ServerLive", shared, methods::server_live, request),
            "ServerReady" => unary("ServerReady", shared, methods::server_ready, request),
            "ServerMetadata" => unary("ServerMetadata", shared, methods::server_metadata, request),
            "ModelReady" => unary("ModelReady", shared, methods::model_ready, request),
            "ModelMetadata" => unary("ModelMetadata", shared, methods::model_metadata, request),
            "ModelInfer" => unary("ModelInfer", shared, methods::model_infer, request),
            _ => Box::pin(async { Ok(Status::unimplemented("the method is unknown").into_http()) }),
        }
    }
}

/// Lets a method answer one call, and counts and times it.
fn unary<M, I, O, F>(
    name: &'static str,
    shared: Shared,
    method: M,
    request: http::Request<Body>,
) -> BoxFuture<http::Response<Body>, Infallible>
where
    M: Fn(Shared, I) -> F + Clone + Send + 'static,
    F: Future<Output = Result<O, Failure>> + Send + 'static,
    I: Message + Default + Send + 'static,
    O: Message + Default + Send + 'static,
{
    let call = Call { name, shared, method };
    Box::pin(async move {
        let mut grpc = Grpc::new(ProstCodec::<O, I>::default()).max_decoding_message_size(LARGEST_MESSAGE);
        Ok(grpc.unary(call, request).await)
    })
}

/// A method, and what it answers with.
#[derive(Clone)]
struct Call<M> {
    name: &'static str,
    shared: Shared,
    method: M,
}

impl<M, I, O, F> UnaryService<I> for Call<M>
where
    M: Fn(Shared, I) -> F,
    F: Future<Output = Result<O, Failure>> + Send + 'static,
{
    type Response = O;
    type Future = Pin<Box<dyn Future<Output = Result<Response<O>, Status>> + Send>>;

    fn call(&mut self, request: Request<I>) -> Self::Future {
        let (name, metrics) = (self.name, self.shared.metrics.clone());
        let answered = (self.method)(self.shared.clone(), request.into_inner());
        Box::pin(async move {
            let started = Instant::now();
            let answer = answered.await.map_err(Status::from);
            let code = answer.as_ref().err().map_or(Code::Ok, Status::code);
            metrics.answered(name, &format!("{code:?}"), started.elapsed());
            answer.map(Response::new)
        })
    }
}

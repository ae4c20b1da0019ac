//! A collector of traces, which takes spans by OTLP over HTTP and remembers them.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
};
use prost::Message;

/// A span that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSpan {
    /// Name of the service that told it.
    pub service: String,
    /// Its name.
    pub name: String,
    /// Its trace, in hexadecimal digits.
    pub trace_id: String,
    /// Its own name within the trace.
    pub span_id: String,
    /// The span whose part it is; empty for the root of a trace.
    pub parent_id: String,
    /// Its fields as texts.
    pub fields: HashMap<String, String>,
}

/// A listener on this machine that takes spans for as long as the test runs.
#[derive(Debug)]
pub struct Collector {
    url: String,
    told: Arc<Mutex<Vec<ToldSpan>>>,
}

impl Collector {
    /// Starts to listen on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("listening for spans")?;
        let url = format!("http://{}", listener.local_addr()?);
        let told = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&told);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client keeps its connection, so each has a thread. One that hangs up is heard no further.
                std::thread::spawn(move || {
                    while let Ok(spans) = take(&mut stream) {
                        shared.lock().unwrap_or_else(PoisonError::into_inner).extend(spans);
                    }
                });
            }
        });
        Ok(Self { url, told })
    }

    /// Returns its address, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the spans that were told until now.
    pub fn told(&self) -> Vec<ToldSpan> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads one request and answers it.
fn take(stream: &mut TcpStream) -> Result<Vec<ToldSpan>> {
    let mut reader = BufReader::new(&mut *stream);
    let (mut first, mut length) = (String::new(), 0);
    ensure!(reader.read_line(&mut first)? > 0, "the connection has ended");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let is_ours = first.starts_with("POST /v1/traces ");
    let status = if is_ours { "200 OK" } else { "404 Not Found" };
    stream.write_all(
        format!("HTTP/1.1 {status}\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n").as_bytes(),
    )?;
    if is_ours { spans(&body) } else { Ok(Vec::new()) }
}

fn spans(body: &[u8]) -> Result<Vec<ToldSpan>> {
    let request = ExportTraceServiceRequest::decode(body).context("reading spans")?;
    let mut told = Vec::new();
    for of_resource in request.resource_spans {
        let resource = fields(of_resource.resource.unwrap_or_default().attributes);
        let service = resource.get("service.name").cloned().unwrap_or_default();
        for span in of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            told.push(ToldSpan {
                service: service.clone(),
                name: span.name,
                trace_id: hexadecimal(&span.trace_id),
                span_id: hexadecimal(&span.span_id),
                parent_id: hexadecimal(&span.parent_span_id),
                fields: fields(span.attributes),
            });
        }
    }
    Ok(told)
}

fn fields(attributes: Vec<KeyValue>) -> HashMap<String, String> {
    attributes.into_iter().map(|field| (field.key, text(field.value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(flag)) => flag.to_string(),
        other => format!("{other:?}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

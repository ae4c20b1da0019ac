//! Where a span stands in its trace, as text that another process understands.

use std::collections::HashMap;

use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TraceId},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Name of the text in headers and environments: <https://www.w3.org/TR/trace-context/#traceparent-header>
const TRACE_PARENT: &str = "traceparent";

/// The current span as a parent of others (`00-TRACE-SPAN-01`); [`None`] where no collector is told.
#[must_use]
pub fn current_parent() -> Option<String> {
    let context = Span::current().context();
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut carrier);
    carrier.remove(TRACE_PARENT)
}

/// The trace of the current span in hexadecimal digits; [`None`] where no collector is told.
#[must_use]
pub fn current_trace_id() -> Option<String> {
    let trace_id = Span::current().context().span().span_context().trace_id();
    (trace_id != TraceId::INVALID).then(|| trace_id.to_string())
}

/// Makes a span that nobody has entered yet the child of one of another process. A text that is none changes nothing.
pub fn adopt(span: &Span, parent: &str) {
    let carrier = HashMap::from([(TRACE_PARENT.to_owned(), parent.to_owned())]);
    let context = TraceContextPropagator::new().extract(&carrier);
    if context.span().span_context().is_valid() {
        // Where no collector is told, there is nothing to continue.
        let _adopted = span.set_parent(context);
    }
}

//! The operations of Flight SQL.

use std::{pin::Pin, sync::Arc, time::Instant};

use arrow::{
    array::{Int64Array, RecordBatch, RecordBatchOptions},
    datatypes::{DataType, Field, Schema, SchemaRef},
    error::ArrowError,
};
use arrow_flight::{
    Action, FlightData, FlightDescriptor, FlightEndpoint, FlightInfo, HandshakeRequest, HandshakeResponse, IpcMessage,
    SchemaAsIpc, Ticket,
    decode::FlightRecordBatchStream,
    encode::FlightDataEncoderBuilder,
    error::FlightError,
    flight_service_server::{FlightService, FlightServiceServer},
    sql::{
        ActionClosePreparedStatementRequest, ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult,
        CommandGetCatalogs, CommandGetDbSchemas, CommandGetSqlInfo, CommandGetTableTypes, CommandGetTables,
        CommandPreparedStatementQuery, CommandPreparedStatementUpdate, CommandStatementQuery, CommandStatementUpdate,
        DoPutPreparedStatementResult, ProstMessageExt, SqlInfo, TicketStatementQuery,
        metadata::SqlInfoDataBuilder,
        server::{FlightSqlService, PeekableFlightDataStream},
    },
};
use catalog::CATALOG;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use prost::Message;
use tonic::{Request, Response, Status, Streaming, metadata::MetadataMap};
use tracing::info;

use super::{asked::Asked, auth, metadata};
use crate::{Answer, Service, StatementRunner, error::QueryError};

/// Where axum finds the service.
pub(crate) const PATH: &str = "/arrow.flight.protocol.FlightService/{operation}";
/// Largest message of a client: a statement, or a row of parameters.
const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// Name of the header that names the database of names without one.
const DATABASE: &str = "database";

type DataStream = Pin<Box<dyn Stream<Item = Result<FlightData, Status>> + Send>>;

/// The service, as a server takes it.
pub(crate) fn service(service: Arc<Service>) -> FlightServiceServer<Door> {
    FlightServiceServer::new(Door { service }).max_decoding_message_size(MAX_MESSAGE_BYTES)
}

/// Answers clients of Flight SQL.
pub(crate) struct Door {
    service: Arc<Service>,
}

impl Door {
    /// Statements of whoever sends these headers.
    fn runner(&self, headers: &MetadataMap) -> Result<StatementRunner, Status> {
        self.check_secrecy()?;
        let permission = auth::permission(&self.service.options.credentials, headers)?;
        let runner = StatementRunner::new(Arc::clone(&self.service)).with_permission(permission);
        let database = headers.get(DATABASE).and_then(|name| name.to_str().ok()).filter(|name| !name.is_empty());
        Ok(match database {
            Some(name) => runner.with_database(name),
            None => runner,
        })
    }

    /// Unlike signatures, secrets and tokens travel as they are, so others must not be able to read along.
    fn check_secrecy(&self) -> Result<(), Status> {
        let options = &self.service.options;
        if options.credentials.is_anonymous() || options.tls.is_some() || options.bind.ip().is_loopback() {
            return Ok(());
        }
        Err(Status::failed_precondition("Flight SQL with keys needs HTTPS: start the endpoint with a certificate"))
    }

    async fn info(&self, asked: &Asked, request: &Request<FlightDescriptor>) -> Result<Response<FlightInfo>, Status> {
        let runner = self.runner(request.metadata())?;
        let schema = runner.describe(&asked.sql, &asked.values).await.map_err(|error| status(&error))?;
        let ticket = TicketStatementQuery { statement_handle: asked.to_handle()?.into() };
        info_of(schema.as_deref(), &ticket, request.get_ref())
    }

    async fn rows(&self, asked: &Asked, headers: &MetadataMap) -> Result<Response<DataStream>, Status> {
        let runner = self.runner(headers)?;
        let began = Instant::now();
        let answer = runner.run(&asked.sql, &asked.values).await.map_err(|error| status(&error))?;
        info!(planning_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX), "statement of Flight SQL");
        let rows = match answer {
            Answer::Rows(rows) => rows,
            Answer::Wrote(count) => return Ok(one_batch(count_batch(count)?)),
            Answer::Done => return Ok(one_batch(RecordBatch::new_empty(count_schema()))),
        };
        let schema = bare(&rows.schema());
        let sql = asked.sql.clone();
        let deadline = tokio::time::Instant::now() + self.service.options.query_timeout;
        let batches = {
            let schema = Arc::clone(&schema);
            rows.map(move |batch| {
                let batch = batch.map_err(|error| status(&QueryError::of_engine(&error, &sql)))?;
                let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                let columns = batch.columns().to_vec();
                RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)
                    .map_err(|error| internal(&error))
            })
        };
        // Dropping the rows, as a client that goes away does, ends the job.
        let in_time = stream::unfold((Box::pin(batches), false), move |(mut batches, over)| async move {
            if over {
                return None;
            }
            match tokio::time::timeout_at(deadline, batches.next()).await {
                Ok(next) => next.map(|batch| (batch, (batches, false))),
                Err(_) => Some((Err(Status::deadline_exceeded("the query ran for too long")), (batches, true))),
            }
        });
        let data = FlightDataEncoderBuilder::new()
            .with_schema(schema)
            .build(in_time.map_err(|status| FlightError::Tonic(Box::new(status))));
        Ok(Response::new(Box::pin(data.map_err(Status::from))))
    }

    async fn update(&self, asked: &Asked, headers: &MetadataMap) -> Result<i64, Status> {
        let runner = self.runner(headers)?;
        match runner.run(&asked.sql, &asked.values).await.map_err(|error| status(&error))? {
            Answer::Wrote(count) => Ok(i64::try_from(count).unwrap_or(i64::MAX)),
            // As the protocol has it, -1 is for what cannot be counted.
            Answer::Rows(_) | Answer::Done => Ok(-1),
        }
    }

    /// An answer that is there at once: what it looks like is told before it is asked for.
    fn told(
        &self,
        schema: &Schema,
        command: &impl ProstMessageExt,
        request: &Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.runner(request.metadata())?;
        info_of(Some(schema), command, request.get_ref())
    }
}

fn info_of(
    schema: Option<&Schema>,
    ticket: &impl ProstMessageExt,
    descriptor: &FlightDescriptor,
) -> Result<Response<FlightInfo>, Status> {
    let ticket = Ticket::new(ticket.as_any().encode_to_vec());
    let info =
        FlightInfo::new().with_endpoint(FlightEndpoint::new().with_ticket(ticket)).with_descriptor(descriptor.clone());
    Ok(Response::new(match schema {
        Some(schema) => info.try_with_schema(schema).map_err(|error| internal(&error))?,
        // It comes with the rows.
        None => info,
    }))
}

fn one_batch(batch: RecordBatch) -> Response<DataStream> {
    let schema = batch.schema();
    let data = FlightDataEncoderBuilder::new().with_schema(schema).build(stream::iter([Ok(batch)]));
    Response::new(Box::pin(data.map_err(Status::from)))
}

fn count_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("rows", DataType::Int64, false)]))
}

fn count_batch(count: u64) -> Result<RecordBatch, Status> {
    let rows = Int64Array::from(vec![i64::try_from(count).unwrap_or(i64::MAX)]);
    RecordBatch::try_new(count_schema(), vec![Arc::new(rows)]).map_err(|error| internal(&error))
}

/// Columns by name and type alone, as they were told before.
fn bare(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| Field::new(field.name(), field.data_type().clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn encoded(schema: &Schema) -> Result<Vec<u8>, Status> {
    let options = arrow::ipc::writer::IpcWriteOptions::default();
    let IpcMessage(bytes) =
        SchemaAsIpc::new(schema, &options).try_into().map_err(|error: ArrowError| internal(&error))?;
    Ok(bytes.to_vec())
}

fn internal(error: &dyn std::error::Error) -> Status {
    Status::internal(error.to_string())
}

/// The error of a statement: its name and place are in the words, as Athena writes them.
fn status(error: &QueryError) -> Status {
    let words = error.to_string();
    match error.name {
        "PERMISSION_DENIED" => Status::permission_denied(words),
        "QUERY_QUEUE_FULL" => Status::resource_exhausted(words),
        "NOT_SUPPORTED" => Status::unimplemented(words),
        "TABLE_NOT_FOUND" | "SCHEMA_NOT_FOUND" => Status::not_found(words),
        "TABLE_ALREADY_EXISTS" | "SCHEMA_ALREADY_EXISTS" => Status::already_exists(words),
        "GENERIC_INTERNAL_ERROR" => Status::internal(words),
        _ => Status::invalid_argument(words),
    }
}

#[tonic::async_trait]
impl FlightSqlService for Door {
    type FlightService = Self;

    async fn do_handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Pin<Box<dyn Stream<Item = Result<HandshakeResponse, Status>> + Send>>>, Status> {
        self.check_secrecy()?;
        let header = auth::handshake(&self.service.options.credentials, request.metadata())?;
        let payload = header.trim_start_matches("Bearer ").to_owned().into_bytes().into();
        let answers = stream::iter([Ok(HandshakeResponse { protocol_version: 0, payload })]);
        let mut response = Response::new(Box::pin(answers) as Pin<Box<dyn Stream<Item = _> + Send>>);
        let value = header.parse().map_err(|_| Status::internal("the token is no header"))?;
        response.metadata_mut().insert("authorization", value);
        Ok(response)
    }

    async fn get_flight_info_statement(
        &self,
        query: CommandStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.info(&Asked::new(query.query), &request).await
    }

    async fn get_flight_info_prepared_statement(
        &self,
        query: CommandPreparedStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.info(&Asked::of_handle(&query.prepared_statement_handle)?, &request).await
    }

    async fn get_flight_info_catalogs(
        &self,
        query: CommandGetCatalogs,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.told(&query.into_builder().schema(), &query, &request)
    }

    async fn get_flight_info_schemas(
        &self,
        query: CommandGetDbSchemas,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.told(&query.clone().into_builder().schema(), &query, &request)
    }

    async fn get_flight_info_tables(
        &self,
        query: CommandGetTables,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.told(&query.clone().into_builder().schema(), &query, &request)
    }

    async fn get_flight_info_table_types(
        &self,
        query: CommandGetTableTypes,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.told(&query.into_builder().schema(), &query, &request)
    }

    async fn get_flight_info_sql_info(
        &self,
        query: CommandGetSqlInfo,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.told(SqlInfoDataBuilder::schema(), &query, &request)
    }

    async fn do_get_statement(
        &self,
        ticket: TicketStatementQuery,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.rows(&Asked::of_handle(&ticket.statement_handle)?, request.metadata()).await
    }

    async fn do_get_prepared_statement(
        &self,
        query: CommandPreparedStatementQuery,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.rows(&Asked::of_handle(&query.prepared_statement_handle)?, request.metadata()).await
    }

    async fn do_get_catalogs(
        &self,
        query: CommandGetCatalogs,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.runner(request.metadata())?;
        let mut rows = query.into_builder();
        rows.append(CATALOG);
        Ok(one_batch(rows.build().map_err(|error| internal(&error))?))
    }

    async fn do_get_schemas(
        &self,
        query: CommandGetDbSchemas,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.runner(request.metadata())?;
        let rows = metadata::schemas(self.service.catalog(), query).await;
        Ok(one_batch(rows.map_err(|error| internal(&error))?))
    }

    async fn do_get_tables(
        &self,
        query: CommandGetTables,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.runner(request.metadata())?;
        let rows = metadata::tables(self.service.catalog(), query).await;
        Ok(one_batch(rows.map_err(|error| internal(&error))?))
    }

    async fn do_get_table_types(
        &self,
        query: CommandGetTableTypes,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.runner(request.metadata())?;
        let mut rows = query.into_builder();
        ["TABLE", "VIEW"].into_iter().for_each(|kind| rows.append(kind));
        Ok(one_batch(rows.build().map_err(|error| internal(&error))?))
    }

    async fn do_get_sql_info(
        &self,
        query: CommandGetSqlInfo,
        request: Request<Ticket>,
    ) -> Result<Response<<Self as FlightService>::DoGetStream>, Status> {
        self.runner(request.metadata())?;
        let infos =
            metadata::SQL_INFO.as_ref().ok_or_else(|| Status::internal("the service's description is missing"))?;
        let rows = query.into_builder(infos).build().map_err(|error| internal(&error))?;
        Ok(one_batch(rows))
    }

    async fn do_put_statement_update(
        &self,
        command: CommandStatementUpdate,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        self.update(&Asked::new(command.query), request.metadata()).await
    }

    async fn do_put_prepared_statement_update(
        &self,
        query: CommandPreparedStatementUpdate,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        let headers = request.metadata().clone();
        let asked = Asked::of_handle(&query.prepared_statement_handle)?;
        let sent = batches(request).await?;
        let asked = if sent.iter().any(|batch| batch.num_rows() > 0) { asked.bound(&sent)? } else { asked };
        self.update(&asked, &headers).await
    }

    async fn do_put_prepared_statement_query(
        &self,
        query: CommandPreparedStatementQuery,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<DoPutPreparedStatementResult, Status> {
        self.runner(request.metadata())?;
        let asked = Asked::of_handle(&query.prepared_statement_handle)?.bound(&batches(request).await?)?;
        Ok(DoPutPreparedStatementResult { prepared_statement_handle: Some(asked.to_handle()?.into()) })
    }

    async fn do_action_create_prepared_statement(
        &self,
        query: ActionCreatePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        let runner = self.runner(request.metadata())?;
        let asked = Asked::new(query.query);
        // With question marks, the columns are known when values have come.
        let parameters = runner.parameters(&asked.sql).map_err(|error| status(&error))?;
        let described = match parameters {
            0 => runner.describe(&asked.sql, &[]).await.map_err(|error| status(&error))?,
            _ => None,
        };
        let names = (1..=parameters).map(|number| Field::new(format!("${number}"), DataType::Utf8, true));
        let parameter_schema = match parameters {
            0 => Vec::new(),
            _ => encoded(&Schema::new(names.collect::<Vec<_>>()))?,
        };
        Ok(ActionCreatePreparedStatementResult {
            prepared_statement_handle: asked.to_handle()?.into(),
            dataset_schema: described.map(|schema| encoded(&schema)).transpose()?.unwrap_or_default().into(),
            parameter_schema: parameter_schema.into(),
        })
    }

    async fn do_action_close_prepared_statement(
        &self,
        _query: ActionClosePreparedStatementRequest,
        _request: Request<Action>,
    ) -> Result<(), Status> {
        // There is nothing to let go.
        Ok(())
    }

    async fn register_sql_info(&self, _id: i32, _result: &SqlInfo) {}
}

/// The batches that a client sent.
async fn batches(request: Request<PeekableFlightDataStream>) -> Result<Vec<RecordBatch>, Status> {
    let data = request.into_inner().map_err(|status| FlightError::Tonic(Box::new(status)));
    FlightRecordBatchStream::new_from_flight_data(data).try_collect().await.map_err(Status::from)
}

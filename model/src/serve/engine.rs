//! The thread that owns the model.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::{failure::Failure, metrics::Metrics};
use crate::{
    Error, Result,
    artefact::{Model, ModelId},
    recommend::{Answer, Request, Responder},
};

/// Queue and batches.
#[derive(Debug, Clone, Copy)]
pub struct EngineOptions {
    /// Playlists that may wait; more are refused, since they would only wait longer.
    pub queue: usize,
    /// Most playlists that are answered together.
    pub batch: usize,
    /// How long the first of a batch waits for others. More makes larger batches and slower answers.
    pub wait: Duration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { queue: 1024, batch: 64, wait: Duration::from_millis(2) }
    }
}

/// A handle of the thread that owns the model; the thread ends when all handles are gone and the queue is empty.
#[derive(Debug, Clone)]
pub struct Engine {
    jobs: mpsc::Sender<Job>,
    state: Arc<Mutex<State>>,
    metrics: Metrics,
}

/// What the thread and its handles share.
#[derive(Debug)]
struct State {
    serving: ModelId,
    /// A newer model, to be taken up before the next batch.
    next: Option<(ModelId, Model)>,
}

/// One playlist and where its answer goes.
#[derive(Debug)]
struct Job {
    request: Request,
    reply: oneshot::Sender<Result<Answer, Failure>>,
}

impl Engine {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`Error::Runtime`] if it cannot be started.
    pub(super) fn start(id: ModelId, model: Model, options: EngineOptions, metrics: Metrics) -> Result<Self> {
        let (jobs, queue) = mpsc::channel(options.queue.max(1));
        let state = Arc::new(Mutex::new(State { serving: id, next: None }));
        metrics.serves(id);
        let worker = Worker { queue, options, state: Arc::clone(&state), metrics: metrics.clone(), wake: wake_up()? };
        let run = move || worker.run(id, model);
        thread::Builder::new().name("engine".to_owned()).spawn(run).map_err(Error::Runtime)?;
        Ok(Self { jobs, state, metrics })
    }

    /// Answers one request.
    ///
    /// # Errors
    /// [`Failure::Busy`] if the queue is full, [`Failure::Stopped`] if the thread is gone, and why the model has no answer.
    pub(super) async fn answer(&self, request: Request) -> Result<Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { request, reply }).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Busy,
            TrySendError::Closed(_) => Failure::Stopped,
        })?;
        self.metrics.queued.inc();
        answer.await.unwrap_or(Err(Failure::Stopped))
    }

    /// The model that answers now, or will from the next batch on.
    pub(super) fn model_id(&self) -> ModelId {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.next.as_ref().map_or(state.serving, |(id, _)| *id)
    }

    /// Takes up another model between two batches. No request is lost or answered by both.
    pub(super) fn swap(&self, id: ModelId, model: Model) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).next = Some((id, model));
    }

    /// Whether the thread still answers.
    pub(super) fn is_alive(&self) -> bool {
        !self.jobs.is_closed()
    }
}

/// What the thread has.
struct Worker {
    queue: mpsc::Receiver<Job>,
    options: EngineOptions,
    state: Arc<Mutex<State>>,
    metrics: Metrics,
    /// Waits for jobs on this thread alone.
    wake: tokio::runtime::Runtime,
}

fn wake_up() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(Error::Runtime)
}

impl Worker {
    fn run(mut self, id: ModelId, model: Model) {
        let mut current = (id, model);
        loop {
            match self.serve(current.0, &current.1) {
                Ok(Some(next)) => current = next,
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, model_id = %current.0, "the model cannot answer, the server stops answering");
                    break;
                }
            }
        }
    }

    /// Answers until there is a newer model, which it returns, or nobody asks any more.
    fn serve(&mut self, id: ModelId, model: &Model) -> Result<Option<(ModelId, Model)>> {
        let recommenders = model.recommenders()?;
        let responder = Responder::try_new(id, model, &recommenders)?;
        tracing::info!(model_id = %id, "model answers");
        self.metrics.serves(id);
        self.lock().serving = id;
        loop {
            let jobs = self.wake.block_on(collect(&mut self.queue, self.options));
            if jobs.is_empty() {
                return Ok(None);
            }
            answer(&responder, jobs, &self.metrics);
            if let Some(next) = self.lock().next.take() {
                return Ok(Some(next));
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a job, and then a moment for others; none when all handles are gone.
async fn collect(queue: &mut mpsc::Receiver<Job>, options: EngineOptions) -> Vec<Job> {
    let mut jobs = Vec::new();
    let Some(first) = queue.recv().await else { return jobs };
    jobs.push(first);
    let deadline = tokio::time::Instant::now() + options.wait;
    while jobs.len() < options.batch {
        match tokio::time::timeout_at(deadline, queue.recv()).await {
            Ok(Some(job)) => jobs.push(job),
            Ok(None) | Err(_) => break,
        }
    }
    jobs
}

fn answer(responder: &Responder<'_>, jobs: Vec<Job>, metrics: &Metrics) {
    metrics.queued.sub(i64::try_from(jobs.len()).unwrap_or(i64::MAX));
    metrics.batch.observe(jobs.len() as f64);
    // Whoever has gone need not be answered.
    let (requests, replies): (Vec<Request>, Vec<_>) =
        jobs.into_iter().filter(|job| !job.reply.is_closed()).map(|job| (job.request, job.reply)).unzip();
    match responder.answer(&requests) {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                let _ = reply.send(answer.map_err(|error| Failure::of(&error)));
            }
        }
        Err(error) => {
            tracing::error!(%error, "a batch failed");
            for reply in replies {
                let _ = reply.send(Err(Failure::of(&error)));
            }
        }
    }
}

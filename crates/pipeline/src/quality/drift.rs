//! What the rows of a delivery are like, beside those of past runs on the same lake and input: a share of NULLs that jumps,
//! playlists that are far shorter, tracks without artists. Rows may be as many as ever then.

use std::fmt;

use arrow::{array::AsArray, compute::cast, datatypes::DataType, datatypes::Float64Type};
use datafusion::prelude::SessionContext;
use serde::Serialize;
use store::Measures;
use tracing::warn;

use super::{
    history::{Distance, History, LOOKED_AT, RowPolicy, Scale},
    measure::Measure,
    rows::Judge,
};
use crate::{Error, PIPELINE, Result, Step};

/// The column that counts what was looked at.
const MEASURED: &str = "measured";
/// Rows without which nothing is judged or remembered: a handful of playlists is like nothing.
const FEWEST_ROWS: f64 = 50.0;
/// Measures whose names begin so are shares of all rows.
const SHARE: &str = "share_";

/// A measure that is far from what it used to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The step.
    pub step: Step,
    /// What was measured.
    pub measure: String,
    /// What it is now.
    pub value: f64,
    /// How far that is.
    pub distance: Distance,
    /// From what.
    pub history: History,
}

impl fmt::Display for Drift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let History { median, deviation, runs, last } = self.history;
        write!(
            formatter,
            "{} of {:.4} where the last {runs} runs had {median:.4} (median; median deviation {deviation:.4}, last {last:.4})",
            self.measure, self.value
        )
    }
}

/// Measures the rows that a step brings; [`None`] if it has no measures, or too few rows.
pub(crate) async fn measure(context: &SessionContext, step: Step) -> Result<Option<Measures>> {
    let Some(measure) = Measure::of(step) else { return Ok(None) };
    let measured = evaluate(context, measure).await.map_err(Error::query(step))?;
    let is_enough = measured.get(MEASURED).is_some_and(|rows| *rows >= FEWEST_ROWS);
    Ok(is_enough.then_some(measured))
}

async fn evaluate(context: &SessionContext, measure: Measure) -> datafusion::error::Result<Measures> {
    let batches = context.sql(measure.sql).await?.collect().await?;
    let mut measures = Measures::new();
    for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let number = cast(column, &DataType::Float64)?;
            // A mean of nothing is none.
            let number = number.as_primitive::<Float64Type>().iter().next().flatten();
            measures.extend(number.filter(|number| number.is_finite()).map(|number| (field.name().clone(), number)));
        }
    }
    Ok(measures)
}

impl Judge<'_> {
    /// The measures that are far from those of past runs; fails if one is too far.
    pub(crate) async fn drift(&self, step: Step, measures: &Measures) -> Result<Vec<Drift>> {
        let policy = self.options.row_history;
        if policy == RowPolicy::Off {
            return Ok(Vec::new());
        }
        let input = self.options.input.as_str();
        let past = self.store.past_measures(PIPELINE, step.name(), self.lake, input, LOOKED_AT).await?;
        let mut drifts = Vec::new();
        for (measure, &value) in measures.iter().filter(|(measure, _)| *measure != MEASURED) {
            let past: Vec<f64> = past.iter().filter_map(|measures| measures.get(measure)).copied().collect();
            let Some(history) = History::of(&past) else { continue };
            let scale = if measure.starts_with(SHARE) { Scale::Share } else { Scale::Amount };
            let distance = history.distance(value, scale);
            let drift = Drift { step, measure: measure.clone(), value, distance, history };
            match distance {
                Distance::Near => {}
                Distance::VeryFar if policy == RowPolicy::Fail => {
                    return Err(Error::Drifted { drift: Box::new(drift) });
                }
                _ => {
                    warn!(step = %step, measure, value, median = drift.history.median, "rows are not like those of past runs");
                    drifts.push(drift);
                }
            }
        }
        Ok(drifts)
    }
}

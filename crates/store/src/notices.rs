//! What people were told last, so that nobody is told twice.

use crate::backend::{Row, Sql};
use crate::clock::now_us;
use crate::text::check_ascii;
use crate::{Error, Store};

const NOTICE: &str = "SELECT state FROM notices WHERE notice_key = ?";
const TELL: Sql = Sql::Each {
    sqlite: "INSERT INTO notices (notice_key, state, told_at_us) VALUES (?, ?, ?) \
             ON CONFLICT (notice_key) DO UPDATE SET state = excluded.state, told_at_us = excluded.told_at_us",
    mysql: "INSERT INTO notices (notice_key, state, told_at_us) VALUES (?, ?, ?) \
            ON DUPLICATE KEY UPDATE state = VALUES(state), told_at_us = VALUES(told_at_us)",
};

impl Store {
    /// How a thing stood when people were told of it last; [`None`] if they never were.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn notice(&self, key: &str) -> Result<Option<String>, Error> {
        let state = |row: &Row| row.text("state");
        self.call("read notice", key).read_first(NOTICE, &[key.into()], state).await
    }

    /// Records how a thing stands, now that people have been told.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] unless both are 1 to 255 visible ASCII characters.
    pub async fn record_notice(&self, key: &str, state: &str) -> Result<(), Error> {
        check_ascii("notice key", key, 255, "1 to 255 visible ASCII characters")?;
        check_ascii("notice state", state, 255, "1 to 255 visible ASCII characters")?;
        let values = [key.into(), state.into(), now_us().into()];
        self.call("record notice", key).execute(TELL, &values).await.map(drop)
    }
}

//! Values with a form of their own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use serde::{Deserialize, Serialize};

/// A date as precise as it is known: a day (`2023-06-28`), a month (`2023-10`) or a year (`2018`), as in ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartialDate(String);

impl PartialDate {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn year(&self) -> &str {
        &self.0[..4]
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let day = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.clone(),
        };
        match day.parse::<chrono::NaiveDate>() {
            Ok(_) if day.len() == 10 && day.is_ascii() => Ok(Self(text)),
            _ => Err(format!("„{text}“ is not a date; write 2023-06-28, 2023-06 or 2023")),
        }
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.0
    }
}

/// A date as precise as it is known: a day (`2023-06-28`), a month (`2023-10`) or a year (`2018`), as in ISO 8601.
#[Scalar(specified_by_url = "https://www.loc.gov/standards/datetime/")]
impl ScalarType for PartialDate {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Self::try_from(text).map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

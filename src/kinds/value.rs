//! Values that several kinds are made of: people, figures, quantities.
//!
//! They are data inside a snapshot; where they name an entry, the name is its id.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    api::{
        published::{self, Published},
        scalar::PartialDate,
    },
    clock,
    content::problem::Problems,
    error::Answer,
    kinds::Organisation,
};

/// Somebody who wrote or made it. Not an account.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, input_name = "ContributionInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Contribution {
    /// The person's name.
    #[graphql(default)]
    pub name: String,
    /// What the person is: a mayor, an editor.
    pub role: Option<String>,
    /// The organisation that the person stands for.
    #[graphql(skip_output)]
    pub organisation: Option<Uuid>,
}

#[ComplexObject]
impl Contribution {
    /// The organisation that the person stands for.
    async fn organisation(&self, ctx: &Context<'_>) -> Answer<Option<Published<Organisation>>> {
        published::named(ctx, self.organisation).await
    }
}

impl Contribution {
    /// The organisations that these people stand for.
    pub fn organisations(people: &[Self]) -> Vec<Uuid> {
        people.iter().filter_map(|person| person.organisation).collect()
    }
}

/// A number with what it counts.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "FigureInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Figure {
    /// What is counted or said.
    #[graphql(default)]
    pub label: String,
    /// The value as people read it: `30.000 Euro`, `Ab in die Mitte`.
    #[graphql(default)]
    pub value: String,
    /// The value as a number, where it is one.
    pub number: Option<f64>,
    /// The unit of the number.
    pub unit: Option<String>,
    /// The day, month or year at which it held.
    pub as_of: Option<PartialDate>,
}

/// A number that may be rough.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "QuantityInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Quantity {
    /// The number.
    #[graphql(default)]
    pub value: f64,
    /// How it is meant: `rund`, `knapp`.
    pub qualifier: Option<String>,
}

/// A statement on which sources disagree.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "DisputedInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Disputed {
    /// What the sources disagree about.
    #[graphql(default)]
    pub field: String,
    /// What each of them says.
    #[graphql(default)]
    pub values: Vec<Statement>,
    /// What is known about the reason.
    pub note: Option<String>,
}

/// What one source says.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "StatementInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Statement {
    /// The value that it gives.
    #[graphql(default)]
    pub value: String,
    /// Where it can be read.
    pub source_url: Option<String>,
}

/// Whom to ask. Shown only as long as the person agrees.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "ContactInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Contact {
    /// The person's name.
    #[graphql(default)]
    pub name: String,
    /// What the person is.
    pub role: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// The day on which the person agreed to be shown.
    #[graphql(skip_output)]
    pub consent_given: Option<chrono::NaiveDate>,
    /// The day until which that holds.
    #[graphql(skip_output)]
    pub consent_until: Option<chrono::NaiveDate>,
}

impl Contact {
    /// The contact, while the person agrees to be shown.
    pub fn agreed(contact: &Option<Self>) -> Option<&Self> {
        let today = clock::today();
        contact.as_ref().filter(|contact| {
            contact.consent_given.is_some()
                && contact.consent_until.is_none_or(|until| today <= until)
        })
    }

    /// Asks for what nobody may be shown without.
    pub fn check(contact: &Option<Self>, found: &mut Problems) {
        let Some(contact) = contact else { return };
        if contact.consent_until.is_some_and(|until| until < clock::today()) {
            found.add(
                "contact.consentUntil",
                "CONSENT_EXPIRED",
                "Die Zustimmung der Kontaktperson ist abgelaufen. Bitte erneuern oder den Kontakt weglassen.",
            );
        }
        if contact.consent_given.is_none() {
            found.add(
                "contact.consentGiven",
                "MISSING",
                "Bitte angeben, wann die Kontaktperson der Veröffentlichung zugestimmt hat, oder den Kontakt weglassen.",
            );
        }
    }
}

/// How many entries of a list have a text.
#[derive(SimpleObject, Debug, Clone)]
pub struct TextFacet {
    /// The text.
    pub value: String,
    /// How many of the list have it.
    pub count: i64,
}

impl TextFacet {
    /// The facet as it was counted.
    pub fn all(counted: Vec<(String, i64)>) -> Vec<Self> {
        counted.into_iter().map(|(value, count)| Self { value, count }).collect()
    }
}

/// Whether an end lies before its beginning, as far as both are known.
pub fn is_reversed(from: &Option<PartialDate>, to: &Option<PartialDate>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return false };
    let (from, to) = (from.as_str(), to.as_str());
    // 2020 is not before 2020-03: only the part that both name can tell.
    let known = from.len().min(to.len());
    to[..known] < from[..known]
}

/// A date as its column keeps it.
pub fn date_column(date: &Option<PartialDate>) -> Option<String> {
    date.as_ref().map(|date| date.as_str().into())
}

/// What a column keeps, as a date again.
pub fn column_date(column: Option<String>) -> Result<Option<PartialDate>, serde_json::Error> {
    from_json_option(column.map(Into::into))
}

/// A list as its column keeps it.
pub fn to_json<T: Serialize>(value: &T) -> serde_json::Value {
    // Our values are plain structs; they always have a JSON form.
    serde_json::to_value(value).unwrap_or_default()
}

/// A value that may be absent, as its column keeps it.
pub fn to_json_option<T: Serialize>(value: &Option<T>) -> Option<serde_json::Value> {
    value.as_ref().map(to_json)
}

/// What a column keeps, as a value again.
pub fn from_json<T: DeserializeOwned>(json: serde_json::Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(json)
}

/// What a column keeps, if anything, as a value again.
pub fn from_json_option<T: DeserializeOwned>(
    json: Option<serde_json::Value>,
) -> Result<Option<T>, serde_json::Error> {
    json.map(serde_json::from_value).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<PartialDate> {
        Some(text.to_owned().try_into().expect("the test writes a date"))
    }

    #[test]
    fn only_what_both_dates_name_tells_whether_the_end_comes_first() {
        assert!(is_reversed(&date("2020-03-02"), &date("2020-03-01")));
        assert!(is_reversed(&date("2020-03"), &date("2019")));
        assert!(!is_reversed(&date("2020-03-02"), &date("2020")));
        assert!(!is_reversed(&date("2020"), &date("2020-01")));
        assert!(!is_reversed(&date("2020"), &None));
    }

    #[test]
    fn a_contact_is_shown_only_while_the_person_agrees() {
        let today = clock::today();
        let contact = |given, until| {
            Some(Contact { consent_given: given, consent_until: until, ..Contact::default() })
        };
        assert!(Contact::agreed(&contact(Some(today), None)).is_some());
        assert!(Contact::agreed(&contact(Some(today), Some(today))).is_some());
        assert!(Contact::agreed(&contact(Some(today), today.pred_opt())).is_none());
        assert!(Contact::agreed(&contact(None, None)).is_none());
    }
}

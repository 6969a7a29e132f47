//! What is asked, each question with fifty inputs, and what has to be answered.
//!
//! The queries are those of the contract, as the tests ask them too.

use std::fmt;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::collection::{Collection, FORMATS, THEME_FIELDS};

const THEME_PAGE: &str = include_str!("../../tests/it/queries/theme_page.graphql");
const TOOL_LIST: &str = include_str!("../../tests/it/queries/tool_list.graphql");
const TOOL_DETAIL: &str = include_str!("../../tests/it/queries/tool_detail.graphql");
const DEEP_PAGE: &str = include_str!("deep_page.graphql");

const INPUTS: usize = 50;
/// Where the deep page begins.
const DEEP: usize = 980;

pub struct Question {
    pub name: &'static str,
    pub inputs: Vec<Input>,
}

/// One request, and what its answer has to say.
pub struct Input {
    /// The body of the POST, in one line.
    pub body: String,
    expected: Vec<(String, Expected)>,
}

enum Expected {
    Number(u64),
    /// Of a list.
    Length(usize),
    /// Anything but null.
    Something,
}

use Expected::{Length, Number, Something};

impl Question {
    pub fn all(collection: &Collection) -> [Self; 4] {
        [
            theme_page(collection),
            tool_list(collection),
            tool_detail(collection),
            deep_page(collection),
        ]
    }

    pub fn hello() -> Self {
        Self {
            name: "hello",
            inputs: vec![Input::new("{ hello }", &json!({}), [("/hello", Something)])],
        }
    }
}

/// There are thirteen theme fields, so these inputs come round again.
fn theme_page(collection: &Collection) -> Question {
    let input = |number: usize| {
        let field = &collection.theme_fields[number % collection.theme_fields.len()];
        let expected = [
            ("/themeField/body/html", Something),
            ("/themeField/tools/totalCount", Number(field.tools)),
            ("/themeField/tools/nodes", Length(field.tools.min(20) as usize)),
            ("/themeField/cases/totalCount", Number(field.cases)),
            ("/themeField/cases/nodes", Length(field.cases.min(10) as usize)),
            ("/themeField/cases/nodes/0/municipalities/0/federalState", Something),
            ("/themeField/downloads/nodes", Length(10)),
            ("/themeField/downloads/nodes/9/file/pages", Something),
        ];
        Input::new(THEME_PAGE, &json!({ "slug": field.slug }), expected)
    };
    Question { name: "ThemePage", inputs: (0..INPUTS).map(input).collect() }
}

fn tool_list(collection: &Collection) -> Question {
    let input = |number: usize| {
        // 13 and 10 have no common part, so all pairs come before one comes again.
        let (field, format) = (number % THEME_FIELDS as usize, number % FORMATS.len());
        let found = collection.in_format.get(&(field, format)).copied().unwrap_or_default();
        let expected = [
            ("/tools/totalCount", Number(found)),
            ("/tools/nodes", Length(found.min(20) as usize)),
            ("/tools/nodes/0/themeFields/0/slug", Something),
            // Whatever else these tools have, all of them have what was asked for.
            ("/tools/facets/themeFields/0/count", Number(found)),
            ("/tools/facets/formats/0/count", Number(found)),
        ];
        let variables =
            json!({ "themeField": collection.theme_fields[field].slug, "format": FORMATS[format] });
        Input::new(TOOL_LIST, &variables, expected)
    };
    Question { name: "ToolList", inputs: (0..INPUTS).map(input).collect() }
}

fn tool_detail(collection: &Collection) -> Question {
    let input = |number: usize| {
        let tool = &collection.tools[number * collection.tools.len() / INPUTS];
        let expected = [
            ("/tool/body/html", Something),
            ("/tool/themeFields", Length(tool.theme_fields)),
            ("/tool/cases", Length(tool.cases)),
            ("/tool/downloads", Length(tool.downloads)),
        ];
        Input::new(TOOL_DETAIL, &json!({ "slug": tool.slug }), expected)
    };
    Question { name: "ToolDetail", inputs: (0..INPUTS).map(input).collect() }
}

fn deep_page(collection: &Collection) -> Question {
    let input = |number: usize| {
        let expected = [
            ("/tools/totalCount", Number(collection.tools.len() as u64)),
            ("/tools/nodes", Length(20)),
        ];
        Input::new(DEEP_PAGE, &json!({ "offset": DEEP + number }), expected)
    };
    Question { name: "deep page", inputs: (0..INPUTS).map(input).collect() }
}

impl Input {
    fn new<const N: usize>(
        query: &str,
        variables: &Value,
        expected: [(&str, Expected); N],
    ) -> Self {
        let expected = expected.into_iter().map(|(place, value)| (format!("/data{place}"), value));
        Self {
            body: json!({ "query": query, "variables": variables }).to_string(),
            expected: expected.collect(),
        }
    }

    /// Whether the answer is whole and right.
    pub fn check(&self, answer: &str) -> anyhow::Result<()> {
        let answer: Value = serde_json::from_str(answer)?;
        ensure!(answer.get("errors").is_none(), "{}", answer["errors"]);
        for (place, expected) in &self.expected {
            let found =
                answer.pointer(place).with_context(|| format!("{place} is missing in {answer}"))?;
            let right = match expected {
                Number(number) => found.as_u64() == Some(*number),
                Length(length) => found.as_array().map(Vec::len) == Some(*length),
                Something => !found.is_null(),
            };
            ensure!(right, "{place} has to be {expected}, not {found}");
        }
        Ok(())
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number(number) => number.fmt(f),
            Length(length) => write!(f, "a list of {length}"),
            Something => f.write_str("something"),
        }
    }
}

//! What a request may cost, asked before async-graphql sees it.
//!
//! async-graphql 7 walks fragments without a memo before it compares any limit of its own, so a
//! text of 700 bytes can keep it busy for hours. And its parser is recursive, so a deep text needs
//! a deep stack. Here the text is looked at first (`text`), then each fragment of the parsed
//! document is measured once (`walk`), and the variables are weighed where they are used (`input`).
//!
//! Nothing here knows the schema, but for the names of its plain lists, see [`Limits::lists`].

mod input;
mod text;
mod walk;

use std::collections::BTreeSet;

use async_graphql::{
    Variables,
    parser::types::{
        BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, ServiceDocument,
        TypeDefinition, TypeKind, TypeSystemDefinition,
    },
};

use crate::error::{Answer, Failure};

pub use text::look_at_text;

/// The numbers; each can be set.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the query text.
    pub query_bytes: usize,
    /// Names, numbers, strings, signs and comments in the query text.
    pub tokens: usize,
    /// Brackets of any sort inside one another, in the text and in each variable.
    pub nesting: usize,
    /// Fragments that a document may define.
    pub fragments: usize,
    /// Directives in a document.
    pub directives: usize,
    /// Directives at one place.
    pub directives_at_once: usize,
    /// Selections and fragments inside one another; async-graphql itself stops at 32.
    pub levels: usize,

    /// Fields inside one another, fragments expanded, introspection aside.
    pub depth: usize,
    /// Fields, spreads and inline fragments in the whole document, fragments expanded.
    pub nodes: usize,
    /// Aliases in an operation, fragments expanded.
    pub aliases: usize,
    /// Fields at the root of an operation, fragments expanded.
    pub root_fields: usize,
    /// The weighted cost of an operation, see [`Cost::cost`].
    pub cost: usize,
    /// Fields inside one another below `__schema` and `__type`.
    pub introspection_depth: usize,
    /// The weighted cost of introspection, see [`Cost::introspection`].
    pub introspection: usize,
    /// Bytes of arguments, counted wherever they are used: a variable that is used twice counts
    /// twice, because async-graphql copies it each time.
    pub input_bytes: usize,

    /// The largest `first`, `last` and number of `ids`.
    pub first_max: usize,
    /// How many rows a connection gives when nobody says how many.
    pub first_default: usize,
    /// The names of the fields that are lists of objects without paging; the gate sets them from
    /// its schema ([`plain_lists`]). Where they are not known, such a list costs like one row.
    pub lists: BTreeSet<String>,
    /// How many rows such a list is taken to have.
    pub list_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_bytes: 32 * 1024,
            tokens: 3_000,
            nesting: 48,
            fragments: 50,
            directives: 20,
            directives_at_once: 5,
            levels: 32,
            depth: 12,
            nodes: 2_000,
            aliases: 30,
            root_fields: 15,
            cost: 5_000,
            introspection_depth: 20,
            introspection: 200_000,
            input_bytes: 1024 * 1024,
            first_max: 100,
            first_default: 20,
            lists: BTreeSet::new(),
            list_rows: 5,
        }
    }
}

/// What an operation was found to cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    pub depth: usize,
    pub nodes: usize,
    pub aliases: usize,
    pub root_fields: usize,
    /// Each field 1, `totalCount` 2, `facets` 5. What lies below `nodes` or `edges` counts as often
    /// as `first` or `last` says (20 where neither is given), what lies below a plain list as often
    /// as [`Limits::list_rows`] says.
    pub cost: usize,
    /// The same for what lies below `__schema` and `__type`, with the sizes of an ordinary schema.
    pub introspection: usize,
    pub input_bytes: usize,
}

/// Refuses what is too large, and says by which number.
///
/// The text must have passed [`look_at_text`], for this walk is recursive like the document.
/// Unknown fragments, fields and types are left to validation.
pub fn check(
    document: &ExecutableDocument,
    variables: &Variables,
    operation_name: Option<&str>,
    limits: &Limits,
) -> Answer<Cost> {
    at_most("fragments", document.fragments.len(), limits.fragments)?;
    input::not_too_deep(variables, limits.nesting)?;

    let chosen = chosen(document, operation_name)?;
    input::all_there(chosen, variables)?;

    // Operations that are not executed are still validated, so they are measured as well.
    let (mut cost, mut nodes) = (Cost::default(), 0_usize);
    for (_, operation) in document.operations.iter() {
        let found = walk::measure(document, &operation.node, variables, limits)?;
        nodes = nodes.saturating_add(found.nodes);
        at_most("fields with fragments expanded", nodes, limits.nodes)?;
        if std::ptr::eq(&raw const operation.node, chosen) {
            cost = found;
        }
    }
    Ok(cost)
}

/// The operation that will be executed; async-graphql chooses in the same way.
pub fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Answer<&'a OperationDefinition> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next(),
        (DocumentOperations::Multiple(_), None) => None,
    };
    found.map(|operation| &operation.node).ok_or_else(|| {
        Failure::bad_input(
            "operationName",
            "There is no such operation in the document; name one that it defines.",
        )
    })
}

/// The names of all fields that are lists of objects and cannot be paged.
///
/// Names are enough: where two types have a field of the same name and only one is a list, both
/// are counted as lists, which is on the careful side.
#[must_use]
pub fn plain_lists(schema: &ServiceDocument) -> BTreeSet<String> {
    let types = || types(schema);
    let objects: BTreeSet<&str> = types()
        .filter(|ty| !matches!(ty.kind, TypeKind::Scalar | TypeKind::Enum(_)))
        .map(|ty| ty.name.node.as_str())
        .collect();

    let fields = types().flat_map(|ty| match &ty.kind {
        TypeKind::Object(object) => object.fields.as_slice(),
        TypeKind::Interface(interface) => interface.fields.as_slice(),
        _ => &[],
    });
    fields
        .filter(|field| match &field.node.ty.node.base {
            BaseType::List(of) => objects.contains(innermost(&of.base)),
            BaseType::Named(_) => false,
        })
        .map(|field| field.node.name.node.to_string())
        .filter(|name| name != "nodes" && name != "edges")
        .collect()
}

fn types(schema: &ServiceDocument) -> impl Iterator<Item = &TypeDefinition> {
    schema.definitions.iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some(&ty.node),
        _ => None,
    })
}

/// The type without its lists.
pub(super) fn innermost(base: &BaseType) -> &str {
    match base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(of) => innermost(&of.base),
    }
}

/// The one sentence for all limits.
fn at_most(what: &str, found: usize, limit: usize) -> Answer<()> {
    if found <= limit {
        return Ok(());
    }
    let found = if found == usize::MAX { "far more".into() } else { found.to_string() };
    Err(Failure::CostLimit(format!(
        "The request is too large: {found} {what}, at most {limit} are allowed."
    )))
}

#[cfg(test)]
mod tests;

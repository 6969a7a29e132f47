//! The walk over a parsed document that meets each fragment once.
//!
//! A measure says nothing about where it is used, so the measure of a fragment can be kept and
//! added wherever the fragment is spread. All sums are saturating: a bomb counts up to the largest
//! number and no further.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
};

use async_graphql::{
    Name, Number, Positioned, Value, Variables,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
    },
};

use super::{Cost, Limits, at_most, input};
use crate::error::{Answer, Failure};

/// What one operation costs; refuses it by its first limit that is passed.
pub(super) fn measure(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> Answer<Cost> {
    let mut walk = Walk {
        document,
        operation,
        variables,
        limits,
        fragments: HashMap::new(),
        weights: BTreeMap::new(),
        directives: 0,
    };
    walk.directives(&operation.directives)?;
    let all = walk.selections(&operation.selection_set, 1)?;
    walk.the_unused_too()?;

    at_most("fields with fragments expanded", all.nodes, limits.nodes)?;
    at_most("levels of fields", all.depth, limits.depth)?;
    at_most("levels of introspection", all.introspection_depth, limits.introspection_depth)?;
    at_most("aliases", all.aliases, limits.aliases)?;
    at_most("fields at the root", all.fields, limits.root_fields)?;
    at_most("bytes of arguments", all.input_bytes, limits.input_bytes)?;
    at_most("units of introspection", all.introspection, limits.introspection)?;
    let cost = all.cost.saturating_add(all.cost_per_row);
    at_most("units of cost", cost, limits.cost)?;

    Ok(Cost {
        depth: all.depth,
        nodes: all.nodes,
        aliases: all.aliases,
        root_fields: all.fields,
        cost,
        introspection: all.introspection,
        input_bytes: all.input_bytes,
    })
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    limits: &'a Limits,
    fragments: HashMap<&'a str, Fragment>,
    weights: BTreeMap<String, usize>,
    directives: usize,
}

/// What is known of a fragment.
#[derive(Clone, Copy)]
enum Fragment {
    /// We are inside it: meeting it again means that it contains itself.
    Open,
    Known(Measure),
}

/// What a selection comes to, wherever it stands.
#[derive(Clone, Copy, Default)]
struct Measure {
    /// Fields directly in it.
    fields: usize,
    /// Selections and fragments inside one another, for the stack's sake.
    levels: usize,
    depth: usize,
    nodes: usize,
    aliases: usize,
    input_bytes: usize,
    cost: usize,
    /// What counts once for each row of the connection that this selection belongs to.
    cost_per_row: usize,
    introspection: usize,
    introspection_depth: usize,
    /// What it would cost as a part of introspection.
    cost_as_introspection: usize,
}

impl Measure {
    /// Both, side by side.
    fn and(self, other: Self) -> Self {
        let sum = |of: fn(&Self) -> usize| of(&self).saturating_add(of(&other));
        let max = |of: fn(&Self) -> usize| of(&self).max(of(&other));
        Self {
            fields: sum(|m| m.fields),
            levels: max(|m| m.levels),
            depth: max(|m| m.depth),
            nodes: sum(|m| m.nodes),
            aliases: sum(|m| m.aliases),
            input_bytes: sum(|m| m.input_bytes),
            cost: sum(|m| m.cost),
            cost_per_row: sum(|m| m.cost_per_row),
            introspection: sum(|m| m.introspection),
            introspection_depth: max(|m| m.introspection_depth),
            cost_as_introspection: sum(|m| m.cost_as_introspection),
        }
    }

    /// The same inside a fragment.
    fn within_fragment(self) -> Self {
        Self { levels: self.levels + 1, nodes: self.nodes.saturating_add(1), ..self }
    }
}

impl<'a> Walk<'a> {
    fn selections(&mut self, set: &'a Positioned<SelectionSet>, level: usize) -> Answer<Measure> {
        self.not_deeper(level)?;
        let mut all = Measure::default();
        for selection in &set.node.items {
            self.directives(selection.node.directives())?;
            let one = match &selection.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.node.selection_set, level + 1)?.within_fragment()
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, level + 1)?.within_fragment()
                }
            };
            all = all.and(one);
        }
        Ok(all)
    }

    fn fragment(&mut self, name: &'a Name, level: usize) -> Answer<Measure> {
        // An unknown fragment is validation's to name.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Measure::default());
        };
        match self.fragments.get(name.as_str()) {
            Some(Fragment::Known(known)) => {
                self.not_deeper(level + known.levels)?;
                return Ok(*known);
            }
            Some(Fragment::Open) => {
                let message =
                    format!("The fragment `{name}` contains itself; take the spread out.");
                return Err(Failure::bad_input("query", message));
            }
            None => {}
        }

        self.fragments.insert(name, Fragment::Open);
        self.directives(&fragment.node.directives)?;
        let found = self.selections(&fragment.node.selection_set, level)?;
        self.fragments.insert(name, Fragment::Known(found));
        Ok(found)
    }

    /// Fragments that nobody spreads are validated as well, so they must not hide a circle.
    fn the_unused_too(&mut self) -> Answer<()> {
        for name in self.document.fragments.keys() {
            self.fragment(name, 1)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, level: usize) -> Answer<Measure> {
        let name = field.name.node.as_str();
        let asked = self.rows_asked_for(field)?;
        let ids = self.ids_asked_for(field)?;
        let mut below = Measure::default();
        if !field.selection_set.node.items.is_empty() {
            below = self.selections(&field.selection_set, level + 1)?;
        }

        let limits = self.limits;
        let rows = asked.unwrap_or(limits.first_default);
        let times = match ids {
            Some(ids) => ids,
            // The same name can be a connection elsewhere; then its rows are counted already.
            None if below.cost_per_row > 0 => 1,
            None if limits.lists.contains(name) => asked.unwrap_or(limits.list_rows),
            None => 1,
        };
        let own = match name {
            "totalCount" => 2,
            "facets" | "pageImage" => 5,
            // As much as a text that somebody wrote, and a statement of its own.
            "pageText" | "outline" | "fonts" | "links" => 20,
            _ => 1,
        };
        let cost = below
            .cost
            .saturating_add(below.cost_per_row.saturating_mul(rows))
            .saturating_mul(times)
            .saturating_add(own);

        let mut this = Measure {
            fields: 1,
            levels: below.levels + 1,
            depth: below.depth + 1,
            nodes: below.nodes.saturating_add(1),
            aliases: below.aliases.saturating_add(usize::from(field.alias.is_some())),
            input_bytes: below.input_bytes.saturating_add(self.weighs(field)),
            cost,
            cost_per_row: 0,
            introspection: below.introspection,
            introspection_depth: below.introspection_depth,
            cost_as_introspection: below
                .cost_as_introspection
                .saturating_mul(rows_in_a_schema(name))
                .saturating_add(1),
        };
        match name {
            "nodes" | "edges" => (this.cost, this.cost_per_row) = (0, this.cost),
            "__schema" | "__type" => {
                this.introspection = this.introspection.saturating_add(this.cost_as_introspection);
                this.introspection_depth = this.introspection_depth.max(this.depth);
                (this.cost, this.depth) = (1, 1);
            }
            _ => {}
        }
        Ok(this)
    }

    fn not_deeper(&self, level: usize) -> Answer<()> {
        at_most("selections and fragments inside one another", level, self.limits.levels)
    }

    fn directives(&mut self, here: &[Positioned<Directive>]) -> Answer<()> {
        self.directives += here.len();
        at_most("directives at one place", here.len(), self.limits.directives_at_once)?;
        at_most("directives", self.directives, self.limits.directives)
    }

    /// `first` or `last`, whichever is larger. More than allowed is refused here, so that no
    /// resolver can be asked for it. What is no number at all is validation's to name.
    fn rows_asked_for(&self, field: &Field) -> Answer<Option<usize>> {
        let mut rows = None;
        for argument in ["first", "last"] {
            let Some(number) = self.number(field, argument) else { continue };
            let most = self.limits.first_max;
            match usize::try_from(number) {
                Ok(number) if number <= most => rows = rows.max(Some(number)),
                _ => {
                    let field = &field.name.node;
                    let message = format!(
                        "`{argument}` of `{field}` is {number}; \
                         ask for 0 to {most} and page on with `after`."
                    );
                    return Err(Failure::bad_input(argument, message));
                }
            }
        }
        Ok(rows)
    }

    fn number(&self, field: &Field, argument: &str) -> Option<i64> {
        let given = field.get_argument(argument)?.node.clone();
        let number = given.into_const_with(|name| match self.variable(&name) {
            Some(Value::Number(number)) => Ok(Value::Number(number.clone())),
            _ => Err(()),
        });
        match number {
            // A number beyond 64 bits is too large in any case.
            Ok(Value::Number(number)) => number.as_i64().or(number.as_u64().map(|_| i64::MAX)),
            _ => None,
        }
    }

    /// How many things are asked for by their `ids`.
    fn ids_asked_for(&self, field: &Field) -> Answer<Option<usize>> {
        let Some(given) = field.get_argument("ids") else { return Ok(None) };
        let ids = given.node.clone().into_const_with(|name| match self.variable(&name) {
            // The length is enough; the list may be long.
            Some(Value::List(ids)) => Ok(Value::Number(Number::from(ids.len()))),
            Some(_) => Ok(Value::Null),
            None => Err(()),
        });
        let number = match ids {
            Ok(Value::List(ids)) => ids.len(),
            Ok(Value::Number(length)) => {
                length.as_u64().and_then(|length| usize::try_from(length).ok()).unwrap_or(0)
            }
            _ => return Ok(None),
        };
        let most = self.limits.first_max;
        if number > most {
            let message = format!("`ids` has {number} entries; ask for at most {most} at once.");
            return Err(Failure::bad_input("ids", message));
        }
        Ok(Some(number))
    }

    fn variable(&self, name: &str) -> Option<&'a Value> {
        self.variables.get(name).or_else(|| {
            let defined = &self.operation.variable_definitions;
            let definition = defined.iter().find(|defined| defined.node.name.node == name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }

    /// The arguments' bytes: literals as they stand, variables as often as they are used.
    fn weighs(&mut self, field: &Field) -> usize {
        let mut bytes = 0_usize;
        for (_, value) in &field.arguments {
            let literal = value.node.clone().into_const_with(|name| {
                bytes = bytes.saturating_add(self.variable_weighs(&name));
                Ok::<_, Infallible>(Value::Null)
            });
            bytes = bytes.saturating_add(literal.as_ref().map_or(0, input::weight));
        }
        bytes
    }

    fn variable_weighs(&mut self, name: &str) -> usize {
        if let Some(&known) = self.weights.get(name) {
            return known;
        }
        let weight = self.variable(name).map_or(0, input::weight);
        self.weights.insert(name.to_owned(), weight);
        weight
    }
}

/// About how long the lists of introspection are, in a schema like ours.
fn rows_in_a_schema(field: &str) -> usize {
    match field {
        "types" => 100,
        "fields" => 8,
        "directives" => 5,
        "inputFields" => 4,
        "args" | "enumValues" | "possibleTypes" => 2,
        _ => 1,
    }
}

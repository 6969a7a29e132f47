//! Nulls where the specification wants them.
//!
//! Since 7.1, async-graphql leaves a field out of the answer when its resolver fails, whether the
//! type allows `null` there or not. A client that believes in our `!` would stumble. So an answer
//! with failed fields is mended: the field becomes `null`, and where it must not be `null`, the
//! nearest thing around it that may be becomes it (October 2021, 6.4.4).
//!
//! Only answers with errors are touched. Once async-graphql does this itself, this file can go.

use std::collections::HashMap;

use async_graphql::{
    Name, PathSegment, Positioned, Response, Value,
    parser::{
        parse_query,
        types::{
            BaseType, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
            ServiceDocument, Type, TypeKind, TypeSystemDefinition,
        },
    },
};

use crate::api::limit::{self, innermost};

/// What the schema says about each field's type.
#[derive(Debug, Default)]
pub(super) struct Nulls {
    /// By type and field.
    types: HashMap<(String, String), Type>,
    query: String,
    mutation: String,
    subscription: String,
}

/// The selections that an object was made from, each with the type that it speaks of.
type Selections<'a> = Vec<(&'a str, &'a SelectionSet)>;

impl Nulls {
    pub fn of(schema: &ServiceDocument) -> Self {
        let mut nulls = Self::default();
        for definition in &schema.definitions {
            match definition {
                TypeSystemDefinition::Type(ty) => {
                    let fields = match &ty.node.kind {
                        TypeKind::Object(object) => &object.fields,
                        TypeKind::Interface(interface) => &interface.fields,
                        _ => continue,
                    };
                    for field in fields.iter().map(|field| &field.node) {
                        let key = (ty.node.name.node.to_string(), field.name.node.to_string());
                        nulls.types.insert(key, field.ty.node.clone());
                    }
                }
                TypeSystemDefinition::Schema(schema) => {
                    let name = |root: &Option<Positioned<Name>>| {
                        root.as_ref().map(|root| root.node.to_string()).unwrap_or_default()
                    };
                    nulls.query = name(&schema.node.query);
                    nulls.mutation = name(&schema.node.mutation);
                    nulls.subscription = name(&schema.node.subscription);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        nulls
    }

    /// Mends the answer. The query is parsed again for it, which only failed answers have to pay.
    pub fn mend(&self, response: &mut Response, query: &str, operation_name: Option<&str>) {
        let paths = response.errors.iter().map(|error| error.path.clone());
        let failed: Vec<_> = paths.filter(|path| !path.is_empty()).collect();
        if failed.is_empty() {
            return;
        }
        let Ok(document) = parse_query(query) else { return };
        let Ok(operation) = limit::chosen(&document, operation_name) else { return };
        let root = match operation.ty {
            OperationType::Query => self.query.as_str(),
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        let selections = vec![(root, &operation.selection_set.node)];

        // First all nulls, then all consequences: else a field could be put back into an object
        // that has just become null.
        for path in &failed {
            put_null(&mut response.data, path);
        }
        for path in &failed {
            let fate = self.settle_object(&document, &mut response.data, path, &selections);
            if let Fate::MustNotBe = fate {
                response.data = Value::Null;
            }
        }
    }

    /// Follows the path down to the null, and on the way back asks whether it may be there.
    fn settle_object(
        &self,
        document: &ExecutableDocument,
        object: &mut Value,
        path: &[PathSegment],
        selections: &Selections<'_>,
    ) -> Fate {
        let (Value::Object(object), Some((PathSegment::Field(key), rest))) =
            (object, path.split_first())
        else {
            return Fate::MayBe;
        };
        let fields = fields(document, selections, key);
        let ty = fields.iter().find_map(|(on, field)| {
            self.types.get(&((*on).to_owned(), field.name.node.to_string()))
        });
        let (Some(ty), Some(value)) = (ty, object.get_mut(key.as_str())) else {
            return Fate::MayBe;
        };

        let on = innermost(&ty.base);
        let below = fields.iter().map(|(_, field)| (on, &field.selection_set.node)).collect();
        self.settle(document, value, ty, rest, &below)
    }

    fn settle(
        &self,
        document: &ExecutableDocument,
        value: &mut Value,
        ty: &Type,
        path: &[PathSegment],
        below: &Selections<'_>,
    ) -> Fate {
        let fate = match (&mut *value, &ty.base, path.split_first()) {
            (Value::Null, ..) => Fate::MustNotBe,
            (Value::List(items), BaseType::List(of), Some((PathSegment::Index(at), rest))) => {
                match items.get_mut(*at) {
                    Some(item) => self.settle(document, item, of, rest, below),
                    None => Fate::MayBe,
                }
            }
            (Value::Object(_), BaseType::Named(_), _) => {
                self.settle_object(document, value, path, below)
            }
            _ => Fate::MayBe,
        };
        match fate {
            Fate::MustNotBe if ty.nullable => {
                *value = Value::Null;
                Fate::MayBe
            }
            fate => fate,
        }
    }
}

/// Whether what we stand in may stay as it is.
enum Fate {
    MayBe,
    MustNotBe,
}

/// The fields that answer under this key. No fragment contains itself, that is known by now.
fn fields<'a>(
    document: &'a ExecutableDocument,
    selections: &Selections<'a>,
    key: &str,
) -> Vec<(&'a str, &'a Field)> {
    let (mut found, mut open) = (Vec::new(), selections.clone());
    while let Some((on, set)) = open.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if field.node.response_key().node == key => {
                    found.push((on, &field.node));
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map_or(on, |condition| condition.node.on.node.as_str());
                    open.push((on, &fragment.node.selection_set.node));
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        open.push((on, &fragment.node.selection_set.node));
                    }
                }
            }
        }
    }
    found
}

/// Puts null where the field was left out. An object of which nothing is left came as null.
fn put_null(value: &mut Value, path: &[PathSegment]) {
    match (value, path.split_first()) {
        (value @ Value::Null, Some((PathSegment::Field(key), _))) => {
            *value = Value::Object([(Name::new(key), Value::Null)].into_iter().collect());
        }
        (Value::Object(fields), Some((PathSegment::Field(key), rest))) => {
            match fields.get_mut(key.as_str()) {
                // A field that is null by itself stays so.
                Some(Value::Null) if rest.is_empty() => {}
                Some(below) => put_null(below, rest),
                None => {
                    fields.insert(Name::new(key), Value::Null);
                }
            }
        }
        (Value::List(items), Some((PathSegment::Index(at), rest))) => {
            if let Some(item) = items.get_mut(*at) {
                put_null(item, rest);
            }
        }
        _ => {}
    }
}

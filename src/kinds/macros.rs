//! What the lists in this room expand to. They substitute names; behaviour is in ordinary functions.
//!
//! `kinds!` names all kinds. It expands to the `Kind` enum, the `Entry` and `Node` interfaces, the
//! run-time doors and two root fields for each kind, each a call of one generic function:
//!
//! ```text
//! Tool: tool "One tool.", tools "The tools.";
//!
//! async fn tool(&self, ctx, id, slug, language, register) -> Answer<Option<Published<Tool>>> {
//!     published::one::<Tool>(ctx, id, slug).await
//! }
//! async fn tools(&self, ctx, filter, order_by, first, …) -> Answer<Connection<Tool>> {
//!     connection::many::<Tool>(ctx, asked).await
//! }
//! ```
//!
//! `related!` and `facets!` make the fields that lead from one kind to others; `filter!`, `order!` and
//! `values!` make the input types that belong to one kind.

macro_rules! kinds {
    ($( $kind:ident, $name:literal: $one:ident $one_doc:literal, $many:ident $many_doc:literal; )+) => {
        /// The kinds of content.
        #[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $( #[doc = $many_doc] $kind, )+
        }

        impl Kind {
            pub const ALL: &'static [Self] = &[ $( Self::$kind, )+ ];

            /// The kind's name in addresses and in the database.
            pub fn name(self) -> &'static str {
                match self { $( Self::$kind => <$kind as Content>::KIND, )+ }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }

            /// Reads the kind's own fields of editions whose heads are known.
            pub async fn open(
                self,
                reader: Reader<'_>,
                heads: Vec<entity::live::Model>,
                depth: Depth,
            ) -> Answer<Vec<Entry>> {
                match self {
                    $( Self::$kind => {
                        let found = reader.fields::<$kind>(heads, depth).await?;
                        Ok(found.into_iter().map(|reading| Entry::$kind(Published(Arc::new(reading)))).collect())
                    } )+
                }
            }
        }

        /// The content of an edition: its kind says which of these is given.
        #[derive(async_graphql::OneofObject)]
        pub enum ContentInput {
            $( #[doc = $one_doc] $kind(Given<$kind>), )+
        }

        impl ContentInput {
            pub fn into_parts(self) -> (Kind, Patch) {
                match self { $( Self::$kind(given) => (Kind::$kind, given.into_patch()), )+ }
            }
        }

        /// The doors of all kinds, for code that learns the kind at run time.
        pub static DOORS: &[&dyn Door] = &[ $( &Of::<$kind>::new(), )+ ];

        /// A published entry, whatever its kind.
        #[derive(async_graphql::Interface, Clone)]
        #[graphql(
            field(name = "id", ty = "ID", desc = "The entry's id: the same in every language, for ever."),
            field(name = "kind", ty = "Answer<Kind>", desc = "Which kind of entry it is."),
            field(name = "slug", ty = "&str", desc = "The last part of its address in this edition, unique within the kind."),
            field(name = "title", ty = "&str", desc = "What it is called."),
            field(name = "summary", ty = "Option<&str>", desc = "One or two sentences for lists, as plain text."),
            field(name = "aliases", ty = "Vec<String>", desc = "Other names by which people look for it."),
            field(name = "edition", ty = "Edition", desc = "The language and register of what you are reading."),
            field(name = "url", ty = "Option<String>", desc = "Where people read it on the public site, if the site's address is configured."),
            field(name = "cover", ty = "Answer<Option<Cover>>", desc = "The picture that stands for it; of a document, the first page where nobody chose another."),
            field(name = "licence", ty = "Option<Licence>", desc = "The terms under which it may be used again."),
            field(name = "attribution", ty = "Option<&str>", desc = "Whom to name when using it again."),
            field(name = "source_url", ty = "Option<&str>", desc = "Where its facts come from."),
            field(name = "further_sources", ty = "Vec<String>", desc = "More places where its facts can be read."),
            field(name = "old_paths", ty = "Vec<String>", desc = "Addresses that it had before; a site should lead them to the present one."),
            field(name = "published_at", ty = "DateTime<Utc>", desc = "When this edition became public in its present state."),
            field(name = "first_published_at", ty = "DateTime<Utc>", desc = "When this edition became public for the first time."),
            field(name = "updated_at", ty = "DateTime<Utc>", desc = "When the content that you are reading was written."),
            field(name = "revision", ty = "i32", desc = "The number of the revision that you are reading; it grows with every change."),
            field(name = "change_note", ty = "Option<&str>", desc = "What was changed last, in the editor's words."),
            field(name = "review_by", ty = "Option<NaiveDate>", desc = "The day by which an editor will look at it again."),
        )]
        pub enum Entry {
            $( $kind(Published<$kind>), )+
        }

        impl Entry {
            pub fn live(&self) -> &entity::live::Model {
                match self { $( Self::$kind(entry) => entry.live(), )+ }
            }
        }

        /// Anything that has an id of its own.
        #[derive(async_graphql::Interface, Clone)]
        #[graphql(field(name = "id", ty = "ID", desc = "The id, unique over everything here."))]
        pub enum Node {
            $( $kind(Published<$kind>), )+
            File(File),
        }

        impl From<Entry> for Node {
            fn from(entry: Entry) -> Self {
                match entry { $( Entry::$kind(entry) => Self::$kind(entry), )+ }
            }
        }

        /// One and many of each kind.
        #[derive(Default)]
        pub struct KindQueries;

        #[async_graphql::Object]
        impl KindQueries {
            $(
                #[doc = $one_doc]
                #[allow(clippy::too_many_arguments, reason = "these are the arguments of the field")]
                async fn $one(
                    &self,
                    ctx: &Context<'_>,
                    #[graphql(desc = "The entry's id. Give either id or slug.")] id: Option<ID>,
                    #[graphql(desc = "The last part of its address, in any language, or the key under which it was imported.")] slug: Option<String>,
                    #[graphql(desc = "The language you would like best, as a BCP 47 tag.", default_with = "german()")] language: String,
                    #[graphql(desc = "The register you would like best.", default_with = "standard()")] register: Register,
                ) -> Answer<Option<Published<$kind>>> {
                    wishing(ctx, &language, register)?;
                    published::one::<$kind>(ctx, id, slug).await
                }

                #[doc = $many_doc]
                #[allow(clippy::too_many_arguments, reason = "these are the arguments of the field")]
                async fn $many(
                    &self,
                    ctx: &Context<'_>,
                    #[graphql(desc = "Which entries are meant.")] filter: Option<<$kind as Exposed>::Filter>,
                    #[graphql(desc = "The order, most important first.")] order_by: Option<Vec<<$kind as Exposed>::OrderBy>>,
                    #[graphql(desc = "How many, at most 100; 20 where neither first nor last is given.")] first: Option<i32>,
                    #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
                    #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
                    #[graphql(desc = "Only what comes before this cursor; goes with last.")] before: Option<String>,
                    #[graphql(desc = "How many to skip, for numbered pages.")] offset: Option<i32>,
                    #[graphql(desc = "The language you would like best, as a BCP 47 tag.", default_with = "german()")] language: String,
                    #[graphql(desc = "The register you would like best.", default_with = "standard()")] register: Register,
                ) -> Answer<Connection<$kind>> {
                    wishing(ctx, &language, register)?;
                    connection::many(ctx, Asked { filter, order_by, first, after, last, before, offset }).await
                }
            )+
        }

        #[cfg(test)]
        mod names {
            $( #[test] fn $one() { assert_eq!(<super::$kind as crate::content::Content>::KIND, $name); } )+
        }
    };
}

/// A kind's filter, and the filter for relations to the kind.
macro_rules! filter {
    ($(#[$doc:meta])* $filter:ident, $list:ident for $kind:ident {
        $( $(#[$field_doc:meta])* $field:ident: $type:ty => $how:ident($($column:tt)+), )*
    }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Debug, Clone, Default)]
        pub struct $filter {
            /// All of these must hold.
            pub and: Option<Vec<$filter>>,
            /// At least one of these must hold.
            pub or: Option<Vec<$filter>>,
            /// This must not hold.
            pub not: Option<Box<$filter>>,
            #[graphql(flatten)]
            pub head: $crate::api::filter::HeadFilter,
            $( $(#[$field_doc])* pub $field: Option<$type>, )*
        }

        impl $crate::content::read::filter::Filter for $filter {
            fn test(&self) -> $crate::error::Answer<$crate::content::read::filter::Test> {
                let mut all = $crate::kinds::combined(&self.and, &self.or, &self.not)?;
                all.push(self.head.test()?);
                $( if let Some(filter) = &self.$field {
                    all.push(filter.$how::<$kind>($($column)+)?);
                } )*
                Ok($crate::content::read::filter::Test::All(all))
            }
        }

        /// How many of the related entries must match.
        #[derive(async_graphql::InputObject, Debug, Clone, Default)]
        pub struct $list {
            /// At least one matches.
            pub some: Option<Box<$filter>>,
            /// None matches.
            pub none: Option<Box<$filter>>,
            /// Each one matches; also true where there are none.
            pub every: Option<Box<$filter>>,
        }

        impl $list {
            /// The test of entries of `C` whose relation of this name leads to the kind.
            pub fn related<C: $crate::content::Content>(
                &self,
                relation: &'static str,
            ) -> $crate::error::Answer<$crate::content::read::filter::Test> {
                $crate::kinds::quantified::<C, $kind, $filter>(relation, &self.some, &self.none, &self.every)
            }
        }
    };
}

/// By what a kind's lists can be sorted.
macro_rules! order {
    ($order:ident, $fields:ident { $( $(#[$field_doc:meta])* $field:ident => $column:expr, )* }) => {
        /// By what to sort.
        #[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $fields {
            /// By title, as German dictionaries do.
            Title,
            /// By when the edition was last published.
            PublishedAt,
            /// By when the edition was first published.
            FirstPublishedAt,
            /// By when the content was last changed.
            UpdatedAt,
            $( $(#[$field_doc])* $field, )*
        }

        /// By what to sort, and in which direction.
        #[derive(async_graphql::InputObject, Debug, Clone)]
        pub struct $order {
            /// By what.
            pub field: $fields,
            /// In which direction.
            #[graphql(default_with = "crate::api::order::Direction::Ascending")]
            pub direction: $crate::api::order::Direction,
        }

        impl From<$order> for $crate::content::read::order::Sort {
            fn from(order: $order) -> Self {
                use $crate::content::read::order as sorting;
                let head = sorting::SortColumn::head;
                let column = match order.field {
                    $fields::Title => head("title_key", sorting::Sorted::Bytes),
                    $fields::PublishedAt => head("published_at", sorting::Sorted::Time),
                    $fields::FirstPublishedAt => head("first_published_at", sorting::Sorted::Time),
                    $fields::UpdatedAt => head("updated_at", sorting::Sorted::Time),
                    $( $fields::$field => $column, )*
                };
                Self::by(column, order.direction.into())
            }
        }
    };
}

/// A closed set of values, with its filters and its facet.
macro_rules! values {
    ($(#[$doc:meta])* $values:ident, $filter:ident, $list:ident, $facet:ident {
        $( $(#[$value_doc:meta])* $value:ident, )+
    }) => {
        $(#[$doc])*
        #[derive(
            async_graphql::Enum, serde::Serialize, serde::Deserialize, Debug, Clone, Copy, PartialEq, Eq, Hash,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $values {
            $( $(#[$value_doc])* $value, )+
        }

        /// Which values are meant.
        #[derive(async_graphql::InputObject, Debug, Clone, Default)]
        pub struct $filter {
            /// Just this value.
            pub eq: Option<$values>,
            /// Any of these values.
            #[graphql(name = "in")]
            pub one_of: Option<Vec<$values>>,
        }

        impl $filter {
            fn checks(&self) -> Vec<$crate::content::read::filter::Check> {
                $crate::kinds::among(self.eq.as_ref(), self.one_of.as_deref())
            }

            pub fn terms<C>(
                &self,
                field: &'static str,
            ) -> $crate::error::Answer<$crate::content::read::filter::Test> {
                Ok($crate::content::read::filter::Test::Term { field, checks: self.checks() })
            }
        }

        /// How many of the values must match.
        #[derive(async_graphql::InputObject, Debug, Clone, Default)]
        pub struct $list {
            /// At least one matches.
            pub some: Option<$filter>,
            /// None matches.
            pub none: Option<$filter>,
            /// Each one matches; also true where there are none.
            pub every: Option<$filter>,
        }

        impl $list {
            pub fn terms<C>(
                &self,
                field: &'static str,
            ) -> $crate::error::Answer<$crate::content::read::filter::Test> {
                use $crate::content::read::filter::Test;
                let mut all = Vec::new();
                if let Some(some) = &self.some {
                    all.push(Test::Term { field, checks: some.checks() });
                }
                if let Some(none) = &self.none {
                    all.push(Test::Term { field, checks: none.checks() }.not());
                }
                if let Some(every) = &self.every {
                    all.push(Test::TermNot { field, checks: every.checks() }.not());
                }
                Ok(Test::All(all))
            }
        }

        /// How many entries of a list have a value.
        #[derive(async_graphql::SimpleObject, Debug, Clone)]
        pub struct $facet {
            /// The value.
            pub value: $values,
            /// How many of the list have it.
            pub count: i64,
        }

        impl $facet {
            /// The facet as it was counted.
            pub fn all(counted: Vec<(String, i64)>) -> Vec<Self> {
                let value = |name| serde_json::from_value(serde_json::Value::String(name)).ok();
                counted
                    .into_iter()
                    .filter_map(|(name, count)| Some(Self { value: value(name)?, count }))
                    .collect()
            }
        }
    };
}

/// A kind's relations, once as data for reading and once as fields of the API.
///
/// `list` is a plain list of one kind, `one` the first of it, `pages` a connection, `any` a list of
/// entries of whatever kind.
macro_rules! related {
    ($(#[$doc:meta])* $name:ident of $kind:ident { $($body:tt)* }) => {
        related!(@line [$(#[$doc])* $name $kind] [] [] $($body)*);
    };
    (@line $head:tt $methods:tt $relations:tt
        $(#[$doc:meta])* $field:ident $public:literal: list $to:ident via $routes:expr; $($rest:tt)*
    ) => {
        related!(@add $head $methods $relations [$public, [<$to as $crate::content::Content>::KIND], $routes] [
            $(#[$doc])*
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::error::Answer<Vec<$crate::api::published::Published<$to>>> {
                $crate::api::published::related(ctx, Self::routes($public), self.0).await
            }
        ] $($rest)*);
    };
    (@line $head:tt $methods:tt $relations:tt
        $(#[$doc:meta])* $field:ident $public:literal: one $to:ident via $routes:expr; $($rest:tt)*
    ) => {
        related!(@add $head $methods $relations [$public, [<$to as $crate::content::Content>::KIND], $routes] [
            $(#[$doc])*
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::error::Answer<Option<$crate::api::published::Published<$to>>> {
                $crate::api::published::related_one(ctx, Self::routes($public), self.0).await
            }
        ] $($rest)*);
    };
    (@line $head:tt $methods:tt $relations:tt
        $(#[$doc:meta])* $field:ident $public:literal: any via $routes:expr; $($rest:tt)*
    ) => {
        related!(@add $head $methods $relations [$public, [], $routes] [
            $(#[$doc])*
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::error::Answer<Vec<$crate::kinds::Entry>> {
                $crate::api::entry::related(ctx, Self::routes($public), self.0).await
            }
        ] $($rest)*);
    };
    (@line $head:tt $methods:tt $relations:tt
        $(#[$doc:meta])* $field:ident $public:literal: pages $to:ident via $routes:expr; $($rest:tt)*
    ) => {
        related!(@add $head $methods $relations [$public, [<$to as $crate::content::Content>::KIND], $routes] [
            $(#[$doc])*
            #[allow(clippy::too_many_arguments, reason = "these are the arguments of a list")]
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which entries are meant.")]
                filter: Option<<$to as $crate::api::published::Exposed>::Filter>,
                #[graphql(desc = "The order, most important first.")]
                order_by: Option<Vec<<$to as $crate::api::published::Exposed>::OrderBy>>,
                #[graphql(desc = "How many, at most 100; 20 where neither first nor last is given.")]
                first: Option<i32>,
                #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
                #[graphql(desc = "Only what comes before this cursor; goes with last.")] before: Option<String>,
                #[graphql(desc = "How many to skip, for numbered pages.")] offset: Option<i32>,
            ) -> $crate::error::Answer<$crate::api::connection::Connection<$to>> {
                let asked = $crate::api::connection::Asked { filter, order_by, first, after, last, before, offset };
                $crate::api::connection::related(ctx, Self::routes($public), self.0, asked).await
            }
        ] $($rest)*);
    };
    (@add $head:tt [$($methods:tt)*] [$($relations:tt)*] $relation:tt [$($method:tt)*] $($rest:tt)*) => {
        related!(@line $head [$($methods)* $($method)*] [$($relations)* $relation] $($rest)*);
    };
    (@line [$(#[$doc:meta])* $name:ident $kind:ident] [$($methods:tt)*] [$([$public:literal, $to:tt, $routes:expr])*]) => {
        $(#[$doc])*
        pub struct $name(uuid::Uuid);

        #[async_graphql::Object]
        impl $name {
            $($methods)*
        }

        impl $name {
            /// The relations as data.
            pub const RELATIONS: &'static [$crate::content::link::Relation] = &[
                $( $crate::content::link::Relation { field: $public, to: &$to, routes: &$routes }, )*
            ];

            fn routes(field: &str) -> &'static [$crate::content::link::Route] {
                $crate::kinds::routes::<$kind>(field)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(entry: uuid::Uuid) -> Self {
                Self(entry)
            }
        }
    };
}

/// How a kind's lists divide: by the entries that a field names, or by its values.
macro_rules! facets {
    ($(#[$doc:meta])* $name:ident of $kind:ident { $($body:tt)* }) => {
        facets!(@line [$(#[$doc])* $name $kind] [] $($body)*);
    };
    (@line $head:tt [$($methods:tt)*] $(#[$doc:meta])* $field:ident: entries $public:literal; $($rest:tt)*) => {
        facets!(@line $head [$($methods)*
            $(#[$doc])*
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::error::Answer<Vec<$crate::api::connection::EntryFacet>> {
                self.0.by_entry(ctx, $public).await
            }
        ] $($rest)*);
    };
    (@line $head:tt [$($methods:tt)*] $(#[$doc:meta])* $field:ident: $facet:ident $public:literal; $($rest:tt)*) => {
        facets!(@line $head [$($methods)*
            $(#[$doc])*
            async fn $field(&self, ctx: &async_graphql::Context<'_>) -> $crate::error::Answer<Vec<$facet>> {
                Ok($facet::all(self.0.by_value(ctx, $public).await?))
            }
        ] $($rest)*);
    };
    (@line [$(#[$doc:meta])* $name:ident $kind:ident] [$($methods:tt)*]) => {
        $(#[$doc])*
        pub struct $name($crate::api::connection::Listed<$kind>);

        $(#[$doc])*
        #[async_graphql::Object]
        impl $name {
            $($methods)*
        }

        impl From<$crate::api::connection::Listed<$kind>> for $name {
            fn from(listed: $crate::api::connection::Listed<$kind>) -> Self {
                Self(listed)
            }
        }
    };
}

pub(crate) use {facets, filter, kinds, order, related, values};

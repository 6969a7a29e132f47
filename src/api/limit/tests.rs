use std::fmt::Write;

use async_graphql::{Variables, parser::parse_query, value};

use super::*;

/// As the gate does it.
fn measure(query: &str, variables: async_graphql::Value) -> Answer<Cost> {
    let limits = limits();
    look_at_text(query, &limits)?;
    let document = parse_query(query).expect("the query can be parsed");
    check(&document, &Variables::from_value(variables), None, &limits)
}

fn limits() -> Limits {
    let lists = ["themeFields", "programmes", "municipalities", "relatedTools", "highlights"];
    Limits { lists: lists.map(str::to_owned).into(), ..Limits::default() }
}

fn cost(query: &str) -> Cost {
    measure(query, value!({})).unwrap_or_else(|no| panic!("{query} is refused: {no:?}"))
}

fn refusal(query: &str) -> String {
    refusal_with(query, value!({}))
}

fn refusal_with(query: &str, variables: async_graphql::Value) -> String {
    match measure(query, variables) {
        Err(Failure::CostLimit(why)) => why,
        Err(Failure::BadInput(bad)) => format!("{}: {}", bad.field, bad.message),
        other => panic!("{query} gives {other:?}"),
    }
}

#[test]
fn the_queries_of_the_contract_pass_with_good_room() {
    let queries = [
        r"query ThemePage($slug: String!) { themeField(slug: $slug) {
            id title summary body { html }
            tools(first: 20) { totalCount nodes { slug title summary formats } pageInfo { hasNextPage endCursor } }
            cases(first: 10) { totalCount nodes { slug title municipalities { name federalState } } }
            downloads(first: 10) { nodes { title file { url mediaType size pages } } }
            programmes { slug title url } } }",
        r"query ToolList($slug: String!, $after: String) { tools(
            filter: { themeFields: { some: { slug: { eq: $slug } } } }
            orderBy: [{ field: TITLE, direction: ASC }] first: 20 after: $after) {
            totalCount
            facets { themeFields { entry { slug title } count } formats { value count } }
            nodes { slug title summary formats themeFields { slug title } downloads { title file { url size mediaType } } }
            pageInfo { hasNextPage endCursor } } }",
        r"query ToolDetail($slug: String!) { tool(slug: $slug) {
            id title summary body { html } formats year
            themeFields { slug title } cases { slug title } downloads { title file { url size pages accessibility { tagged language title } } }
            relatedTools { slug title } municipality { name ags } } }",
        r"query Report($slug: String!) { report(slug: $slug) {
            title series number date body { html } cover { url(width: 480) alt }
            file { name url size mediaType pages sha256 accessibility { tagged language title } }
            citation { text bibtex } } }",
        r"query Seek($slug: String!) { search(query: $slug, first: 10) {
            totalCount
            facets { kinds { value count } themeFields { entry { title } count } }
            nodes { entry { __typename id title slug } highlights { field html } page } } }",
        r"query Sync($slug: String!, $after: String) { changes(after: $after, first: 100) {
            nodes { cursor at what reason entry { __typename id slug title } entryId kind language register }
            pageInfo { hasNextPage endCursor } } }",
    ];
    for query in queries {
        let found = measure(query, value!({ "slug": "x" })).expect("it passes");
        let room = limits().cost / 2;
        assert!(found.cost < room, "{query} costs {}, more than half", found.cost);
    }
}

#[test]
fn the_introspection_of_graphiql_passes_and_a_deeper_one_does_not() {
    let found = cost(include_str!("introspection.graphql"));
    assert!(found.introspection < limits().introspection, "{found:?}");

    let deeper = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert!(refusal(deeper).contains("units of introspection"));

    let deepest = format!("{{ __schema {{ t {} name {} }} }}", "{ t ".repeat(20), "} ".repeat(20));
    assert!(refusal(&deepest).contains("levels of introspection"));
}

#[test]
fn first_is_multiplied_through() {
    assert_eq!(cost("{ tools(first: 7) { nodes { title } } }").cost, 1 + 7 * 2);
    assert_eq!(cost("{ tools(last: 7) { edges { node { title } } } }").cost, 1 + 7 * 3);
    assert_eq!(cost("{ tools { totalCount nodes { title } } }").cost, 1 + 2 + 20 * 2);
    assert_eq!(cost("{ tool { themeFields { slug title } } }").cost, 2 + 5 * 2);
    assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { id } }").cost, 1 + 3);

    let through_fragments = "{ tools(first: 7) { ...Rows } } fragment Rows on C { nodes { ...One } } fragment One on T { title }";
    assert_eq!(cost(through_fragments).cost, 1 + 7 * 2);

    let three_times = "{ a(first: 100) { nodes { b(first: 100) { nodes { c(first: 100) { nodes { id } } } } } } }";
    assert!(refusal(three_times).contains("units of cost"));
}

#[test]
fn first_may_come_from_a_variable_or_its_default() {
    let query = "query($n: Int = 3) { tools(first: $n) { nodes { title } } }";
    assert_eq!(cost(query).cost, 1 + 3 * 2);
    assert_eq!(measure(query, value!({ "n": 50 })).expect("it passes").cost, 1 + 50 * 2);
    assert_eq!(measure(query, value!({ "n": null })).expect("it passes").cost, 1 + 20 * 2);
    assert!(
        refusal_with(query, value!({ "n": 101 })).starts_with("first: `first` of `tools` is 101")
    );
}

#[test]
fn nobody_is_asked_for_more_than_a_hundred_or_less_than_none() {
    for argument in ["first", "last"] {
        for number in ["101", "-1", "99999999999999999999", "18446744073709551615"] {
            let query = format!("{{ tools({argument}: {number}) {{ nodes {{ id }} }} }}");
            let Ok(document) = parse_query(&query) else { continue };
            let found = check(&document, &Variables::default(), None, &limits());
            // What does not fit 64 bits is a float to the parser, and no `Int` to validation.
            if number.len() < 20 || number.starts_with('1') {
                assert!(matches!(found, Err(Failure::BadInput(bad)) if bad.field == argument));
            }
        }
        cost(&format!("{{ tools({argument}: 100) {{ nodes {{ id }} }} }}"));
        cost(&format!("{{ tools({argument}: 0) {{ totalCount }} }}"));
    }
    let ids = "1 ".repeat(101);
    assert!(refusal(&format!("{{ nodes(ids: [{ids}]) {{ id }} }}")).starts_with("ids: "));
}

#[test]
fn what_is_too_large_is_named_with_its_number() {
    let many = |what: &str, times| {
        (0..times).fold(String::new(), |all, n| all + &what.replace('#', &format!("{n}")))
    };
    let cases = [
        (format!("{{ {} }}", many("a#: hello ", 31)), "31 aliases, at most 30"),
        (format!("{{ {} }}", many("hello ", 16)), "16 fields at the root, at most 15"),
        (
            format!("{{ a {{ {} }} }}", many("b ", 2_000)),
            "2001 fields with fragments expanded, at most 2000",
        ),
        (
            format!("{}{{ x }}{}", "{ a ".repeat(12), " }".repeat(12)),
            "13 levels of fields, at most 12",
        ),
        (format!("{{ a {} }}", many("@x ", 6)), "6 directives at one place, at most 5"),
        (format!("{{ a {} }}", many("b @x ", 21)), "21 directives, at most 20"),
        (format!("{{ a }} {}", many("fragment F# on A { a } ", 51)), "51 fragments, at most 50"),
        (format!("{{ a }} {}", many("# ", 33 * 1024)), "bytes of query, at most 32768"),
    ];
    for (query, why) in cases {
        let found = refusal(&query);
        assert!(found.contains(why), "{found}");
    }
}

#[test]
fn a_variable_counts_as_often_as_it_is_used() {
    let query = format!("query($a: String) {{ a(x: [{}]) }}", "$a ".repeat(1_000));
    assert!(
        refusal_with(&query, value!({ "a": "x".repeat(100_000) })).contains("bytes of arguments")
    );
    assert!(
        measure("query($a: String) { a(x: $a) }", value!({ "a": "x".repeat(200_000) })).is_ok()
    );
}

#[test]
fn a_required_variable_is_missed_before_anything_runs() {
    let query = "query($slug: String!) { tool(slug: $slug) { id } }";
    assert!(refusal(query).starts_with("slug: The variable `$slug` is required"));
    assert!(refusal_with(query, value!({ "slug": null })).starts_with("slug: "));
    cost(r#"query($slug: String! = "a") { tool(slug: $slug) { id } }"#);
}

#[test]
fn a_circle_of_fragments_is_found_wherever_it_is() {
    for query in [
        "{ ...A } fragment A on Q { ...A }",
        "{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ... { ...A } }",
        "{ a } fragment A on Q { ...B } fragment B on Q { ...A }",
    ] {
        assert!(refusal(query).contains("contains itself"), "{query}");
    }
    cost("{ ...Unknown }");
}

#[test]
fn bombs_are_refused_at_once() {
    for (fan_out, levels) in [(2, 30), (3, 20), (10, 8), (2, 49), (5, 25)] {
        let (bomb, start) = (bomb(fan_out, levels), std::time::Instant::now());
        assert!(refusal(&bomb).contains("at most"));
        let took = start.elapsed();
        assert!(took.as_millis() < 50, "{fan_out} x {levels} took {took:?}");
    }
}

#[test]
fn depth_is_seen_before_the_parser_sees_it() {
    let (deep, limits) = (10_000, Limits { query_bytes: usize::MAX, ..limits() });
    for (open, middle, close) in
        [("{a", "{b}", "}"), ("[", "", "]"), ("{a:", "1", "}"), ("(", "", "")]
    {
        for close in [close, ""] {
            let text = format!("{}{middle}{}", open.repeat(deep), close.repeat(deep));
            let no = look_at_text(&text, &limits);
            assert!(matches!(no, Err(Failure::CostLimit(why)) if why.contains("brackets")));
        }
    }
}

#[test]
fn brackets_cannot_hide() {
    let deep = "[".repeat(100);
    let seen = |text: &str| matches!(look_at_text(text, &limits()), Err(Failure::CostLimit(_)));
    assert!(seen(&format!("{{ a(x: [\"a\" {deep}")));
    assert!(seen(&format!("{{ a(x: [\"\\\" \" {deep}")));
    assert!(seen(&format!("{{ a(x: [\"\"\" \\\"\"\" \"\"\" {deep}")));
    assert!(seen(&format!("{{ a(x: [ # \"\r{deep}")));
    assert!(seen(&format!("{{ a(x: [ \"\" {deep}")));

    // Where the parser could see something else than we do, nothing passes.
    for unending in
        [format!("[\"\"\"b\" {deep}"), format!("[\" {deep}"), format!("[\"a\n\" {deep}")]
    {
        assert!(matches!(look_at_text(&unending, &limits()), Err(Failure::BadInput(_))));
    }
    for harmless in [format!("# {deep}"), format!("\"{deep}\""), format!("\"\"\"\n\"{deep}\"\"\"")]
    {
        assert!(look_at_text(&harmless, &limits()).is_ok(), "{harmless}");
    }
}

#[test]
fn plain_lists_are_known_from_the_schema() {
    let sdl =
        "type Tool { themeFields: [ThemeField!]! formats: [Format!]! file: File nodes: [Tool!]! }
        enum Format { PDF } type File { url: String! } type ThemeField { a: Int }
        interface Entry { tags: [[Tag!]] } type Tag { name: String }";
    let schema = async_graphql::parser::parse_schema(sdl).expect("the SDL is right");
    let lists = plain_lists(&schema);
    assert_eq!(lists.iter().map(String::as_str).collect::<Vec<_>>(), ["tags", "themeFields"]);
}

fn bomb(fan_out: usize, levels: usize) -> String {
    let mut bomb = String::from("{ ...F0 }");
    for level in 0..levels {
        let spreads = format!(" ...F{}", level + 1).repeat(fan_out);
        write!(bomb, " fragment F{level} on Query {{{spreads} }}").expect("it fits");
    }
    write!(bomb, " fragment F{levels} on Query {{ __typename }}").expect("it fits");
    bomb
}

//! Pages: forwards, backwards and by number, in every order, every entry exactly once.

use serde_json::{Value, json};

use crate::{
    collection::{Collection, KINDS, Kind, published},
    graphql::{Schema, camel, inner},
    people::{Anyone, all, each},
    world::World,
};

const SIZE: usize = 9;

/// One way of sorting one kind.
struct Way {
    kind: Kind,
    field: String,
    direction: &'static str,
}

impl Way {
    fn query(&self, arguments: &str) -> String {
        let variable =
            if arguments.contains("$offset") { "$offset: Int" } else { "$cursor: String" };
        format!(
            "query({variable}) {{ {}(orderBy: [{{ field: {}, direction: {} }}], {arguments}) {{
               nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}",
            self.kind.many, self.field, self.direction
        )
    }

    async fn page(&self, anyone: &Anyone, arguments: &str, variables: Value) -> Value {
        anyone.asks(&self.query(arguments), variables).await[self.kind.many].clone()
    }

    async fn forwards(&self, anyone: &Anyone) -> Vec<String> {
        let (mut seen, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = self
                .page(
                    anyone,
                    &format!("first: {SIZE}, after: $cursor"),
                    json!({ "cursor": cursor }),
                )
                .await;
            assert_eq!(page["pageInfo"]["hasPreviousPage"], !seen.is_empty());
            seen.extend(each(&page["nodes"], "id").into_iter().map(str::to_owned));
            if page["pageInfo"]["hasNextPage"] == false {
                return seen;
            }
            cursor = page["pageInfo"]["endCursor"].clone();
        }
    }

    async fn backwards(&self, anyone: &Anyone) -> Vec<String> {
        let (mut seen, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = self
                .page(
                    anyone,
                    &format!("last: {SIZE}, before: $cursor"),
                    json!({ "cursor": cursor }),
                )
                .await;
            assert_eq!(page["pageInfo"]["hasNextPage"], !seen.is_empty());
            let ids = each(&page["nodes"], "id").into_iter().map(str::to_owned);
            seen.splice(0..0, ids.collect::<Vec<_>>());
            if page["pageInfo"]["hasPreviousPage"] == false {
                return seen;
            }
            cursor = page["pageInfo"]["startCursor"].clone();
        }
    }

    async fn by_number(&self, anyone: &Anyone) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let arguments = format!("first: {SIZE}, offset: $offset");
            let page = self.page(anyone, &arguments, json!({ "offset": seen.len() })).await;
            seen.extend(each(&page["nodes"], "id").into_iter().map(str::to_owned));
            if page["pageInfo"]["hasNextPage"] == false {
                return seen;
            }
        }
    }
}

async fn ways(anyone: &Anyone) -> Vec<Way> {
    let schema = Schema::told_to(anyone).await;
    let mut ways = Vec::new();
    for kind in KINDS {
        let arguments = all(&schema.field("Query", kind.many)["args"]);
        let order = arguments.iter().find(|argument| argument["name"] == "orderBy").unwrap();
        let inputs = all(&schema.named(inner(&order["type"]))["inputFields"]);
        let field = inputs.iter().find(|input| input["name"] == "field").unwrap();
        for field in schema.values(inner(&field["type"])) {
            for direction in ["ASC", "DESC"] {
                ways.push(Way { kind, field: field.clone(), direction });
            }
        }
    }
    ways
}

#[tokio::test]
async fn whoever_pages_through_a_list_sees_every_entry_exactly_once() {
    let anyone = World::shared().await.anyone();
    for way in ways(&anyone).await {
        let name = format!("{} by {} {}", way.kind.many, way.field, way.direction);
        let forwards = way.forwards(&anyone).await;

        let mut once = forwards.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(
            (forwards.len(), once.len()),
            (published(way.kind).len(), forwards.len()),
            "{name}"
        );
        assert_eq!(way.backwards(&anyone).await, forwards, "{name}, backwards");
        assert_eq!(way.by_number(&anyone).await, forwards, "{name}, by number");
    }
}

#[tokio::test]
async fn every_order_is_one_and_what_is_empty_comes_last() {
    let anyone = World::shared().await.anyone();
    let schema = Schema::told_to(&anyone).await;
    for way in ways(&anyone).await.into_iter().filter(|way| way.field != "TITLE") {
        let (type_, field) =
            (inner(&schema.field("Query", way.kind.one)["type"]), camel(&way.field));
        // Some orders are by something that has no field of its own.
        let known = all(&schema.named(type_)["fields"]).iter().any(|known| known["name"] == *field);
        if !known {
            continue;
        }
        let query = format!(
            "{{ {}(orderBy: [{{ field: {}, direction: {} }}], first: 100) {{ nodes {{ {field} }} }} }}",
            way.kind.many, way.field, way.direction
        );
        let answer = anyone.asks(&query, json!({})).await;
        let values: Vec<Value> =
            all(&answer[way.kind.many]["nodes"]).iter().map(|node| node[&field].clone()).collect();
        let filled = values.iter().take_while(|value| !value.is_null()).count();
        assert!(values[filled..].iter().all(Value::is_null), "{query}: {values:?}");
        let rises = |one: &Value, next: &Value| match (one.as_f64(), next.as_f64()) {
            (Some(one), Some(next)) => one <= next,
            _ => one.as_str() <= next.as_str(),
        };
        let sorted = values[..filled].is_sorted_by(|one, next| match way.direction {
            "ASC" => rises(one, next),
            _ => rises(next, one),
        });
        assert!(sorted, "{query}: {values:?}");
    }
}

#[tokio::test]
async fn lists_inside_an_entry_are_paged_alike() {
    let anyone = World::shared().await.anyone();
    let query = "query($after: String) { themeField(slug: \"demografiestrategie\") {
                   all: tools(first: 100) { totalCount nodes { id } }
                   tools(first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }";
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = anyone.asks(query, json!({ "after": after })).await;
        let field = &answer["themeField"];
        assert_eq!(field["tools"]["totalCount"], field["all"]["totalCount"]);
        seen.extend(all(&field["tools"]["nodes"]));
        if field["tools"]["pageInfo"]["hasNextPage"] == false {
            assert_eq!(seen, all(&field["all"]["nodes"]));
            assert!(seen.len() > 2, "the test needs a theme field with more tools");
            return;
        }
        after = field["tools"]["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn edges_carry_the_cursors_of_their_entries() {
    let anyone = World::shared().await.anyone();
    let query = "query($after: String) { tools(first: 3, after: $after) {
                   edges { cursor node { id } } nodes { id } pageInfo { startCursor endCursor } } }";
    let first = anyone.asks(query, json!({})).await;
    let (edges, info) = (&first["tools"]["edges"], &first["tools"]["pageInfo"]);
    assert_eq!(edges[0]["cursor"], info["startCursor"]);
    assert_eq!(edges[2]["cursor"], info["endCursor"]);
    assert_eq!(edges[1]["node"], first["tools"]["nodes"][1]);

    let next = anyone.asks(query, json!({ "after": edges[0]["cursor"] })).await;
    assert_eq!(next["tools"]["nodes"][0], first["tools"]["nodes"][1]);
}

#[tokio::test]
async fn an_empty_page_is_a_page() {
    let anyone = World::shared().await.anyone();
    let query = "{ none: tools(first: 0) { totalCount nodes { id } pageInfo { hasNextPage startCursor endCursor } }
                   beyond: tools(offset: 1000) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } }
                   nobody: tools(filter: { title: { eq: \"Niemand\" } }) { totalCount nodes { id } } }";
    let answer = anyone.asks(query, json!({})).await;
    for (name, total) in [("none", 20), ("beyond", 20), ("nobody", 0)] {
        assert_eq!(answer[name]["nodes"], json!([]), "{name}");
        assert_eq!(answer[name]["totalCount"], total, "{name}");
    }
    assert_eq!(answer["beyond"]["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_is_no_page_is_refused_by_the_name_of_the_argument() {
    let anyone = World::shared().await.anyone();
    let own = anyone.asks("{ tools(first: 1) { pageInfo { endCursor } } }", json!({})).await;
    let own = own["tools"]["pageInfo"]["endCursor"].as_str().unwrap();
    for (arguments, field) in [
        ("after: \"unsinn\"".to_owned(), "after"),
        ("last: 1, before: \"unsinn\"".to_owned(), "before"),
        ("first: 101".to_owned(), "first"),
        ("last: 101".to_owned(), "last"),
        ("first: -1".to_owned(), "first"),
        ("offset: -1".to_owned(), "offset"),
        ("first: 1, last: 1".to_owned(), "last"),
        ("last: 1, offset: 1".to_owned(), "last"),
        (format!("before: {own:?}"), "before"),
        // A cursor knows the order in which it was handed out.
        (format!("after: {own:?}, orderBy: [{{ field: PUBLISHED_AT }}]"), "after"),
        (format!("last: 3, before: {own:?}, orderBy: [{{ field: YEAR }}]"), "before"),
    ] {
        let query = format!("{{ tools({arguments}) {{ nodes {{ id }} }} }}");
        anyone.is_refused(&query, json!({})).await.is_bad_input(field);
    }
}

#[tokio::test]
async fn the_feed_refuses_alike() {
    let anyone = World::shared().await.anyone();
    for (arguments, field) in
        [("after: \"unsinn\"", "after"), ("first: 101", "first"), ("first: -1", "first")]
    {
        let query = format!("{{ changes({arguments}) {{ nodes {{ cursor }} }} }}");
        anyone.is_refused(&query, json!({})).await.is_bad_input(field);
    }
}

#[tokio::test]
async fn an_entry_that_a_filter_finds_by_several_values_is_skipped_once() {
    let world = World::empty().await;
    let tool = |number: usize| {
        json!({ "key": format!("w-{number:02}"), "title": format!("Werkzeug {number:02}"),
                "year": 2000, "formats": ["Konzept", "Vortrag", "Video"] })
    };
    let tools: Value = (0..30).map(tool).collect();
    let collection = Collection::new().with("tools.json", tools);
    world.koffer(&["import", collection.path()]).await.worked();

    // The year is a column of the kind's own, so this is asked of the database.
    let query = "query($offset: Int) {
        tools(filter: { formats: { some: {} }, year: { gt: 1900 } }, first: 5, offset: $offset) {
          totalCount nodes { title } } }";
    for offset in [0, 1, 13, 25] {
        let answer = world.anyone().asks(query, json!({ "offset": offset })).await;
        let expected: Vec<String> =
            (offset..offset + 5).map(|number| format!("Werkzeug {number:02}")).collect();
        assert_eq!(each(&answer["tools"]["nodes"], "title"), expected, "from {offset} on");
        assert_eq!(answer["tools"]["totalCount"], 30);
    }
}

//! Uploads that are cut and gone on with, as the tus protocol has it.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::json;

use crate::{awkward_files::sample, people::Person, uploads::hangs_up, world::World};

const WORKING: &str =
    "query($id: ID!) { workingFile(id: $id) { originalName sha256 size pages url } }";

/// A person with a program that speaks tus.
struct Sender<'w> {
    world: &'w World,
    person: &'w Person,
}

impl Sender<'_> {
    fn asks(&self, method: Method, url: &str) -> RequestBuilder {
        Client::new()
            .request(method, url)
            .bearer_auth(&self.person.token)
            .header("x-koffer", "1")
            .header("tus-resumable", "1.0.0")
    }

    fn begins(&self, name: &str, size: usize) -> RequestBuilder {
        let metadata = format!(
            "filename {},filetype {}",
            BASE64.encode(name),
            BASE64.encode("application/pdf")
        );
        self.asks(Method::POST, &self.world.url("/upload"))
            .header("upload-metadata", metadata)
            .header("upload-length", size)
    }

    /// Begins, and says where to go on.
    async fn has_begun(&self, name: &str, size: usize) -> String {
        let response = self.begins(name, size).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()["tus-resumable"], "1.0.0");
        assert!(response.headers().contains_key("upload-expires"));
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    fn going_on(&self, url: &str, from: usize) -> RequestBuilder {
        let request = self.asks(Method::PATCH, url).header("upload-offset", from);
        request.header("content-type", "application/offset+octet-stream")
    }

    async fn goes_on(&self, url: &str, from: usize, body: impl Into<Body>) -> Response {
        self.going_on(url, from).body(body).send().await.unwrap()
    }

    /// How much has come.
    async fn has_come(&self, url: &str) -> usize {
        let response = self.asks(Method::HEAD, url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        number(&response, "upload-offset")
    }
}

fn number(response: &Response, name: &str) -> usize {
    response.headers()[name].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_file_that_is_cut_again_and_again_comes_whole() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let sender = Sender { world: &world, person: &author };
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    let url = sender.has_begun("Krisenmodus.pdf", pdf.len()).await;
    assert_eq!(sender.has_come(&url).await, 0);

    let mut cuts = 0;
    for until in [pdf.len() / 5, pdf.len() / 2, pdf.len() * 4 / 5] {
        let from = sender.has_come(&url).await;
        hangs_up(sender.going_on(&url, from), &pdf[from..until], pdf.len() - from).await;
        // What had come is kept, though it may take a moment.
        let deadline = Instant::now() + Duration::from_secs(30);
        while sender.has_come(&url).await == from {
            assert!(Instant::now() < deadline, "nothing was kept: {}", world.said());
        }
        cuts += 1;
    }
    assert_eq!(world.count("upload_part").await, cuts);
    assert_eq!(world.count("file").await, 0, "nothing half is there");

    let from = sender.has_come(&url).await;
    let response = sender.goes_on(&url, from, pdf[from..].to_vec()).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(number(&response, "upload-offset"), pdf.len());
    let id = response.headers()["koffer-file"].to_str().unwrap().to_owned();
    let file = author.asks(WORKING, json!({ "id": id })).await["workingFile"].clone();
    assert_eq!((&file["originalName"], &file["pages"]), (&json!("Krisenmodus.pdf"), &json!(7)));
    assert_eq!(world.anyone().downloads(file["url"].as_str().unwrap()).await, pdf);

    // Whoever did not hear the answer asks again and hears it.
    let response = sender.asks(Method::HEAD, &url).send().await.unwrap();
    assert_eq!(response.headers()["koffer-file"], *id);
    assert_eq!(number(&response, "upload-offset"), pdf.len());
}

#[tokio::test]
async fn the_rules_of_the_protocol_are_kept() {
    let world = World::empty_with(&[("KOFFER_UPLOAD_MIB", "1")]).await;
    let author = world.person("author", None).await;
    let sender = Sender { world: &world, person: &author };

    let offered =
        Client::new().request(Method::OPTIONS, world.url("/upload")).send().await.unwrap();
    assert_eq!(offered.headers()["tus-version"], "1.0.0");
    assert_eq!(offered.headers()["tus-extension"], "creation,expiration,termination");
    assert_eq!(number(&offered, "tus-max-size"), 1024 * 1024);

    let too_large = sender.begins("a.pdf", 1024 * 1024 + 1).send().await.unwrap();
    assert_eq!(too_large.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let other = Client::new().post(world.url("/upload")).bearer_auth(&author.token);
    let other = other.header("x-koffer", "1").header("tus-resumable", "0.2.2");
    let other = other.header("upload-metadata", "filename YS5wZGY=").header("upload-length", 5);
    assert_eq!(other.send().await.unwrap().status(), StatusCode::PRECONDITION_FAILED);

    let url = sender.has_begun("a.pdf", 100).await;
    let elsewhere = sender.goes_on(&url, 7, vec![0; 3]).await;
    assert_eq!(elsewhere.status(), StatusCode::CONFLICT);
    let plain = sender.asks(Method::PATCH, &url).header("upload-offset", 0).body("x");
    assert_eq!(plain.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let too_much = sender.goes_on(&url, 0, vec![b' '; 101]).await;
    assert_eq!(too_much.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let stranger = world.person("author", None).await;
    let other = Sender { world: &world, person: &stranger };
    let status = other.asks(Method::HEAD, &url).send().await.unwrap().status();
    assert_eq!(status, StatusCode::NOT_FOUND);
    let status = other.asks(Method::DELETE, &url).send().await.unwrap().status();
    assert_eq!(status, StatusCode::NOT_FOUND);

    // What turns out to be no PDF is refused at the end, with a reason, and is gone.
    let refused = sender.goes_on(&url, 0, vec![b' '; 100]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let status = sender.asks(Method::HEAD, &url).send().await.unwrap().status();
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!((world.count("file").await, world.count("upload").await), (0, 0));
}

#[tokio::test]
async fn what_is_given_up_leaves_nothing_behind() {
    let mut world = World::empty().await;
    let author = world.person("author", None).await;
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    let half = pdf.len() / 2;
    {
        let sender = Sender { world: &world, person: &author };
        let url = sender.has_begun("a.pdf", pdf.len()).await;
        let response = sender.goes_on(&url, 0, pdf[..half].to_vec()).await;
        assert_eq!(number(&response, "upload-offset"), half);
        let status = sender.asks(Method::DELETE, &url).send().await.unwrap().status();
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!((world.count("upload").await, world.count("upload_part").await), (0, 0));

        let url = sender.has_begun("b.pdf", pdf.len()).await;
        sender.goes_on(&url, 0, pdf[..half + 1].to_vec()).await;
    }
    assert_eq!(world.count("blob").await, 2);

    // Nobody goes on with the second one; a day later it is forgotten, and a week later its bytes are.
    assert_eq!(world.stop().await, Some(0));
    for change in [
        "UPDATE upload SET touched_at",
        "UPDATE blob SET unneeded_since = '2020-01-01 00:00:00+00:00', kept_at",
    ] {
        world.sql(&format!("{change} = '2020-01-01 00:00:00+00:00'")).await.unwrap();
    }
    world.restart().await;
    for table in ["upload", "upload_part", "blob"] {
        world.empties(table).await;
    }
}

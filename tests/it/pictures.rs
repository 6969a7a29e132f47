//! Pictures: kept without what cameras write into them, and made in a few sizes and two formats.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::{awkward_files::picture, people::Person, uploads::sends, world::World};

const WORKING: &str = "query($id: ID!) { workingFile(id: $id) { id url mediaType width height sha256 image {
    url(width: 300) largest: url width height srcset webp: srcset(format: WEBP) blurhash color } } }";

/// A picture of two colours, left and right, as PNG.
fn halves(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, _| {
        if x < width * 3 / 4 { Rgb([20, 120, 60]) } else { Rgb([240, 240, 230]) }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn seen(person: &Person, id: &str) -> Value {
    person.asks(WORKING, json!({ "id": id })).await["workingFile"].clone()
}

#[tokio::test]
async fn a_picture_comes_in_the_sizes_that_there_are_and_in_no_other() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let id = sends(&world, &author, "Platz.png", &halves(700, 350)).await;
    let file = seen(&author, &id).await;
    let image = &file["image"];
    assert_eq!((&file["width"], &file["height"]), (&json!(700), &json!(350)));
    assert_eq!((&image["width"], &image["height"]), (&json!(700), &json!(350)));
    let widths: Vec<&str> = image["srcset"]
        .as_str()
        .unwrap()
        .split(", ")
        .map(|size| size.rsplit_once(' ').unwrap().1)
        .collect();
    assert_eq!(widths, ["160w", "320w", "480w", "640w", "700w"], "nothing is enlarged");
    assert!(image["webp"].as_str().unwrap().contains("format=webp"));
    assert!(image["blurhash"].as_str().unwrap().len() > 10);
    assert_eq!(image["color"], "#14783c", "most of it is green");

    // Whoever says that they can show AVIF gets it.
    let url = image["url"].as_str().unwrap();
    for (accept, media_type) in [
        ("image/avif,image/webp,*/*;q=0.8", "image/avif"),
        ("image/webp,*/*", "image/webp"),
        ("image/avif;q=0, */*", "image/webp"),
    ] {
        let response = Client::new().get(url).header("accept", accept).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], media_type, "{accept}");
        assert!(response.headers().get_all("vary").iter().any(|vary| vary == "accept"));
        assert_eq!(response.headers()["cache-control"], "private, no-store");
        let bytes = response.bytes().await.unwrap();
        if media_type == "image/webp" {
            let drawn = image::load_from_memory_with_format(&bytes, ImageFormat::WebP).unwrap();
            assert_eq!((drawn.width(), drawn.height()), (320, 160));
        }
    }
    let largest = format!("{}&format=webp", image["largest"].as_str().unwrap());
    let bytes = world.anyone().downloads(&largest).await;
    let drawn = image::load_from_memory_with_format(&bytes, ImageFormat::WebP).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (700, 350));

    // Whatever is asked for, there are no more than these.
    for width in [299, 301, 319, 320, 7_000, 4_000_000_000_u32] {
        let asked = url.replace("w=320", &format!("w={width}&format=webp"));
        world.anyone().downloads(&asked).await;
    }
    assert_eq!(world.count("variant").await, 3, "320 in two formats, and the largest");
    for nonsense in ["w=0", "w=-1", "w=x", "w=320&format=png", "w=320&page=1", "w=99999999999"] {
        let asked = url.replace("w=320", nonsense);
        assert_eq!(
            world.anyone().follows(&asked).await.status(),
            StatusCode::NOT_FOUND,
            "{nonsense}"
        );
    }
    let plain = url.split_once('?').unwrap().0;
    assert_eq!(world.anyone().follows(plain).await.status(), StatusCode::NOT_FOUND, "not public");
}

#[tokio::test]
async fn where_a_picture_was_taken_is_nobodys_business() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let sent = picture::taken_by_a_phone(400, 200);
    assert!(holds(&sent, b"Exif"), "the sample carries what is to go");
    let id = sends(&world, &author, "IMG_0815.jpg", &sent).await;
    let file = seen(&author, &id).await;
    // It was held upright.
    assert_eq!((&file["width"], &file["height"]), (&json!(200), &json!(400)));

    let kept = world.anyone().downloads(file["url"].as_str().unwrap()).await;
    assert!(!holds(&kept, b"Exif") && !holds(&kept, b"GPS"));
    let drawn = image::load_from_memory(&kept).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (200, 400));
    // Sent again, it is the same file with another owner's record.
    let again = sends(&world, &author, "IMG_0815.jpg", &sent).await;
    assert_eq!(seen(&author, &again).await["sha256"], file["sha256"]);
    assert_eq!((world.count("file").await, world.count("blob").await), (2, 1));
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_picture_in_a_text_comes_in_all_its_sizes() {
    let world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let id = sends(&world, &publisher, "Platz.png", &halves(700, 350)).await;
    let described = "mutation($input: DescribeFileInput!) { describeFile(input: $input) { problems { code } } }";
    let input = json!({ "file": id, "credit": "Stadt Musterhausen", "licence": "CC-BY-4.0" });
    publisher.asks(described, json!({ "input": input })).await;
    let body = json!({ "json": { "type": "doc", "content": [
        { "type": "image", "attrs": { "file": id, "alt": "Der Platz", "decorative": false } }
    ] } });
    let draft = json!({ "title": "Der Platz", "summary": "Ein Platz.", "body": body });
    let draft = publisher.creates("tool", draft).await;
    publisher.publishes(&draft).await;
    let shown =
        world.anyone().asks("{ tool(slug: \"der-platz\") { body { html } } }", json!({})).await;
    let html = shown["tool"]["body"]["html"].as_str().unwrap();
    for part in [
        "srcset=\"",
        " 700w",
        "alt=\"Der Platz\"",
        "width=\"700\"",
        "height=\"350\"",
        "Stadt Musterhausen",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    let address =
        html.split("src=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(world.anyone().follows(&address).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_cover_of_a_report_is_its_first_page_where_nobody_chose_another() {
    let world = World::shared().await;
    let query =
        "{ report(slug: \"arbeiten-im-krisenmodus\") { cover { url(width: 480) alt decorative
        image { width height srcset(format: AVIF) } file { mediaType } } } }";
    let cover = world.anyone().asks(query, json!({})).await["report"]["cover"].clone();
    assert_eq!(cover["alt"], "Titelseite: Arbeiten im Krisenmodus");
    assert_eq!(cover["file"]["mediaType"], "application/pdf");
    let response = world.anyone().follows(cover["url"].as_str().unwrap()).await;
    assert_eq!(response.headers()["content-type"], "image/webp");
    let drawn = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(drawn.width(), 480);
    assert!(drawn.height() > drawn.width());
    assert!(cover["image"]["srcset"].as_str().unwrap().ends_with("1920w"));
}

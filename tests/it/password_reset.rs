//! A forgotten password: a letter, a link, a new one.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

use crate::{
    people::{Anyone, Browser, PASSWORD},
    world::World,
};

const NEW: &str = "sieben Wale hören Radio";

async fn requests(anyone: &Anyone, email: &str) -> Value {
    let query = "mutation($email: String!) { requestPasswordReset(input: { email: $email }) { done problems { code } } }";
    anyone.asks(query, json!({ "email": email })).await["requestPasswordReset"].clone()
}

async fn resets(anyone: &Anyone, token: &str, password: &str) -> Value {
    let query = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { done problems { field code } } }";
    let input = json!({ "input": { "token": token, "newPassword": password } });
    anyone.asks(query, input).await["resetPassword"].clone()
}

/// The letters that lie in the folder, once there are so many.
async fn letters(world: &World, number: usize) -> Vec<String> {
    let folder = world.data().join("mail");
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let found = texts(&folder);
        if found.len() >= number {
            return found;
        }
        assert!(Instant::now() < deadline, "only {} letters came", found.len());
        tokio::task::yield_now().await;
    }
}

fn texts(folder: &Path) -> Vec<String> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = found.map(|found| found.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn token(letter: &str) -> String {
    let link = letter.split_whitespace().find(|word| word.contains("/admin/reset-password#"));
    link.unwrap_or_else(|| panic!("no link: {letter}")).split('#').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_link_in_a_letter_leads_to_a_new_password_once() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let anyone = world.anyone();

    assert_eq!(
        requests(&anyone, &person.account.email).await,
        json!({ "done": true, "problems": [] })
    );

    let letter = letters(&world, 1).await.remove(0);
    assert!(letter.contains(&format!("To: {}", person.account.email)), "{letter}");
    let token = token(&letter);
    let told = resets(&anyone, &token, "kurz").await;
    assert_eq!(told["problems"][0], json!({ "field": "newPassword", "code": "PASSWORD_LENGTH" }));
    assert_eq!(resets(&anyone, &token, NEW).await["done"], true);

    let mut browser = Browser::at(&world.url(""));
    let email = &person.account.email;
    assert_eq!(browser.tries(email, PASSWORD, None).await["outcome"], "REFUSED");
    assert_eq!(browser.tries(email, NEW, None).await["outcome"], "SIGNED_IN");
    let old = person.sends("{ viewer { account { id } } }", &json!({})).await;
    assert_eq!(old["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "old sessions are over");
    let again = resets(&anyone, &token, NEW).await;
    assert_eq!(again["problems"][0], json!({ "field": "token", "code": "LINK_EXPIRED" }));
    assert!(letters(&world, 2).await[1].contains("geändert"), "the owner is told");
}

#[tokio::test]
async fn nobody_learns_whether_there_is_an_account() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let anyone = world.anyone();
    let known = requests(&anyone, &person.account.email).await;
    for email in ["niemand@example.org", "keine Adresse", ""] {
        assert_eq!(requests(&anyone, email).await, known, "{email}");
    }
    letters(&world, 1).await;
    // Whoever came after the letter would have got theirs by now, too.
    requests(&anyone, &person.account.email).await;
    assert_eq!(letters(&world, 2).await.len(), 2);
    for token in ["", "x", &"A".repeat(43)] {
        assert_eq!(resets(&anyone, token, NEW).await["problems"][0]["code"], "LINK_EXPIRED");
    }
}

#[tokio::test]
async fn a_suspended_account_gets_no_letter_and_an_earlier_link_does_not_work() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let anyone = world.anyone();
    requests(&anyone, &person.account.email).await;
    let token = token(&letters(&world, 1).await[0]);
    let suspends = "mutation($id: ID!) { suspendAccount(input: { id: $id }) { account { id } } }";
    world.administrator().await.asks(suspends, json!({ "id": person.account.id })).await;
    assert_eq!(resets(&anyone, &token, NEW).await["problems"][0]["code"], "LINK_EXPIRED");
}

#[tokio::test]
async fn letters_go_to_the_mail_server_that_the_settings_name() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", server.local_addr().unwrap());
    let world = World::with(&[
        ("KOFFER_SMTP_URL", &address),
        ("KOFFER_MAIL_FROM", "werkzeugkoffer@example.org"),
    ])
    .await;
    let receives = tokio::spawn(receives_a_letter(server));

    let told = requests(&world.anyone(), crate::world::ADMINISTRATOR).await;
    assert_eq!(told["done"], true, "{told}");

    let letter = tokio::time::timeout(Duration::from_secs(30), receives).await.unwrap().unwrap();
    assert!(letter.contains("MAIL FROM:<werkzeugkoffer@example.org>"), "{letter}");
    assert!(letter.contains("RCPT TO:<admin@koffer.localhost>"), "{letter}");
    assert!(letter.contains("Subject:"), "{letter}");
}

/// As much of a mail server as a single letter needs; answers all that it was told.
async fn receives_a_letter(server: TcpListener) -> String {
    let (stream, _) = server.accept().await.unwrap();
    let (reads, mut writes) = stream.into_split();
    let mut lines = BufReader::new(reads).lines();
    let mut told = String::new();
    let mut in_letter = false;
    writes.write_all(b"220 here\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        told += &format!("{line}\n");
        let reply: &[u8] = match &*line {
            "." if in_letter => {
                writes.write_all(b"250 taken\r\n").await.unwrap();
                return told;
            }
            _ if in_letter => continue,
            "DATA" => {
                in_letter = true;
                b"354 go on\r\n"
            }
            line if line.starts_with("EHLO") => b"250-here\r\n250 8BITMIME\r\n",
            _ => b"250 yes\r\n",
        };
        writes.write_all(reply).await.unwrap();
    }
    told
}

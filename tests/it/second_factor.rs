//! The second factor: on, asked for, lost, off.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::{
    people::{Browser, PASSWORD, Person},
    world::World,
};

/// An authenticator as people have it on their telephone.
struct Authenticator(Vec<u8>);

impl Authenticator {
    fn with(secret: &str) -> Self {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String =
            secret.chars().map(|letter| format!("{:05b}", letters.find(letter).unwrap())).collect();
        let bytes = bits.as_bytes().chunks_exact(8);
        Self(
            bytes
                .map(|bits| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap())
                .collect(),
        )
    }

    /// The code of now, or of so many half minutes from now.
    fn code(&self, later: i64) -> String {
        let step = koffer::clock::now().timestamp() / 30 + later;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap();
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

const START: &str = "mutation($input: StartSecondFactorInput!) { startSecondFactor(input: $input) {
    secret uri problems { field code } } }";
const CONFIRM: &str =
    "mutation($input: ConfirmSecondFactorInput!) { confirmSecondFactor(input: $input) {
    recoveryCodes account { hasSecondFactor recoveryCodesLeft } problems { field code } } }";
const REMOVE: &str =
    "mutation($input: ProveSecondFactorInput!) { removeSecondFactor(input: $input) {
    account { hasSecondFactor recoveryCodesLeft } problems { field code } } }";
const RENEW: &str =
    "mutation($input: ProveSecondFactorInput!) { renewRecoveryCodes(input: $input) {
    recoveryCodes problems { field code } } }";

async fn asks(person: &Person, query: &str, input: Value) -> Value {
    let answer = person.asks(query, json!({ "input": input })).await;
    answer.as_object().unwrap().values().next().unwrap().clone()
}

/// Somebody who has turned it on with the code of now; the next one is taken already.
async fn with_second_factor(world: &World) -> (Person, Authenticator, Vec<String>) {
    let person = world.person("editor", None).await;
    let started = asks(&person, START, json!({ "password": PASSWORD })).await;
    let authenticator = Authenticator::with(started["secret"].as_str().unwrap());
    assert!(started["uri"].as_str().unwrap().starts_with("otpauth://totp/Koffer:"));
    let wrong = asks(&person, CONFIRM, json!({ "code": "000000" })).await;
    assert_eq!(wrong["problems"][0]["code"], "WRONG_CODE");
    let on = asks(&person, CONFIRM, json!({ "code": authenticator.code(0) })).await;
    assert_eq!(on["account"], json!({ "hasSecondFactor": true, "recoveryCodesLeft": 10 }), "{on}");
    let codes: Vec<String> = serde_json::from_value(on["recoveryCodes"].clone()).unwrap();
    (person, authenticator, codes)
}

#[tokio::test]
async fn once_it_is_on_a_code_is_asked_for_and_taken_once() {
    let world = World::new().await;
    let (person, authenticator, _) = with_second_factor(&world).await;
    let email = &person.account.email;
    let mut browser = Browser::at(&world.url(""));

    let asked = browser.tries(email, PASSWORD, None).await;
    assert_eq!(asked["outcome"], "CODE_NEEDED");
    assert_eq!((&asked["accessToken"], &browser.cookie), (&Value::Null, &None));
    let wrong = browser.tries(email, "ein ganz anderes", Some(&authenticator.code(1))).await;
    assert_eq!(wrong["outcome"], "REFUSED", "who does not know the password learns nothing");
    let code = authenticator.code(1);
    let right = browser.tries(email, PASSWORD, Some(&code)).await;
    assert_eq!(right["outcome"], "SIGNED_IN", "{right}");
    assert_eq!(right["account"]["hasSecondFactor"], true);

    let again = Browser::at(&world.url("")).tries(email, PASSWORD, Some(&code)).await;
    assert_eq!(again["outcome"], "CODE_NEEDED", "no code is taken twice");
    assert_eq!(again["problems"][0]["code"], "WRONG_CODE");
}

#[tokio::test]
async fn before_the_first_code_it_asks_for_nothing() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let wrong = asks(&person, START, json!({ "password": "ein ganz anderes" })).await;
    assert_eq!(wrong["problems"][0]["code"], "WRONG_PASSWORD");
    assert_eq!(wrong["secret"], Value::Null);
    asks(&person, START, json!({ "password": PASSWORD })).await;
    let told = Browser::at(&world.url("")).tries(&person.account.email, PASSWORD, None).await;
    assert_eq!(told["outcome"], "SIGNED_IN");
}

#[tokio::test]
async fn a_code_on_paper_works_once() {
    let world = World::new().await;
    let (person, _, codes) = with_second_factor(&world).await;
    let email = &person.account.email;
    assert_eq!(codes.len(), 10);
    let shouted = codes[0].to_uppercase().replace('-', " ");
    let mut browser = Browser::at(&world.url(""));
    let told = browser.tries(email, PASSWORD, Some(&shouted)).await;
    assert_eq!(told["outcome"], "SIGNED_IN", "{told}");
    let told = browser.tries(email, PASSWORD, Some(&codes[0])).await;
    assert_eq!(told["outcome"], "CODE_NEEDED");
    let left =
        browser.asks_as().asks("{ viewer { account { recoveryCodesLeft } } }", json!({})).await;
    assert_eq!(left["viewer"]["account"]["recoveryCodesLeft"], 9);
}

#[tokio::test]
async fn it_is_turned_off_only_with_password_and_code() {
    let world = World::new().await;
    let (person, authenticator, codes) = with_second_factor(&world).await;
    let again = asks(&person, START, json!({ "password": PASSWORD })).await;
    assert_eq!(again["problems"][0]["code"], "SECOND_FACTOR_IS_ON");
    let told = asks(&person, REMOVE, json!({ "password": "falsch", "code": codes[0] })).await;
    assert_eq!(told["problems"][0]["code"], "WRONG_PASSWORD");
    let told = asks(&person, REMOVE, json!({ "password": PASSWORD, "code": "123456" })).await;
    assert_eq!(told["problems"][0]["code"], "WRONG_CODE");
    let told =
        asks(&person, REMOVE, json!({ "password": PASSWORD, "code": authenticator.code(1) })).await;
    assert_eq!(
        told["account"],
        json!({ "hasSecondFactor": false, "recoveryCodesLeft": 0 }),
        "{told}"
    );
    let told = Browser::at(&world.url("")).tries(&person.account.email, PASSWORD, None).await;
    assert_eq!(told["outcome"], "SIGNED_IN");
}

#[tokio::test]
async fn new_codes_make_the_old_ones_worthless() {
    let world = World::new().await;
    let (person, authenticator, old) = with_second_factor(&world).await;
    let told =
        asks(&person, RENEW, json!({ "password": PASSWORD, "code": authenticator.code(1) })).await;
    let new: Vec<String> = serde_json::from_value(told["recoveryCodes"].clone()).unwrap();
    let mut browser = Browser::at(&world.url(""));
    let email = &person.account.email;
    assert_eq!(browser.tries(email, PASSWORD, Some(&old[0])).await["outcome"], "CODE_NEEDED");
    assert_eq!(browser.tries(email, PASSWORD, Some(&new[0])).await["outcome"], "SIGNED_IN");
}

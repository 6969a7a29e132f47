use super::*;

fn config(variables: &[(&str, &str)]) -> Config {
    Config::from_variables(variables.iter().copied()).unwrap_or_else(|no| panic!("{no:#}"))
}

fn refusal(variables: &[(&str, &str)]) -> String {
    match Config::from_variables(variables.iter().copied()) {
        Ok(_) => panic!("{variables:?} is accepted"),
        Err(no) => format!("{no:#}"),
    }
}

fn from_file(text: &str) -> anyhow::Result<Config> {
    let mut gathered = Gathered::default();
    gathered.add_file(Path::new("koffer.toml"), text)?;
    Config::check(gathered)
}

#[test]
fn without_any_setting_it_runs_on_this_machine() {
    let config = config(&[]);

    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    assert!(config.database_url().starts_with("sqlite:///"), "{}", config.database_url());
    assert!(config.database_url().ends_with("/data/koffer.db"), "{}", config.database_url());
    assert_eq!(config.files, Place::Disk);
    assert!(config.introspection());
    assert!(config.is_for_this_machine_only());
    assert_eq!(config.entry_url("tool", "x"), None);
    assert_eq!(config.in_force().len(), Setting::ALL.len());
    assert!(config.in_force().iter().all(|shown| shown.source == Source::Default));
}

#[test]
fn every_default_that_is_a_number_is_the_gates_own() {
    let (ours, gates) = (config(&[]).limits(), Limits::default());

    assert_eq!(
        (ours.depth, ours.nodes, ours.aliases, ours.root_fields, ours.cost),
        (gates.depth, gates.nodes, gates.aliases, gates.root_fields, gates.cost)
    );
    assert_eq!(config(&[]).http().fresh, http::Settings::default().fresh);
}

#[test]
fn the_environment_counts_more_than_the_file() {
    let mut gathered = Gathered::default();
    let text = "listen = \"127.0.0.1:1\"\nlimit_depth = 7\ntrusted_proxies = [\"10.0.0.1\", \"fd00::/8\"]\nintrospection = false\n";
    gathered.add_file(Path::new("koffer.toml"), text).unwrap();
    gathered.add_environment([("KOFFER_LISTEN".into(), "127.0.0.1:2".into())].into_iter()).unwrap();
    let config = Config::check(gathered).unwrap();

    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.limits().depth, 7);
    assert!(!config.introspection());
    assert_eq!(config.trusted_proxies.len(), 2);
    let source =
        |key| &config.in_force().iter().find(|shown| shown.setting.key == key).unwrap().source;
    assert_eq!(source("listen"), &Source::Environment);
    assert_eq!(source("limit_depth"), &Source::File("koffer.toml".into()));
    assert_eq!(source("log_level"), &Source::Default);
}

#[test]
fn an_unknown_name_is_refused_with_the_one_that_was_meant() {
    assert_eq!(
        refusal(&[("KOFFER_LISTN", "x")]),
        "KOFFER_LISTN is not a setting; did you mean KOFFER_LISTEN?"
    );
    assert_eq!(
        refusal(&[("KOFFER_COLOUR_OF_THE_DOOR", "x")]),
        "KOFFER_COLOUR_OF_THE_DOOR is not a setting; remove it; `koffer doctor --help` lists all settings"
    );
    assert_eq!(
        from_file("publik_url = \"x\"").unwrap_err().to_string(),
        "`publik_url` in koffer.toml is not a setting; did you mean `public_url`?"
    );
    config(&[("KOFFER_TEST_BACKEND", "postgres"), ("HOME", "/root"), ("KOFFER_SITE_URL", "")]);
}

#[test]
fn a_wrong_value_is_named_with_its_remedy_in_one_line() {
    for (name, value, remedy) in [
        ("KOFFER_LISTEN", "localhost", "such as `127.0.0.1:8080`"),
        ("KOFFER_LISTEN", "127.0.0.1:99999", "such as `127.0.0.1:8080`"),
        ("KOFFER_PUBLIC_URL", "example.org", "begins with `https://`"),
        ("KOFFER_PUBLIC_URL", "ftp://example.org", "begins with `https://`"),
        ("KOFFER_PUBLIC_URL", "https://a:b@example.org", "leave out user and password"),
        ("KOFFER_SITE_URL", "https://example.org/", "place for the slug"),
        ("KOFFER_SITE_URL", "/{slug}", "begins with `https://`"),
        ("KOFFER_SITE_URL", "https://example.org/{slug}/{id}", "only `{kind}` and `{slug}`"),
        ("KOFFER_FILES", "cloud", "\"disk\""),
        ("KOFFER_S3_DELIVERY", "fast", "`stream` or `redirect`"),
        ("KOFFER_S3_DELIVERY", "redirect", "set KOFFER_FILES to `s3://"),
        ("KOFFER_CLAMD", "/run/clamav/clamd.ctl", "`unix:/run/clamav/clamd.ctl`"),
        ("KOFFER_TRUSTED_PROXIES", "10.0.0.1, proxy", "\"proxy\""),
        ("KOFFER_TRUSTED_PROXIES", "10.0.0.1/33", "10.0.0.1/33"),
        ("KOFFER_INTROSPECTION", "maybe", "`on` or `off`"),
        ("KOFFER_ADMIN_EMAIL", "admin", "e-mail"),
        ("KOFFER_SECRET_KEY", "short", "at least 32"),
        ("KOFFER_SMTP_URL", "http://mail.example.org", "smtps://"),
        ("KOFFER_MAIL_FROM", "koffer", "e-mail"),
        ("KOFFER_OIDC_ISSUER", "http://login.example.org", "https://"),
        ("KOFFER_OIDC_DOMAINS", "a@example.org", "not a domain"),
        ("KOFFER_LIMIT_SIGN_INS", "0", "from 1 to"),
        ("KOFFER_LOG", "xml", "`human` or `json`"),
        ("KOFFER_LOG_LEVEL", "loud", "`info`"),
        ("KOFFER_LIMIT_DEPTH", "33", "from 1 to 32"),
        ("KOFFER_LIMIT_COST", "-1", "from 1 to"),
        ("KOFFER_REQUEST_SECONDS", "0", "from 1 to 300"),
        ("KOFFER_METRICS_TOKEN", "short", "at least 32"),
        ("KOFFER_DATABASE_URL", "mysql://a", "`postgres://"),
        ("KOFFER_DATABASE_URL", "sqlite::memory:", "name a file"),
    ] {
        let line = refusal(&[(name, value)]);
        assert!(line.starts_with(name), "{line}");
        assert!(line.contains(remedy), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
    let broken = from_file("listen = \"127.0.0.1:1\"\ndata =\n").unwrap_err().to_string();
    assert!(broken.starts_with("koffer.toml, line 2: ") && !broken.contains('\n'), "{broken}");
}

#[test]
fn readers_are_sent_to_a_bucket_only_where_there_is_one() {
    let bucket = ("KOFFER_FILES", "s3://koffer/files");
    assert_eq!(config(&[bucket]).s3_delivery, Delivery::Stream);
    let redirected = config(&[bucket, ("KOFFER_S3_DELIVERY", "redirect")]);
    assert_eq!(redirected.s3_delivery, Delivery::Redirect);
}

#[test]
fn half_a_provider_of_identities_is_a_mistake() {
    let line = refusal(&[("KOFFER_OIDC_ISSUER", "https://login.example.org")]);
    assert!(line.starts_with("KOFFER_OIDC_CLIENT_ID is missing"), "{line}");
    let line = refusal(&[("KOFFER_OIDC_CLIENT_ID", "koffer")]);
    assert!(line.starts_with("KOFFER_OIDC_ISSUER is missing"), "{line}");

    let whole = config(&[
        ("KOFFER_OIDC_ISSUER", "http://127.0.0.1:9"),
        ("KOFFER_OIDC_CLIENT_ID", "koffer"),
        ("KOFFER_OIDC_DOMAINS", "Example.org, example.com"),
    ]);
    let provider = whole.identity_provider.unwrap();
    assert!(provider.vouches_for(&"a@example.org".parse().unwrap()));
    assert!(!provider.vouches_for(&"a@sub.example.org".parse().unwrap()));
    assert!(!provider.vouches_for(&"a@example.org.evil.example".parse().unwrap()));
}

#[test]
fn letters_come_from_the_host_that_people_know() {
    let from = |url: &str| config(&[("KOFFER_PUBLIC_URL", url)]).mail.from.to_string();
    assert_eq!(from("https://cms.example.org/koffer"), "koffer@cms.example.org");
    assert_eq!(from("http://127.0.0.1:8080"), "koffer@localhost");
}

#[test]
fn no_secret_is_ever_shown() {
    let token = "0123456789abcdef0123456789abcdef";
    let config = config(&[
        ("KOFFER_DATABASE_URL", "postgres://koffer:geheim@db.example/koffer?sslpassword=geheim"),
        ("KOFFER_METRICS_TOKEN", token),
    ]);

    assert!(config.metrics.token.as_ref().is_some_and(|secret| secret.is(token)));
    let shown = format!("{config:?} {}", config.database());
    assert!(!shown.contains("geheim") && !shown.contains(token), "{shown}");
    assert_eq!(config.database().to_string(), "postgres://koffer:***@db.example/koffer?***");
    assert!(config.database_url().contains("geheim"));

    let wrong = refusal(&[("KOFFER_DATABASE_URL", "mysql://koffer:geheim@db")]);
    assert!(!wrong.contains("geheim"), "{wrong}");
}

#[test]
fn a_secret_may_lie_in_a_file_but_not_in_two_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let token = "0123456789abcdef0123456789abcdef";
    std::fs::write(&path, format!("{token}\n")).unwrap();
    let path = path.to_str().unwrap();

    let config = config(&[("KOFFER_METRICS_TOKEN_FILE", path)]);
    assert!(config.metrics.token.is_some_and(|secret| secret.is(token)));

    let twice = refusal(&[("KOFFER_METRICS_TOKEN_FILE", path), ("KOFFER_METRICS_TOKEN", token)]);
    assert!(twice.contains("twice"), "{twice}");
    assert!(refusal(&[("KOFFER_METRICS_TOKEN_FILE", "/nowhere")]).contains("cannot be read"));
    assert!(refusal(&[("KOFFER_LISTEN_FILE", path)]).contains("is not a setting"));
}

#[test]
fn addresses_are_made_from_the_settings() {
    let config = config(&[
        ("KOFFER_LISTEN", "0.0.0.0:9000"),
        ("KOFFER_PUBLIC_URL", "https://cms.example.org/koffer/"),
        ("KOFFER_SITE_URL", "https://example.org/{kind}/{slug}"),
        ("KOFFER_DATA", "/srv/100% Koffer?"),
    ]);

    assert_eq!(config.public_url(), "https://cms.example.org/koffer");
    assert!(config.is_public_over_tls() && !config.is_for_this_machine_only());
    assert_eq!(
        config.entry_url("theme-field", "wohnen").unwrap(),
        "https://example.org/theme-field/wohnen"
    );
    assert_eq!(
        config.file_url(Uuid::nil(), "Bürger & Rat/1.pdf"),
        "https://cms.example.org/koffer/files/00000000-0000-0000-0000-000000000000/B%C3%BCrger%20%26%20Rat%2F1.pdf"
    );
    assert_eq!(config.database_url(), "sqlite:///srv/100%25%20Koffer%3F/koffer.db");
}

#[test]
fn the_public_address_follows_the_listener() {
    assert_eq!(config(&[("KOFFER_LISTEN", "0.0.0.0:9000")]).public_url(), "http://127.0.0.1:9000");
    assert_eq!(config(&[("KOFFER_LISTEN", "[::]:9000")]).public_url(), "http://[::1]:9000");
}

#[test]
fn a_network_holds_what_begins_alike() {
    for (network, address, held) in [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.1", "10.0.0.1", true),
        ("10.0.0.1", "10.0.0.2", false),
        ("0.0.0.0/0", "8.8.8.8", true),
        ("::/0", "fd00::1", true),
        ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe80::1", false),
        ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ("10.0.0.0/8", "fd00::1", false),
    ] {
        let found: Network = network.parse().unwrap();
        assert_eq!(found.contains(address.parse().unwrap()), held, "{network} {address}");
    }
}

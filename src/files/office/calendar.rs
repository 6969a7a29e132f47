//! Calendars as ICS: plain text whose parts begin and end in order.

use anyhow::{Context as _, Result, bail, ensure};

use super::CALENDAR;
use crate::files::plain;

/// A calendar has events in it, these have alarms; nothing lies deeper than a few steps.
const DEEPEST: usize = 8;

pub fn check(bytes: &[u8]) -> Result<()> {
    let text = plain::whole(bytes).context(CALENDAR)?;
    ensure!(plain::is_calendar(text), CALENDAR);

    let mut open: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.to_ascii_uppercase();
        match name.to_ascii_uppercase().as_str() {
            "BEGIN" => {
                ensure!(open.is_empty() == (value == "VCALENDAR"), CALENDAR);
                ensure!(open.len() < DEEPEST, CALENDAR);
                open.push(value);
            }
            "END" => ensure!(open.pop() == Some(value), CALENDAR),
            _ if open.is_empty() => bail!(CALENDAR),
            _ => {}
        }
    }
    ensure!(open.is_empty(), CALENDAR);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Bürgerforum\r\n \
        in Ulm\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn what_begins_ends_in_order() {
        assert!(check(WHOLE.as_bytes()).is_ok());
        assert!(check(format!("\u{feff}{WHOLE}{WHOLE}\r\n").as_bytes()).is_ok());
        assert!(check(WHOLE.to_lowercase().as_bytes()).is_ok());
        for broken in [
            WHOLE.replace("END:VEVENT\r\n", ""),
            WHOLE.replace("END:VCALENDAR\r\n", ""),
            WHOLE.replace("BEGIN:VEVENT\r\n", ""),
            WHOLE.replace("VEVENT", "VCALENDAR"),
            format!("{WHOLE}<script>"),
            format!("X:1\r\n{WHOLE}"),
            "BEGIN:VCALENDAR\r\n".to_owned() + &"BEGIN:VEVENT\r\n".repeat(9),
        ] {
            let said = check(broken.as_bytes()).unwrap_err().to_string();
            assert!(said.contains("BEGIN:VCALENDAR"), "{broken}");
        }
    }
}

//! Reports as text: a few styles, aligned columns, instants and spans of time in words.

use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use countersign_sigv4::AmzDate;

/// A heading, or the one thing to look at.
pub(crate) const BOLD: Style = Style::new().bold();
/// What is only there to help reading.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is not as it should be.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What deserves a second look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();

/// `text` in a style.
pub(crate) fn styled(style: Style, text: impl fmt::Display) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{style}{text}{style:#}"))
}

/// Text from elsewhere, with everything that could steer a terminal escaped.
pub(crate) fn shown(text: &str) -> String {
    let harmless = |c: char| !c.is_control() && !is_invisible(c);
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            if harmless(c) {
                out.push(c);
            } else {
                out.extend(c.escape_unicode());
            }
            out
        })
}

/// Marks that change the direction of text or take no room: what is read would not be what is there.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Writes rows as columns, each as wide as its widest cell; the first row is the heading.
///
/// # Errors
/// Whatever the output says.
pub(crate) fn columns<const N: usize>(out: &mut dyn Write, rows: &[[String; N]]) -> io::Result<()> {
    let mut widths = [0usize; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for (at, row) in rows.iter().enumerate() {
        let padded: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let line = padded.join("  ");
        let line = line.trim_end();
        match at {
            0 => writeln!(out, "{}", styled(BOLD, line))?,
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// Writes one named value; names are aligned to the longest in use.
///
/// # Errors
/// Whatever the output says.
pub(crate) fn field(out: &mut dyn Write, name: &str, value: impl fmt::Display) -> io::Result<()> {
    let padded = format!("{name:<12}");
    writeln!(out, "{} {value}", styled(DIM, padded))
}

/// An instant: `2026-11-23 12:00:00 UTC`.
pub(crate) fn instant(at: AmzDate) -> String {
    at.iso8601().replace('T', " ").replace('Z', " UTC")
}

/// A span of time in its two largest units: `6 days 23 hours`, `14 min 3 s`.
pub(crate) fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str, &str); 4] = [
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "min", "min"),
        (1, "s", "s"),
    ];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, one, many) in UNITS {
        let count = rest / size;
        rest %= size;
        match count {
            0 if parts.is_empty() => {}
            0 => break,
            1 => parts.push(format!("1 {one}")),
            _ => parts.push(format!("{count} {many}")),
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() {
        "0 s".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::{columns, shown, span};

    #[test]
    fn spans_have_at_most_two_units() {
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (843, "14 min 3 s"),
            (3_600, "1 hour"),
            (3_601, "1 hour"),
            (604_799, "6 days 23 hours"),
            (604_800, "7 days"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\r\n"), "a\\u{1b}[2Jb\\u{d}\\u{a}");
        assert_eq!(shown("invoice\u{202e}fdp.exe"), "invoice\\u{202e}fdp.exe");
        assert_eq!(shown("Grüße 東京/a b"), "Grüße 東京/a b");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "b"], ["longer", "x"]].map(|row| row.map(str::to_owned));
        let mut out = Vec::new();
        columns(&mut out, &rows).unwrap();
        let plain = anstream::adapter::strip_bytes(&out).into_vec();
        assert_eq!(String::from_utf8(plain).unwrap(), "a       b\nlonger  x\n");
    }
}

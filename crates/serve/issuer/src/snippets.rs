//! Lines to paste: the same request for a shell and for a browser.
//!
//! INVARIANT: whatever stands in a URL, a header or a field stays one word of the shell and one string of the script.

use std::fmt::Write as _;

use crate::wire::{LinkAnswer, NamedValue, Shape, Snippets};

/// Headers that browsers set by themselves and let nobody set.
const FORBIDDEN: [&str; 1] = ["content-length"];

/// The lines for a link.
pub(crate) fn of(answer: &LinkAnswer, download_name: Option<&str>) -> Snippets {
    match answer.shape {
        Shape::Form => form(answer),
        Shape::Multipart => multipart(),
        Shape::Page | Shape::Share | Shape::Url => url(answer, download_name),
    }
}

fn url(answer: &LinkAnswer, download_name: Option<&str>) -> Snippets {
    let sends = answer.method == "PUT";
    let mut curl = match answer.method.as_str() {
        "HEAD" => "curl -fsS --head".to_owned(),
        "PUT" => "curl -fsS --upload-file FILE".to_owned(),
        _ => {
            let follow = if answer.shape == Shape::Share {
                "L"
            } else {
                ""
            };
            let name = download_name.or(answer.key.rsplit('/').next());
            let name = name.filter(|name| !name.is_empty() && !name.starts_with('-'));
            format!(
                "curl -fsS{follow} -o {}",
                in_shell(name.unwrap_or("download"))
            )
        }
    };
    for header in &answer.headers {
        if !FORBIDDEN.contains(&header.name.as_str()) {
            let pair = format!("{}: {}", header.name, header.value);
            let _ = write!(curl, " -H {}", in_shell(&pair));
        }
    }
    let _ = write!(curl, " {}", in_shell(&answer.url));
    let mut options = Vec::new();
    if answer.method != "GET" {
        options.push(format!("method: {}", in_script(&answer.method)));
    }
    let headers = in_object(&answer.headers);
    if !headers.is_empty() {
        options.push(format!("headers: {{ {headers} }}"));
    }
    if sends {
        options.push("body: file".to_owned());
    }
    let fetch = if options.is_empty() {
        format!("await fetch({})", in_script(&answer.url))
    } else {
        format!(
            "await fetch({}, {{ {} }})",
            in_script(&answer.url),
            options.join(", ")
        )
    };
    Snippets { curl, fetch }
}

fn form(answer: &LinkAnswer) -> Snippets {
    let mut curl = "curl -fsS".to_owned();
    let mut fetch = "const form = new FormData();\n".to_owned();
    for field in &answer.fields {
        let pair = format!("{}={}", field.name, field.value);
        let _ = write!(curl, " --form-string {}", in_shell(&pair));
        let (name, value) = (in_script(&field.name), in_script(&field.value));
        let _ = writeln!(fetch, "form.append({name}, {value});");
    }
    let has_type = answer
        .fields
        .iter()
        .any(|field| field.name == "Content-Type");
    if !has_type {
        curl.push_str(" --form-string \"Content-Type=$TYPE\"");
        fetch.push_str("form.append(\"Content-Type\", file.type);\n");
    }
    let _ = write!(curl, " -F 'file=@FILE' {}", in_shell(&answer.url));
    let _ = write!(
        fetch,
        "form.append(\"file\", file);\nawait fetch({}, {{ method: \"POST\", body: form }})",
        in_script(&answer.url)
    );
    Snippets { curl, fetch }
}

/// Many requests do not fit into a line; there is one for each part.
fn multipart() -> Snippets {
    Snippets {
        curl: "# for each of `parts`: curl -fsS -X PUT --data-binary @PART -D - URL; then send `complete`"
            .to_owned(),
        fetch: "// for each of `parts`: await fetch(part.url, { method: \"PUT\", body: file.slice(from, to) })"
            .to_owned(),
    }
}

fn in_object(headers: &[NamedValue]) -> String {
    let settable = headers
        .iter()
        .filter(|header| !FORBIDDEN.contains(&header.name.as_str()));
    let pairs: Vec<String> = settable
        .map(|header| format!("{}: {}", in_script(&header.name), in_script(&header.value)))
        .collect();
    pairs.join(", ")
}

/// One word of a POSIX shell.
fn in_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// One string of a script, which may stand in a page as well.
fn in_script(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    quoted
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests;

//! A structure of a call: the call itself, or a member of one of its lists.
//!
//! Lists are written `Tags.member.1.Key`, `Tags.member.1.Value`, `Tags.member.2.Key`, …; an empty list is `Tags=`.
//!
//! INVARIANT: members are numbered 1, 2, 3, … without a gap. What a list has besides is refused, as leaving out a member of a
//! list of policies would widen what a session may do.

use std::collections::BTreeSet;

use crate::Fault;
use crate::form::Form;

/// The most members of a list.
pub const MOST_MEMBERS: usize = 500;

/// A view of the parameters that begin alike.
#[derive(Clone, Debug)]
pub(crate) struct Structure<'r> {
    form: &'r Form,
    /// What the names of its parameters begin with: empty, or `Tags.member.1.`.
    prefix: String,
    /// What it is called in messages: empty, or `tags.1.member.`.
    label: String,
}

impl<'r> Structure<'r> {
    pub(crate) const fn whole(form: &'r Form) -> Self {
        Self {
            form,
            prefix: String::new(),
            label: String::new(),
        }
    }

    /// What a parameter is called in AWS's messages: `roleSessionName`, `tags.1.member.key`.
    pub(crate) fn label(&self, name: &str) -> String {
        let mut label = self.label.clone();
        let mut characters = name.chars();
        label.extend(characters.next().map(|first| first.to_ascii_lowercase()));
        label.push_str(characters.as_str());
        label
    }

    /// The text of a parameter.
    ///
    /// # Errors
    /// `MalformedInput` if it is there in another case only: passed over, a session policy would be none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'r str>, Fault> {
        let full = format!("{}{name}", self.prefix);
        match self.form.value(&full) {
            Some(text) => Ok(Some(text)),
            None => self.unless_respelled(&full).map(|()| None),
        }
    }

    /// The members of a list of structures; `None` if there is no such list.
    pub(crate) fn members(&self, name: &str) -> Result<Option<Vec<Self>>, Fault> {
        let Some(count) = self.count(name)? else {
            return Ok(None);
        };
        let member = |number| Self {
            form: self.form,
            prefix: format!("{}{name}.member.{number}.", self.prefix),
            label: format!("{}.{number}.member.", self.label(name)),
        };
        let scalar = |number: &usize| {
            let full = format!("{}{name}.member.{number}", self.prefix);
            self.form.value(&full).is_some_and(|text| !text.is_empty())
        };
        if let Some(number) = (1..=count).find(scalar) {
            return Err(Fault::malformed(format!(
                "`{}{name}.member.{number}` is a structure",
                self.prefix
            )));
        }
        Ok(Some((1..=count).map(member).collect()))
    }

    /// The members of a list of texts; `None` if there is no such list.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&'r str>>, Fault> {
        let Some(count) = self.count(name)? else {
            return Ok(None);
        };
        let text = |number| {
            let full = format!("{}{name}.member.{number}", self.prefix);
            let inner = format!("{full}.");
            let text = self.form.value(&full);
            text.filter(|_| self.form.below(&inner).next().is_none())
                .ok_or_else(|| Fault::malformed(format!("`{full}` is a text")))
        };
        (1..=count).map(text).collect::<Result<_, _>>().map(Some)
    }

    /// How many members a list has; `None` if it is not there.
    fn count(&self, name: &str) -> Result<Option<usize>, Fault> {
        let full = format!("{}{name}", self.prefix);
        let list = format!("{full}.");
        let mut numbers = BTreeSet::new();
        for rest in self.form.below(&list) {
            let number = rest
                .strip_prefix("member.")
                .and_then(|rest| rest.split('.').next())
                .and_then(member_number)
                .ok_or_else(|| {
                    Fault::malformed(format!(
                        "`{list}{rest}` is no member of a list: they are `{list}member.1`, `{list}member.2`, …"
                    ))
                })?;
            numbers.insert(number);
        }
        let given = self.form.value(&full);
        if given.is_some_and(|text| !text.is_empty()) {
            return Err(Fault::malformed(format!("`{full}` is a list")));
        }
        if numbers.is_empty() && given.is_none() {
            return self.unless_respelled(&full).map(|()| None);
        }
        let count = numbers.len();
        if numbers.last().is_some_and(|&last| last != count) {
            let missing = (1..=count).find(|number| !numbers.contains(number));
            let missing = missing.unwrap_or(1);
            return Err(Fault::malformed(format!(
                "`{list}member.{missing}` is missing"
            )));
        }
        Ok(Some(count))
    }

    fn unless_respelled(&self, full: &str) -> Result<(), Fault> {
        match self.form.respelled(full) {
            None => Ok(()),
            Some(other) => Err(Fault::malformed(format!(
                "the parameter `{full}` is spelled `{other}`"
            ))),
        }
    }
}

/// A member's number as the protocol writes it: no sign, no leading zero, not above the bound.
fn member_number(text: &str) -> Option<usize> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|_| plain)?;
    (1..=MOST_MEMBERS).contains(&number).then_some(number)
}

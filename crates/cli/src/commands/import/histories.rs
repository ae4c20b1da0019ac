//! Who touched what, and when.

use std::collections::HashMap;

/// Interactions by user, in memory: 24 bytes each, and each name once.
#[derive(Debug, Default)]
pub(super) struct Histories {
    users: Names,
    items: Names,
    /// By user: time, and item.
    interactions: Vec<Vec<(f64, u32)>>,
}

/// What one user touched, in order.
#[derive(Debug, PartialEq)]
pub(super) struct History {
    pub(super) user: String,
    /// Places in the list of items.
    pub(super) items: Vec<u32>,
}

impl Histories {
    /// Notes an interaction. Those of equal times keep the order in which they were noted.
    pub(super) fn push(&mut self, user: &str, item: &str, time: f64) {
        let (user, item) = (self.users.number(user), self.items.number(item));
        if self.interactions.len() <= user as usize {
            self.interactions.push(Vec::new());
        }
        self.interactions[user as usize].push((time, item));
    }

    /// Number of users.
    pub(super) fn users(&self) -> usize {
        self.interactions.len()
    }

    /// Names of all items, and the histories of those users who have at least so many interactions, in the order in
    /// which they came up.
    pub(super) fn in_order(self, least: usize) -> (Vec<String>, Vec<History>) {
        let named = self.users.into_list().into_iter().zip(self.interactions);
        let histories =
            named.filter(|(_, interactions)| interactions.len() >= least).map(|(user, mut interactions)| {
                interactions.sort_by(|left, right| left.0.total_cmp(&right.0));
                History { user, items: interactions.into_iter().map(|(_, item)| item).collect() }
            });
        let histories = histories.collect();
        (self.items.into_list(), histories)
    }
}

/// Numbers names in the order in which they come up.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn into_list(self) -> Vec<String> {
        let mut names: Vec<(u32, String)> = self.numbers.into_iter().map(|(name, number)| (number, name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }
}

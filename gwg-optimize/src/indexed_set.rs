//! Sets of small integers in which a uniform draw takes constant time.

/// A subset of `0..n`: members in a list, and the place of each in it. Every operation takes constant time.
#[derive(Clone, Debug)]
pub(crate) struct IndexedSet {
    members: Vec<u32>,
    /// The place in `members`, or [`ABSENT`].
    places: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

impl IndexedSet {
    /// The empty subset of `0..n`.
    pub(crate) fn new(n: usize) -> Self {
        Self {
            members: Vec::new(),
            places: vec![ABSENT; n],
        }
    }

    /// The members, in an order that depends on the history.
    #[inline]
    pub(crate) fn members(&self) -> &[u32] {
        &self.members
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    #[inline]
    pub(crate) fn contains(&self, i: usize) -> bool {
        self.places[i] != ABSENT
    }

    #[inline]
    pub(crate) fn insert(&mut self, i: usize) {
        if self.places[i] == ABSENT {
            self.places[i] = self.members.len() as u32;
            self.members.push(i as u32);
        }
    }

    #[inline]
    pub(crate) fn remove(&mut self, i: usize) {
        let place = std::mem::replace(&mut self.places[i], ABSENT);
        if place == ABSENT {
            return;
        }
        // The last member takes the free place.
        if let Some(last) = self.members.pop()
            && last as usize != i
        {
            self.members[place as usize] = last;
            self.places[last as usize] = place;
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, i: usize, member: bool) {
        if member {
            self.insert(i);
        } else {
            self.remove(i);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn members_are_those_of_a_tree_set(steps in prop::collection::vec((0_usize..12, any::<bool>()), 0..80)) {
            let (mut set, mut plain) = (IndexedSet::new(12), BTreeSet::new());
            for (i, member) in steps {
                set.set(i, member);
                if member { plain.insert(i as u32); } else { plain.remove(&(i as u32)); }
                let found: BTreeSet<u32> = set.members().iter().copied().collect();
                prop_assert_eq!(&found, &plain);
                prop_assert_eq!(set.len(), plain.len());
                prop_assert_eq!(set.contains(i), member);
            }
            prop_assert_eq!(set.is_empty(), plain.is_empty());
        }
    }
}

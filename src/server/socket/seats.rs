//! How many sockets somebody may have open at once. Each process counts its own.
//!
//! Colleagues often share one address, so whoever has said who they are counts as themselves; the
//! address counts for the public, and for all who have not said anything yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

/// Of one person, or of the public at one address.
const MOST: usize = 5;

/// At one address, of those who have not said yet who they are.
const MOST_UNKNOWN: usize = 20;

/// In all, so that nobody with many addresses can take what others need.
const MOST_IN_ALL: usize = 1_000;

/// On whose account a socket is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Somebody at this address who has not said anything yet.
    Unknown(String),
    /// The public at this address.
    Public(String),
    Person(Uuid),
}

/// All that are taken.
#[derive(Debug, Default)]
pub struct Seats(Mutex<HashMap<Whose, usize>>);

/// One that is taken, until it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    whose: Whose,
}

impl Seats {
    /// One more, if there is any.
    pub fn take(seats: &Arc<Self>, whose: Whose) -> Option<Seat> {
        let most = match whose {
            Whose::Unknown(_) => MOST_UNKNOWN,
            Whose::Public(_) | Whose::Person(_) => MOST,
        };
        let mut taken = seats.taken();
        // Whoever is here already and says who they are does not come in twice.
        let is_new = matches!(whose, Whose::Unknown(_));
        if is_new && taken.values().sum::<usize>() >= MOST_IN_ALL {
            return None;
        }
        let number = taken.entry(whose.clone()).or_default();
        if *number >= most {
            return None;
        }
        *number += 1;
        drop(taken);
        Some(Seat { seats: seats.clone(), whose })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Whose, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        match taken.get_mut(&self.whose) {
            Some(number) if *number > 1 => *number -= 1,
            _ => {
                taken.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_somebody_leaves() {
        let seats = Arc::<Seats>::default();
        let whose = || Whose::Public("203.0.113.7".into());
        let mut taken: Vec<_> = (0..MOST).map(|_| Seats::take(&seats, whose()).unwrap()).collect();
        assert!(Seats::take(&seats, whose()).is_none());
        assert!(Seats::take(&seats, Whose::Public("203.0.113.8".into())).is_some());
        taken.pop();
        assert!(Seats::take(&seats, whose()).is_some());
        drop(taken);
        assert!(seats.taken().is_empty());
    }
}

//! What became of one item: what was open of it at the end of each day on which that changed.

/// The amounts of an item, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) own: i64,
    /// In the base currency, where there is a rate.
    pub(super) base: Option<i64>,
}

/// A change of what is open, in thousandths, and on which day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) day: i32,
    pub(super) change: i64,
    pub(super) means: Means,
}

/// By what an item changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// A receipt lowered a debit item.
    Receipt,
    /// A discount lowered a debit item.
    Discount,
    /// A claim was booked again elsewhere, or went to the factor.
    Move,
    /// Anything else.
    Other,
}

/// A day on which what is open changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) day: i32,
    pub(super) before: i64,
    pub(super) after: i64,
    /// Part of the change: booked again elsewhere.
    pub(super) moved: i64,
}

/// An item's course.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) steps: Vec<Step>,
    /// It only went down to 0, and what was open never changed sides.
    pub(super) is_even: bool,
    /// Its last step, if any, settled it: there is neither a discount of another day nor a last rest within the tolerance.
    pub(super) is_plain: bool,
    /// The day on which nothing was left, if that is so at the end.
    pub(super) closed: Option<i32>,
    /// A receipt acted on that day.
    pub(super) is_cash: bool,
}

impl Course {
    /// Follows an item from the day it was posted; `events` are in the order of the days, none before it.
    /// A rest of up to `tolerance` counts as settled.
    pub(super) fn follow(&mut self, amount: i64, posted: i32, events: &[Event], tolerance: i64) {
        self.steps.clear();
        self.is_even = true;
        let mut has_late_discount = false;
        let mut open = 0;
        let mut change = amount;
        let mut day = posted;
        let mut rest = events;
        loop {
            let count = rest.iter().take_while(|event| event.day <= day).count();
            let (of_day, later) = rest.split_at(count);
            change += of_day.iter().map(|event| event.change).sum::<i64>();
            let has = |means: Means| of_day.iter().any(|event| event.means == means);
            has_late_discount |= has(Means::Discount) && !has(Means::Receipt);
            let cash: i64 = of_day.iter().filter(|event| event.means == Means::Receipt).map(|event| event.change).sum();
            // what a receipt had settled, something else settles from now on: that it was closed by cash no longer holds
            self.is_even &= change != 0 || cash == 0 || cash.signum() != amount.signum();
            if change != 0 || day == posted {
                let of_moves = of_day.iter().filter(|event| event.means == Means::Move);
                let moved = of_moves.map(|event| event.change).sum();
                let step = Step { day, before: open, after: open + change, moved };
                let limit = if day == posted { amount } else { open };
                self.is_even &= is_between(step.after, limit);
                open = step.after;
                self.steps.push(step);
            }
            rest = later;
            change = 0;
            match rest.first() {
                Some(event) => day = event.day,
                None => break,
            }
        }
        let last = self.steps.last().map_or(posted, |step| step.day);
        self.closed = (open == 0).then_some(last);
        self.is_cash =
            events.iter().any(|event| event.means == Means::Receipt && event.change < 0 && event.day == last);
        let rest = self.steps.last().map_or(amount, |step| if step.after == 0 { step.before } else { step.after });
        let is_small_rest = rest != 0 && rest.abs() <= tolerance;
        self.is_plain = !has_late_discount && !is_small_rest;
    }
}

/// Whether an amount lies between 0 and a limit, both included.
const fn is_between(amount: i64, limit: i64) -> bool {
    if limit >= 0 { amount >= 0 && amount <= limit } else { amount <= 0 && amount >= limit }
}

impl Amounts {
    /// Nothing in its own currency, something in that of the books: a revaluation, open until the books take it back.
    pub(super) fn is_revaluation(self) -> bool {
        self.own == 0 && self.base.is_some_and(|base| base != 0)
    }

    /// The customer owes it.
    pub(super) fn is_debit(self) -> bool {
        if self.own == 0 { self.base.is_some_and(|base| base > 0) } else { self.own > 0 }
    }

    /// An amount of the item in the base currency, half up to the smallest amount of that, as queries convert what is open.
    pub(super) fn in_base(self, amount: i64, smallest: i64) -> Option<i64> {
        let base = self.base?;
        if self.own == base {
            return Some(amount);
        }
        if self.own == 0 {
            return None;
        }
        let wide = i128::from(amount) * i128::from(base);
        let unit = i128::from(self.own) * i128::from(smallest);
        let half_up = (2 * wide.abs() + unit.abs()) / (2 * unit.abs()) * i128::from(smallest);
        i64::try_from(half_up * wide.signum() * unit.signum()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(amount: i64, events: &[(i32, i64)]) -> Course {
        let events: Vec<Event> =
            events.iter().map(|(day, change)| Event { day: *day, change: *change, means: Means::Receipt }).collect();
        let mut course = Course::default();
        course.follow(amount, 10, &events, 0);
        course
    }

    fn steps(course: &Course) -> Vec<(i32, i64, i64)> {
        course.steps.iter().map(|step| (step.day, step.before, step.after)).collect()
    }

    #[test]
    fn an_item_paid_in_parts_is_even_and_closed_by_the_last() {
        let course = followed(100, &[(20, -40), (20, -10), (30, -50), (31, 5), (31, -5)]);
        assert_eq!(steps(&course), [(10, 0, 100), (20, 100, 50), (30, 50, 0)]);
        assert_eq!((course.is_even, course.closed, course.is_cash), (true, Some(30), true));
        let open = followed(100, &[(20, -40)]);
        assert_eq!((open.is_even, open.closed), (true, None));
    }

    #[test]
    fn what_is_paid_on_the_day_it_is_posted_has_a_step_that_changes_nothing() {
        let course = followed(100, &[(10, -100)]);
        assert_eq!(steps(&course), [(10, 0, 0)]);
        assert_eq!((course.is_even, course.closed, course.is_cash), (true, Some(10), true));
    }

    #[test]
    fn a_small_rest_or_a_discount_of_another_day_is_not_plain() {
        let is_plain = |events: &[(i32, i64, Means)]| {
            let events: Vec<Event> =
                events.iter().map(|(day, change, means)| Event { day: *day, change: *change, means: *means }).collect();
            let mut course = Course::default();
            course.follow(1000, 10, &events, 5);
            course.is_plain
        };
        let (receipt, discount) = (Means::Receipt, Means::Discount);
        assert!(is_plain(&[(20, -1000, receipt)]) && is_plain(&[(20, -400, receipt)]) && is_plain(&[]));
        assert!(is_plain(&[(20, -980, receipt), (20, -20, discount)]));
        assert!(!is_plain(&[(20, -999, receipt)]) && !is_plain(&[(20, -995, receipt), (30, -5, Means::Other)]));
        assert!(!is_plain(&[(20, -980, receipt), (25, -20, discount)]));
    }

    #[test]
    fn a_reopened_or_overpaid_item_is_uneven() {
        let reopened = followed(100, &[(20, -100), (30, 100), (40, -100)]);
        assert_eq!((reopened.is_even, reopened.closed), (false, Some(40)));
        assert!(!followed(100, &[(20, -120), (30, 20)]).is_even);
        assert!(!followed(100, &[(20, -40), (30, 10)]).is_even);
        // a credit, the other way round
        assert!(followed(-100, &[(20, 60), (30, 40)]).is_even);
        assert!(!followed(-100, &[(20, 60), (30, 50)]).is_even);
    }

    #[test]
    fn an_item_whose_receipt_something_else_replaces_is_uneven() {
        let is_even = |means: Means| {
            let change = |day, change, means| Event { day, change, means };
            let events = [change(20, -100, Means::Receipt), change(30, 100, Means::Receipt), change(30, -100, means)];
            let mut course = Course::default();
            course.follow(100, 10, &events, 0);
            course.is_even
        };
        assert!(!is_even(Means::Move) && !is_even(Means::Other));
        assert!(is_even(Means::Receipt), "one receipt for another is cash as before");
    }

    #[test]
    fn an_amount_in_base_currency_is_rounded_half_up() {
        let amounts = Amounts { own: 300, base: Some(100) };
        assert_eq!([1, 2, 150, -150, -2].map(|own| amounts.in_base(own, 1)), [0, 1, 50, -50, -1].map(Some));
        assert_eq!(Amounts { own: 4, base: Some(2) }.in_base(1, 1), Some(1));
        assert_eq!(Amounts { own: 4, base: None }.in_base(1, 1), None);
        // to the cent
        assert_eq!(
            [1_000, 1_020, -1_030].map(|own| Amounts { own: 2_000, base: Some(1_000) }.in_base(own, 10)),
            [500, 510, -520].map(Some)
        );
    }
}

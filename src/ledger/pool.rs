//! Credits a year's letters leave over settle items of the year before (FEC.md 8 and 9).

use std::collections::VecDeque;

use super::lettering::{Pair, Part, oldest_first};

/// A debit item of earlier that credits in excess may settle.
#[derive(Clone, Debug)]
pub(super) struct Earlier<'a> {
    pub part: Part,
    pub reference: Option<&'a str>,
}

/// A credit in excess.
#[derive(Clone, Debug)]
pub(super) struct Excess<'a> {
    pub part: Part,
    pub reference: Option<&'a str>,
}

/// Same reference and amount first, then same amount, then oldest first. Both lists oldest first.
pub(super) fn settle_earlier(earlier: &[Earlier<'_>], excess: &[Excess<'_>]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut is_settled = vec![false; earlier.len()];
    let mut is_used = vec![false; excess.len()];
    for must_share_reference in [true, false] {
        for (position, credit) in excess.iter().enumerate().filter(|(_, credit)| credit.part.amount > 0) {
            if is_used[position] {
                continue;
            }
            let found = earlier.iter().enumerate().position(|(index, debit)| {
                !is_settled[index]
                    && debit.part.amount == credit.part.amount
                    && (!must_share_reference || (debit.reference.is_some() && debit.reference == credit.reference))
            });
            if let Some(index) = found {
                is_settled[index] = true;
                is_used[position] = true;
                let amount = credit.part.amount;
                pairs.push(Pair { debit: earlier[index].part.item, credit: credit.part.item, amount });
            }
        }
    }
    let rest = |is_taken: &[bool], parts: Vec<Part>| -> VecDeque<Part> {
        let free = parts.into_iter().zip(is_taken).filter(|(part, is_taken)| !**is_taken && part.amount > 0);
        free.map(|(part, _)| part).collect()
    };
    let mut debits = rest(&is_settled, earlier.iter().map(|debit| debit.part).collect());
    let mut credits = rest(&is_used, excess.iter().map(|credit| credit.part).collect());
    oldest_first(&mut debits, &mut credits, &mut pairs);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earlier(item: usize, amount: i64, reference: &str) -> Earlier<'_> {
        Earlier { part: Part { item, amount }, reference: Some(reference) }
    }

    fn excess(item: usize, amount: i64, reference: &str) -> Excess<'_> {
        Excess { part: Part { item, amount }, reference: Some(reference) }
    }

    fn pairs(earlier: &[Earlier<'_>], excess: &[Excess<'_>]) -> Vec<(usize, usize, i64)> {
        settle_earlier(earlier, excess).iter().map(|pair| (pair.debit, pair.credit, pair.amount)).collect()
    }

    #[test]
    fn the_reference_decides_between_equal_amounts() {
        let open = [earlier(0, 100, "F1"), earlier(1, 100, "F2")];
        assert_eq!(pairs(&open, &[excess(9, 100, "F2")]), [(1, 9, 100)]);
    }

    #[test]
    fn an_equal_amount_comes_before_age_and_the_rest_is_oldest_first() {
        let open = [earlier(0, 70, "F1"), earlier(1, 100, "F2")];
        assert_eq!(pairs(&open, &[excess(9, 100, "R1")]), [(1, 9, 100)]);
        assert_eq!(pairs(&open, &[excess(9, 120, "R1")]), [(0, 9, 70), (1, 9, 50)]);
    }

    #[test]
    fn what_nothing_is_left_for_stays_an_open_credit() {
        assert_eq!(pairs(&[earlier(0, 10, "F1")], &[excess(9, 25, "R1")]), [(0, 9, 10)]);
    }
}

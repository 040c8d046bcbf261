-- late_payment_penalties: interest and recovery fees that a customer owes for paying late (C. com.
-- L.441-10 II, D.441-5; public bodies: C. com. publique L.2192-13, R.2192-31 to 36).
--
-- grain:   one claim paid late and interval of one open amount and one rate
-- key:     company_id, item_id, overdue_from_date
-- source:  penalty_spans, late_claims, chosen_penalties, penalty_terms
-- params:  $currency text
-- columns:
--   item_id                   text   the claim: invoice, opening with a due date, or transfer
--   company_id                text   whose receivable it is
--   customer_id               text   who owes
--   customer_name             text   its name, or its identifier where it has none
--   reference                 text   number of the document, or else the item's identifier
--   due_date                  date   contractual or derived
--   due_is_derived            flag   the due date comes from terms, not from the source
--   overdue_from_date         date   first day of the interval
--   to_date                   date   last one: day of a payment, end of a half-year, or $as_of
--   day_count                 int    days, both included
--   overdue_amount            money  overdue on each of them, VAT included
--   rate_ratio                ratio  yearly rate; null where penalty_rates lacks the half-year
--   rate_code                 text   contract, company (ECB + 10), public_body (ECB + 8), missing
--   rate_date                 date   day whose ECB rate holds; null for a contract's
--   interest_amount           money  amount × rate × days / 365; null without a rate
--   disputed_interest_amount  money  of it on what is disputed on $as_of: due if we are right
--   recovery_fee_amount       money  on the first interval, else 0; null in another currency
--   currency_code             text   the item's own currency; amounts are in the answer's
--   claim_code                text   claimed, waived, invoiced; insolvent; undecided
--   decider_name              text   who decided
--   decided_date              date   when

-- Listed are the claims late on $as_of, and those whose last payment came late in the twelve months
-- before (settled_days of penalty_terms).
-- Interest runs without reminder from the day after the due date to the day of payment, both
-- included; late_payments says which day that is. A shortfall within the settlement tolerance on
-- the due date is no late payment: it bears neither interest nor fee.
-- A dispute suspends nothing. What it wins comes off by credit note, from the first day; until
-- then the interest on its part is shown apart, and not to be asked for.
-- A transfer goes on with the claim it replaced: it bears no second fee.
-- Insolvency proceedings stop interest (C. com. L.622-28) on a day that no table holds: what is to
-- be declared is the answer as of the day of the judgment.
-- Each row is what has run up by its end less what had before, each rounded once: rows sum to the
-- whole, and a row is a cent off its own product at most.
select
    late_claims.item_id,
    late_claims.company_id,
    late_claims.customer_id,
    late_claims.customer_name,
    coalesce(late_claims.reference, late_claims.item_id) as reference,
    late_claims.due_date,
    late_claims.due_is_derived,
    penalty_spans.from_date as overdue_from_date,
    penalty_spans.to_date,
    penalty_spans.day_count,
    penalty_spans.overdue_amount,
    penalty_spans.rate_ratio,
    case
        when penalty_spans.contract_ratio is not null then 'contract'
        when penalty_spans.rate_ratio is null then 'missing'
        else penalty_spans.debtor_code
    end as rate_code,
    penalty_spans.rate_date,
    case
        when penalty_spans.rate_ratio is not null
            then penalty_spans.interest_amount
    end as interest_amount,
    case
        when penalty_spans.rate_ratio is not null
            then penalty_spans.disputed_interest_amount
    end as disputed_interest_amount,
    case
        when
            $currency is not null
            and $currency <> 'XXX'
            and $currency <> penalty_terms.currency_code
            then null
        when not penalty_spans.is_first or late_claims.is_moved then cast(0 as decimal(21, 3))
        else cast(penalty_terms.recovery_fee_amount as decimal(21, 3))
    end as recovery_fee_amount,
    late_claims.currency_code,
    case
        when chosen_penalties.claim_code in ('waived', 'invoiced') then chosen_penalties.claim_code
        when late_claims.is_insolvent then 'insolvent'
        else coalesce(chosen_penalties.claim_code, 'undecided')
    end as claim_code,
    chosen_penalties.decider_name,
    chosen_penalties.decided_date
from penalty_spans
inner join late_claims on penalty_spans.item_number = late_claims.item_number
inner join penalty_terms on late_claims.debtor_code = penalty_terms.debtor_code
left join chosen_penalties on penalty_spans.item_number = chosen_penalties.item_number
order by
    late_claims.customer_id,
    late_claims.due_date,
    late_claims.item_id,
    late_claims.company_id,
    penalty_spans.from_date

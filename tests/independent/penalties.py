#!/usr/bin/env python3
"""Late-payment penalties of a lake, computed once more day by day from its items, allocations, customers and disputes alone.

    penalties.py ENCOURS LAKE DAY… [--currency CODE]…      prints what differs from the program's answer; the status is 1 where anything does

Run it in the folder whose encours.toml names the queries and reference data; the reference files are read from the folders that
REFERENCE names (default ./reference, the later winning). Nothing of the program's queries is used: each day of each claim has what is
open on it, its rate and its interest; intervals are runs of days with one amount and one rate. Numbers are exact fractions.
"""
import csv
import datetime
import decimal
import io
import os
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

CLAIMS = {"invoice", "opening", "transfer"}
ONE = datetime.timedelta(days=1)
day = datetime.date.fromisoformat


def asked(program, lake, *words):
    out = subprocess.run([program, "query", "--lake", lake, "--quiet", "--output", "csv", *words], capture_output=True, text=True)
    if out.returncode == 2:
        sys.exit(out.stderr)
    return list(csv.DictReader(io.StringIO(out.stdout)))


def reference(name):
    found = None
    for folder in os.environ.get("REFERENCE", "reference").split(":"):
        path = os.path.join(folder, name + ".csv")
        if os.path.exists(path):
            with open(path, newline="") as file:
                found = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return found


def half_up(number, places):
    """A fraction as an amount: half away from zero."""
    scaled = abs(number) * 10 ** places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if number >= 0 else -whole).scaleb(-places)


def half_year(when):
    return datetime.date(when.year, 7 if when.month > 6 else 1, 1)


class Rules:
    def __init__(self):
        self.rates = {day(row["from_date"]): Fraction(row["rate_ratio"]) for row in reference("penalty_rates")}
        self.terms = {row["debtor_code"]: row for row in reference("penalty_terms")}
        self.corrections = {row["kind"] for row in reference("penalty_settlements") if row["is_correction"] == "true"}
        self.choices = reference("penalty_choices")
        self.tolerance_amount, self.tolerance_ratio = Decimal("1.00"), Decimal("0.005")

    def chosen(self, item, until, column):
        """The line that decides a column: item, customer, company, all; of these the latest."""
        best = None
        for row in self.choices:
            if not row[column] or (row["decided_date"] and day(row["decided_date"]) > until):
                continue
            if any(row[name] and row[name] != item[name] for name in ("company_id", "customer_id", "item_id")):
                continue
            rank = 3 if row["item_id"] else 2 if row["customer_id"] else 1 if row["company_id"] else 0
            if column == "rate_ratio" and item["debtor"] == "public_body" and rank < 2:
                continue
            place = (rank, row["decided_date"] or "0000-00-00", bool(row["company_id"]))
            if best is None or place > best[0]:
                best = (place, row)
        return best and best[1]


def claims(rules, tables, until, currency):
    """Claims posted by the day, with what was set against them: amounts by day, corrections apart."""
    items = {(row["company_id"], row["item_id"]): row for row in tables["items"] if currency in (None, row["currency_code"])}
    known = {}
    for key, row in items.items():
        posted = day(row["posted_date"] or row["issued_date"])
        if posted <= until:
            known[key] = dict(row, posted=posted, issued=day(row["issued_date"]))
    middles = {}
    lists = defaultdict(list)
    for row in tables["lists"]:
        if day(row["list_date"]) <= until:
            lists[row["company_id"]].append(day(row["list_date"]))
    for company, days in lists.items():
        days.sort()
        for before, after in zip(days, days[1:]):
            middles[company, before + datetime.timedelta(days=((after - before).days + 1) // 2)] = before
    paid, corrected = defaultdict(lambda: defaultdict(Decimal)), defaultdict(Decimal)
    for row in tables["allocations"]:
        debit, credit = ((row["company_id"], row[side]) for side in ("debit_item_id", "credit_item_id"))
        if debit not in known or credit not in known:
            continue
        met = max(known[debit]["posted"], known[credit]["posted"])
        if max(day(row["allocated_date"]), met) > until:
            continue
        if known[credit]["kind"] in rules.corrections:
            corrected[debit] += Decimal(row["amount"])
        else:
            paid[debit][middles.get((debit[0], met), met)] += Decimal(row["amount"])
    customers = {(row["company_id"], row["customer_id"]): row for row in tables["customers"]}
    for key, item in known.items():
        if item["kind"] not in CLAIMS or Decimal(item["amount"]) <= 0 or not item["due_date"]:
            continue
        customer = customers.get((item["company_id"], item["customer_id"]), {})
        item["debtor"] = "public_body" if customer.get("is_public_body") == "true" else "company"
        item["insolvent"] = customer.get("status_code") == "insolvent"
        due = day(item["due_date"])
        began = (max(due, item["issued"]) if item["kind"] == "invoice" else due) + ONE
        first = max(due, item["posted"]) + ONE if item["kind"] == "transfer" else began
        yield key, item, began, first, corrected[key], paid[key]


def disputed(tables, until, currency):
    """What is contested on the day, by item: None for the whole of it."""
    names = defaultdict(list)
    posted = [row for row in tables["items"] if currency in (None, row["currency_code"]) and day(row["posted_date"] or row["issued_date"]) <= until]
    ids = {(row["company_id"], row["item_id"]): row for row in posted}
    for row in posted:
        if row["reference"] and Decimal(row["amount"]) > 0:
            names[row["company_id"], row["reference"]].append(row)
    held = defaultdict(list)
    for row in tables["disputes"]:
        if row["opened_date"] and day(row["opened_date"]) > until or row["closed_date"] and day(row["closed_date"]) <= until:
            continue
        found = ids.get((row["company_id"], row["item_id"]))
        found = [found] if found else names[row["company_id"], row["item_id"]]
        rest = row["disputed_amount"] and Decimal(row["disputed_amount"])
        for item in sorted(found, key=lambda item: (item["posted_date"], item["due_date"] or "9999", item["item_id"])):
            if Decimal(item["amount"]) <= 0:
                continue
            part = None if rest == "" else max(min(Decimal(item["amount"]), rest), Decimal(0))
            held[item["company_id"], item["item_id"]].append(part)
            rest = rest if rest == "" else rest - part
    return {key: None if None in parts else sum(parts) for key, parts in held.items()}


def rows_of(rules, tables, until, currency):
    places = 2 if currency is None else {"JPY": 0, "TND": 3}.get(currency, 2)
    contested = disputed(tables, until, currency)
    for key, item, began, first, corrected, paid in claims(rules, tables, until, currency):
        if first > until:
            continue
        amount, terms = Decimal(item["amount"]), rules.terms[item["debtor"]]
        tolerance = 0 if amount <= rules.tolerance_amount else max(rules.tolerance_amount, (amount * rules.tolerance_ratio).quantize(Decimal("0.001"), decimal.ROUND_DOWN))
        early = {when for when in paid if when < first or when <= item["posted"]}
        left = amount - corrected - sum(paid[when] for when in early)
        if left <= tolerance:
            continue
        contract = rules.chosen(item, until, "rate_ratio")
        frozen = contract or terms["is_frozen"] == "true"

        def told(number):
            return number if currency or item["amount"] == item["base_amount"] else half_up(Fraction(number) * Fraction(item["base_amount"]) / Fraction(amount), places)

        open_now = amount - corrected - sum(paid.values())
        part = contested.get(key, Decimal(0))
        part = told(max(min(open_now, open_now if part is None else part), Decimal(0)))
        runs, when = [], first
        while when <= until:
            since = half_year(began if frozen else when)
            rate = Fraction(contract["rate_ratio"]) if contract else rules.rates[since] + Fraction(terms["points_ratio"]) if since in rules.rates else None
            if left > 0:
                state = (left, None if contract else since, rate)
                if runs and runs[-1][0] == state and runs[-1][2] + ONE == when:
                    runs[-1][2] = when
                else:
                    runs.append([state, when, when])
            if when not in early:
                left -= paid.get(when, Decimal(0))
            when += ONE
        last = until if open_now > 0 else max((when for when, part_paid in paid.items() if part_paid), default=first)
        if not runs or (until - last).days >= int(terms["settled_days"]):
            continue
        total, total_part, before, before_part = Fraction(0), Fraction(0), Decimal(0), Decimal(0)
        choice = rules.chosen(item, until, "claim_code")
        code = choice["claim_code"] if choice and choice["claim_code"] in ("waived", "invoiced") else "insolvent" if item["insolvent"] else choice["claim_code"] if choice else "undecided"
        for place, ((left_then, since, rate), start, end) in enumerate(runs):
            days = (end - start).days + 1
            base = told(left_then)
            one_day = Fraction(rate or 0) / int(terms["year_days"])
            for _ in range(days):
                total += Fraction(base) * one_day
                total_part += Fraction(min(base, part)) * one_day
            sums = half_up(total, places), half_up(total_part, places)
            moved = item["kind"] == "transfer" and day(item["due_date"]) < item["posted"]
            fee = Decimal(0) if place or moved else Decimal(terms["recovery_fee_amount"])
            yield (item["company_id"], item["item_id"], start.isoformat()), {
                "customer_id": item["customer_id"], "to_date": end.isoformat(), "day_count": str(days), "overdue_amount": base,
                "rate_ratio": "" if rate is None else Decimal(rate.numerator) / rate.denominator, "rate_date": since.isoformat() if since else "",
                "interest_amount": "" if rate is None else sums[0] - before, "disputed_interest_amount": "" if rate is None else sums[1] - before_part,
                "recovery_fee_amount": fee if currency in (None, "EUR", "XXX") else "", "claim_code": code, "decider_name": choice["decider_name"] if choice else ""}
            before, before_part = sums


def main():
    words, currencies = sys.argv[1:], [None]
    while "--currency" in words:
        place = words.index("--currency")
        currencies.append(words[place + 1])
        del words[place:place + 2]
    program, lake, *days = words
    rules, tables = Rules(), {"lists": []}
    for name, columns in (("items", "company_id, item_id, customer_id, kind, issued_date, posted_date, due_date, currency_code, amount, base_amount, reference"),
                          ("allocations", "company_id, debit_item_id, credit_item_id, allocated_date, amount"),
                          ("customers", "company_id, customer_id, is_public_body, status_code"),
                          ("disputes", "company_id, item_id, opened_date, closed_date, disputed_amount")):
        tables[name] = asked(program, lake, "--as-of", days[0], "--sql", f"select {columns} from {name}")
    tables["lists"] = asked(program, lake, "--as-of", days[0], "--sql", "select distinct company_id, list_date from item_lists")
    failed = False
    for text in days:
        for currency in currencies:
            more = ["--currency", currency] if currency else []
            answers = {(row["company_id"], row["item_id"], row["overdue_from_date"]): row for row in asked(program, lake, "late_payment_penalties", "--as-of", text, *more)}
            wanted = dict(rows_of(rules, tables, day(text), currency))
            figures = wrong = 0
            sums = defaultdict(Decimal)
            for key in sorted(answers.keys() | wanted.keys()):
                if key not in answers or key not in wanted:
                    figures, wrong = figures + 1, wrong + 1
                    print(text, "only", "the program" if key in answers else "here", key, answers.get(key) or wanted.get(key))
                    continue
                for column, value in wanted[key].items():
                    found = answers[key][column]
                    figures += 1
                    same = found == value if isinstance(value, str) else found != "" and Decimal(found) == value
                    if isinstance(value, Decimal) and column.endswith("_amount"):
                        sums[column] += value
                    if not same:
                        wrong += 1
                        print(text, key, column, "program", found, "here", value)
            failed |= wrong > 0
            print(f"{text} {currency or 'base':4}: {len(wanted)} intervals of {len({key[:2] for key in wanted})} claims, {figures} figures compared, {wrong} differ;",
                  f"interest {sums['interest_amount']} (disputed {sums['disputed_interest_amount']}), fees {sums['recovery_fee_amount']}")
    sys.exit(failed)


main()

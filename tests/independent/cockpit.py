#!/usr/bin/env python3
"""What the controller's and the treasurer's page say beside their headlines, computed once more from a lake's items, allocations and
customers alone: the way from the overdue to the aged debt, customers over their limit and since when, targets, sales to come with their range.

    cockpit.py ENCOURS LAKE DAY…       prints what differs from the program's answers; the status is 1 where anything does

Targets and planned sales are read from the folder that REFERENCE names.
"""
import calendar
import csv
import datetime
import math
import os
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from claims import Books, asked, day, half_up, months_back


def reference(name):
    with open(os.path.join(os.environ["REFERENCE"], name + ".csv"), newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def month_end(when):
    return when.replace(day=calendar.monthrange(when.year, when.month)[1])


def bridge(books):
    """Past due by more than 0, 60 and 90 days: debit items, then what open credits of the same ages take off."""
    debit, net = [Decimal(0)] * 3, [Decimal(0)] * 3
    for key, item in books.items.items():
        late = (books.until - item["due"]).days if item["due"] else 0
        left = books.told(key, books.open(key))
        is_debit = item["amount"] > 0 or item["amount"] == 0 and item["base"] > 0
        for place, more in enumerate((0, 60, 90)):
            if late > more:
                net[place] += left
                debit[place] += left if is_debit else 0
    return {"debit_items": debit, "credits": [one - other for one, other in zip(net, debit)], "net": net}


def limits(books, customers):
    """Customers that owe more than their limit, how much more, and since which day without a break."""
    moved = defaultdict(lambda: defaultdict(Decimal))
    for key, item in books.items.items():
        moved[item["company_id"], item["customer_id"]][item["posted"]] += books.told(key, item["amount"])
    for row in customers:
        owed, since = Decimal(0), None
        if not row["credit_limit_amount"]:
            continue
        limit = Decimal(row["credit_limit_amount"])
        for when, amount in sorted(moved[row["company_id"], row["customer_id"]].items()):
            owed += amount
            since = None if owed <= limit else since or when
        if since:
            yield (row["company_id"], row["customer_id"]), (owed - limit, since)


def receipts(books, customers):
    """What came in by month and collector; `*` for all."""
    collectors = {(row["company_id"], row["customer_id"]): row["collector_id"] or "team" for row in customers}
    came = defaultdict(Decimal)
    for key, item in books.items.items():
        if item["kind"] in ("receipt", "returned_receipt"):
            collector = collectors.get((item["company_id"], item["customer_id"]), "team")
            for who in ("*", collector):
                came[month_end(item["posted"]), who] -= books.told(key, item["amount"])
    return came


def month_of(when):
    return when.year * 12 + when.month - 1


class Sales:
    """Sales of months gone by, and what the same months of the years before say of others."""

    def __init__(self, books):
        self.by_day, self.by_month = defaultdict(Fraction), defaultdict(Fraction)
        for key, item in books.items.items():
            if item["kind"] in ("invoice", "credit_note") and item["issued"] <= books.until:
                self.by_day[item["issued"]] += Fraction(books.told(key, item["amount"]))
        for when, amount in self.by_day.items():
            self.by_month[month_of(when)] += amount
        begun = min(item["posted"] for item in books.items.values())
        self.first = month_of(begun) + (begun.day > 7)
        self.last = month_of(books.until + datetime.timedelta(days=1)) - 1

    def like_last_years(self, month, last):
        """Sales of the twelve months to `last` × the mean share that the month had of its twelve."""
        years = min(3, (last - self.first + 1) // 12)
        sums = [sum(self.by_month[last - 12 * year - back] for back in range(12)) for year in range(years)]
        shares = [self.by_month[like] / whole for year, whole in enumerate(sums) for like in range(last - 12 * year - 11, last - 12 * year + 1)
                  if like % 12 == month % 12]
        return sums[0] * sum(shares) / years if years else None

    def plans(self):
        """Month, plan and amount of the months to come, and how far such plans were off."""
        lines = reference("planned_sales")
        assert all(row["segment_code"] == "*" for row in lines), "the plan of this test is one of the whole company"
        own = {month_of(day(row["month_end_date"])): row["planned_amount"] for row in lines if row["month_end_date"]}
        told = {month: amount for month, amount in own.items() if month > self.last}
        for row in lines:
            if not row["month_end_date"]:
                told |= {month: row["planned_amount"] for month in range(self.last + 1, self.last + 26) if month not in own}
        tried = {"planned": {month: Fraction(amount) for month, amount in own.items() if amount}, "last_years": {}}
        for month in range(self.last - 11, self.last + 1):
            expected = self.like_last_years(month, month - 1)
            if expected:
                tried["last_years"][month] = expected
        errors = {}
        for code, expected in tried.items():
            misses = [(self.by_month[month] / amount - 1) ** 2 for month, amount in expected.items() if self.last - 12 < month <= self.last]
            if len(misses) >= 6:
                errors[code] = math.sqrt(sum(misses) / len(misses))
        for month, amount in sorted(told.items()):
            code = "planned" if amount else "last_years"
            amount = Fraction(amount) if amount else self.like_last_years(month, self.last)
            if amount is not None:
                yield month, code, amount, errors.get(code, errors.get("last_years"))


def planned(books):
    """Receipts of sales to come by day, and of them the part that plans may be off: a month's sales evenly over its days to come,
    each paid as invoices of a year were; and how far such delays were off, by week ahead."""
    paid, actual = defaultdict(Decimal), defaultdict(Fraction)
    for key, item in books.items.items():
        found = books.settlement(key) if item["amount"] > 0 else None
        if found and found[1] and found[0] >= item["issued"]:
            amount = books.told(key, item["amount"])
            if months_back(books.until, 12) < found[0]:
                paid[(found[0] - item["issued"]).days] += amount
            if (books.until - item["issued"]).days < 273:
                actual[(books.until - item["issued"]).days // 7, (books.until - found[0]).days // 7] += Fraction(amount)
    whole = Fraction(sum(paid.values()))
    shares = {lag: Fraction(amount) / whole for lag, amount in paid.items()}
    sales, days, off = Sales(books), defaultdict(Fraction), defaultdict(float)
    for month, _, amount, error in sales.plans():
        end = month_end(datetime.date(month // 12, month % 12 + 1, 1))
        sale = max(end.replace(day=1), books.until + datetime.timedelta(days=1))
        of_day = Fraction(half_up(Decimal(amount.numerator) / Decimal(amount.denominator), 2)) / end.day
        while sale <= end and (sale - books.until).days <= 100:
            for lag, share in shares.items():
                days[sale + datetime.timedelta(days=lag)] += of_day * share
                off[sale + datetime.timedelta(days=lag)] += float(of_day * share) * (math.nan if error is None else error)
            sale += datetime.timedelta(days=1)
    expected = defaultdict(float)
    for when, amount in sales.by_day.items():
        age = (books.until - when).days
        if age < 273:
            for lag, share in shares.items():
                if lag <= age:
                    expected[age // 7, (age - lag) // 7] += float(amount * share)
    errors = {}
    for week in range(1, 14):
        pairs = []
        for origin in range(week, min(39, week + 25) + 1):
            of_week = lambda sums: float(sum(sums.get((issued, origin - week), 0) for issued in range(origin)))
            pairs.append((of_week(actual), of_week(expected)))
        errors[week] = math.sqrt(sum((one - other) ** 2 for one, other in pairs) / sum(other ** 2 for _, other in pairs))
    return days, off, errors


def main(program, lake, days):
    table = lambda name: asked(program, lake, "--as-of", "2099-12-31", "--sql", f"select * from {name}")
    items, allocations, customers = table("items"), table("allocations"), table("customers")
    differences, counts = [], defaultdict(int)

    def compare(what, name, theirs, mine):
        counts[what] += 1
        if theirs != mine:
            differences.append(f"{what} {name}: the program says {theirs}, computed once more {mine}")

    for text in days:
        books = Books(items, allocations, day(text))
        ask = lambda query: asked(program, lake, query, "--as-of", text)
        own = bridge(books)
        for row in ask("overdue_bridge"):
            compare("bridge", f"{text} {row['component_code']}",
                    [Decimal(row[column]) for column in ("overdue_amount", "over_60_amount", "over_90_amount")], own[row["component_code"]])
        own = dict(limits(books, customers))
        told = {(row["company_id"], row["customer_id"]): (Decimal(row["over_limit_amount"]), day(row["over_limit_since_date"])) for row in ask("credit_limits")}
        for key in sorted(set(own) | set(told)):
            compare("limit", f"{text} {key}", told.get(key), own.get(key))
        came = receipts(books, customers)
        targets = {(day(row["month_end_date"]), row["collector_id"]): row["receipts_amount"] for row in reference("monthly_targets")}
        shown = ask("target_achievement")
        compare("targets", f"{text} months", {(day(row["month_end_date"]), row["collector_id"]) for row in shown},
                {key for key in targets if months_back(day(text), 12) < key[0] <= day(text)})
        for row in shown:
            key = day(row["month_end_date"]), row["collector_id"]
            compare("target", f"{text} {key}", (Decimal(row["receipts_amount"]), Decimal(row["receipts_ratio"])),
                    (came[key], half_up(came[key] / Decimal(targets[key]), 6)))
        own = [(month, code, amount, error) for month, code, amount, error in Sales(books).plans()]
        shown = ask("sale_plans")
        compare("plan", f"{text} months", [(month_of(day(row["month_end_date"])), row["plan_code"]) for row in shown], [plan[:2] for plan in own])
        for row, (month, _, amount, error) in zip(shown, own):
            near = abs(Fraction(row["planned_amount"]) - amount) <= Fraction(6, 1000) and abs(float(row["error_ratio"]) - error) < 2e-6
            compare("plan", f"{text} {row['month_end_date']}, {row['planned_amount']} ± {row['error_ratio']}, {float(amount):.4f} ± {error}", near, True)
        own, off, errors = planned(books)
        for row in ask("planned_receipts"):
            first, last = day(row["week_start_date"]), day(row["week_end_date"])
            amount = sum((amount for when, amount in own.items() if first <= when <= last), Fraction(0))
            theirs = Decimal(row["planned_amount"])
            compare("plan", f"{text} week {row['week_order']}, {theirs} and {float(amount):.4f}", abs(Fraction(theirs) - amount) <= Fraction(1, 100), True)
            week = sum(part for when, part in off.items() if first <= when <= last)
            reach = 1.2816 * math.hypot(week, float(amount) * errors[min(13, int(row["week_order"]))])
            near = abs(float(row["planned_p10_amount"]) - max(0, float(amount) - reach)) < 1 and abs(float(row["planned_p90_amount"]) - float(amount) - reach) < 1
            compare("plan", f"{text} range of week {row['week_order']}, {row['planned_p10_amount']} to {row['planned_p90_amount']}, own {float(amount)} ± {reach}", near, True)
    print("\n".join(differences[:20] + [", ".join(f"{what}: {count}" for what, count in counts.items()) + f"; {len(differences)} differ"]))
    sys.exit(1 if differences or len(counts) < 5 else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

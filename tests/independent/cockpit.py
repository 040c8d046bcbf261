#!/usr/bin/env python3
"""What the controller's and the treasurer's page say beside their headlines, computed once more from a lake's items, allocations and
customers alone: the way from the overdue to the aged debt, customers over their limit and since when, targets, planned sales.

    cockpit.py ENCOURS LAKE DAY…       prints what differs from the program's answers; the status is 1 where anything does

Targets and planned sales are read from the folder that REFERENCE names.
"""
import calendar
import csv
import datetime
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


def planned(books):
    """Receipts of planned sales by day: a month's sales evenly over its days to come, each paid as invoices of a year were."""
    paid = defaultdict(Decimal)
    for key, item in books.items.items():
        found = books.settlement(key) if item["amount"] > 0 else None
        if found and found[1] and months_back(books.until, 12) < found[0] and found[0] >= item["issued"]:
            paid[(found[0] - item["issued"]).days] += books.told(key, item["amount"])
    whole, days = sum(paid.values()), defaultdict(Fraction)
    for row in reference("planned_sales"):
        end = day(row["month_end_date"])
        assert row["segment_code"] == "*", "the plan of this test is one of the whole company"
        sale = max(end.replace(day=1), books.until + datetime.timedelta(days=1))
        of_day = Fraction(row["planned_amount"]) / end.day
        while sale <= end:
            for lag, amount in paid.items():
                days[sale + datetime.timedelta(days=lag)] += of_day * Fraction(amount) / Fraction(whole)
            sale += datetime.timedelta(days=1)
    return days


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
        own = planned(books)
        for row in ask("planned_receipts"):
            first, last = day(row["week_start_date"]), day(row["week_end_date"])
            amount = sum((amount for when, amount in own.items() if first <= when <= last), Fraction(0))
            theirs = Decimal(row["planned_amount"])
            compare("plan", f"{text} week {row['week_order']}, {theirs} and {float(amount):.4f}", abs(Fraction(theirs) - amount) <= Fraction(1, 100), True)
    print("\n".join(differences[:20] + [", ".join(f"{what}: {count}" for what, count in counts.items()) + f"; {len(differences)} differ"]))
    sys.exit(1 if differences or len(counts) < 5 else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

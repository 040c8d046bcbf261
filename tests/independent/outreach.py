#!/usr/bin/env python3
"""What messages did and cost, computed once more from the messages, events, items, allocations and actions of a lake alone.

    outreach.py ENCOURS LAKE DAY…      prints what differs from the program's answers; the status is 1 where anything does

Effects against those left alone and of variants, with their intervals (Newcombe's, of Wilson's bounds); response by how many messages
came before; contacts and late money of each customer. Reference files are read from the folder that REFERENCE names.
"""
import csv
import math
import os
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from claims import CLAIMS, Books, asked, day, half_up, months_back

Z = 1.959963984540054
UNDONE = {"failed", "bounced", "returned", "expired"}


def reference(name):
    with open(os.path.join(os.environ["REFERENCE"], name + ".csv"), newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def wilson(hits, tries):
    share, square = hits / tries, Z * Z
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    half = Z / (1 + square / tries) * math.sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    return middle - half, middle + half


def difference(hits, tries, others, other_tries):
    """The difference of two shares and its interval; nothing without the others."""
    if not tries or not other_tries:
        return None
    found = hits / tries - others / other_tries
    (low, high), (other_low, other_high) = wilson(hits, tries), wilson(others, other_tries)
    share, other = hits / tries, others / other_tries
    return (found, found - math.hypot(share - low, other_high - other), found + math.hypot(high - share, other - other_low))


class Messages:
    """Every message with what became of it by a day, and whether what it asked for was paid soon after."""

    def __init__(self, tables, books, until):
        statuses = {row["event_code"]: row for row in reference("message_statuses")}
        told = defaultdict(list)
        for row in tables["message_events"]:
            if day(row["event_date"]) <= until:
                told[row["company_id"], row["message_id"]].append((row["event_code"], day(row["event_date"])))
        by_name = defaultdict(list)
        for key, item in books.items.items():
            if item["amount"] > 0 or item["amount"] == 0 and item["base"] > 0:
                by_name[key[0], item["customer_id"], key[1]].append(key)
                if item["reference"] and item["reference"] != key[1]:
                    by_name[key[0], item["customer_id"], item["reference"]].append(key)
        asked_for = defaultdict(list)
        for row in tables["message_items"]:
            asked_for[row["company_id"], row["message_id"]].append(row)
        self.all = []
        for row in tables["messages"]:
            run = day(row["run_date"])
            if run > until:
                continue
            key = row["company_id"], row["message_id"]
            events = told[key]
            furthest = max(events, key=lambda event: int(statuses[event[0]]["status_order"]), default=("written", None))[0]
            undone = any(statuses[code]["is_undone"] == "true" for code, _ in events)
            sent = [when for code, when in events if statuses[code]["is_sent"] == "true"]
            sent = min(sent) if sent and not undone else None
            begins = run if furthest == "held_out" else sent
            paid = False
            for item in asked_for[key]:
                for found in by_name[row["company_id"], row["customer_id"], item["item_id"]]:
                    settled = books.settlement(found)
                    if settled and settled[1] and 0 <= (settled[0] - (sent or run)).days <= 14:
                        paid = True
            variant = "hold_out" if furthest == "held_out" else row["variant_code"] or "a"
            self.all.append({**row, "run": run, "sent": sent, "begins": begins, "is_paid": paid, "variant": variant, "is_undone": furthest in UNDONE})

    def effects(self, until):
        counts = defaultdict(lambda: [0, 0])
        for message in self.all:
            begins = message["begins"]
            if begins and message["level_order"] and not message["is_undone"] and (until - begins).days >= 14 and message["run"] > months_back(until, 12):
                for which in (message["variant"], "all" if message["variant"] != "hold_out" else ""):
                    counts[message["level_order"], which][0] += message["is_paid"]
                    counts[message["level_order"], which][1] += 1
        for level in sorted({level for level, _ in counts}):
            pairs = [("sent_against_held_out", "all", "hold_out")]
            if counts[level, "b"][1]:
                pairs.append(("variant_against_usual", "b", "a"))
            for name, one, other in pairs:
                yield (level, name), counts[level, one], counts[level, other]

    def wear_out(self, until):
        """Messages sent and paid after so many before, and whether they still do more than nothing."""
        sent = [message for message in self.all if message["sent"] and message["level_order"]]
        counts = defaultdict(lambda: [0, 0])
        for message in sent:
            if months_back(until, 12) < message["sent"] and (until - message["sent"]).days >= 14:
                before = sum(1 for other in sent if (other["company_id"], other["customer_id"]) == (message["company_id"], message["customer_id"])
                             and 0 < (message["sent"] - other["sent"]).days <= 90)
                counts[before][0] += message["is_paid"]
                counts[before][1] += 1
        held = [message for message in self.all if message["variant"] == "hold_out" and months_back(until, 12) < message["begins"] and (until - message["begins"]).days >= 14]
        alone = sum(message["is_paid"] for message in held), len(held)
        for before in sorted(counts):
            more = [counts[number] for number in counts if number >= before]
            found = difference(sum(hits for hits, _ in more), sum(tries for _, tries in more), *alone)
            yield before, counts[before], "" if found is None else str(found[1] > 0).lower()


def costs(tables, messages, books, until):
    """Contacts, what they cost, and what waiting for late money cost, by customer."""
    channels = {row["channel_code"]: row for row in reference("channels")}
    rates = reference("cost_rates")[0]
    year = months_back(until, 12)
    contacts, money = defaultdict(list), defaultdict(Fraction)
    for row in tables["actions"]:
        if year < day(row["action_date"]) <= until:
            contacts[row["company_id"], row["customer_id"]].append(row["channel_code"])
    for message in messages.all:
        if message["sent"] and message["run"] > year:
            contacts[message["company_id"], message["customer_id"]].append(message["channel_code"])
    for key, item in books.items.items():
        late, amount = 0, Decimal(0)
        found = books.settlement(key) if item["amount"] > 0 else None
        if found and found[1] and item["due"] and found[0] > max(item["due"], year):
            late, amount = (found[0] - item["due"]).days, books.told(key, item["amount"])
            money[key[0], item["customer_id"]] += Fraction(amount) * late
        if item["kind"] in CLAIMS and item["amount"] > 0 and item["due"] and until > item["due"]:
            money[key[0], item["customer_id"]] += Fraction(books.told(key, books.open(key))) * (until - item["due"]).days
    rate = Fraction(rates["annual_rate_ratio"]) / 365
    exact = lambda number: half_up(Decimal(number.numerator) / number.denominator, 2)
    for key in set(contacts) | set(money):
        amount = sum((Fraction(channels[code]["cost_amount"] or 0) + Fraction(channels[code]["minute_count"] or 0) * Fraction(rates["minute_amount"])
                      if code in channels else Fraction(0) for code in contacts[key]), Fraction(0))
        yield key, (len(contacts[key]), exact(amount), exact(money[key] * rate))


def main(program, lake, days):
    table = lambda name: asked(program, lake, "--as-of", "2099-12-31", "--sql", f"select * from {name}")
    names = ("items", "allocations", "messages", "message_items", "message_events", "actions")
    tables = {name: table(name) for name in names}
    differences, compared = [], 0

    def compare(name, theirs, mine):
        nonlocal compared
        compared += 1
        if theirs != mine:
            differences.append(f"{name}: the program says {theirs}, computed once more {mine}")

    for text in days:
        until = day(text)
        books = Books(tables["items"], tables["allocations"], until)
        messages = Messages(tables, books, until)
        ask = lambda query: asked(program, lake, query, "--as-of", text)
        told = {(row["level_order"], row["comparison_code"]): row for row in ask("reminder_effects")}
        own = list(messages.effects(until))
        compare(f"{text} effects", sorted(told), sorted(key for key, _, _ in own))
        for key, (hits, tries), (others, other_tries) in own:
            row = told.get(key)
            if row is None:
                continue
            counts = [row[column] for column in ("paid_count", "message_count", "other_paid_count", "other_count")]
            compare(f"{text} {key} counts", counts, list(map(str, (hits, tries, others, other_tries))))
            found = difference(hits, tries, others, other_tries)
            shown = [row[column] for column in ("difference_ratio", "low_ratio", "high_ratio")]
            near = found is None and not any(shown) or found is not None and all(abs(float(one) - other) < 2e-5 for one, other in zip(shown, found))
            compare(f"{text} {key} interval {shown} {found}", near, True)
        told = {int(row["before_count"]): row for row in ask("wear_out")}
        own = list(messages.wear_out(until))
        compare(f"{text} numbers before", sorted(told), [before for before, _, _ in own])
        for before, (hits, tries), helps in own:
            compare(f"{text} after {before}", [told[before][column] for column in ("paid_count", "message_count", "helps")], [str(hits), str(tries), helps])
        told = {(row["company_id"], row["customer_id"]): row for row in ask("cost_to_serve")}
        for key, (count, amount, money) in costs(tables, messages, books, until):
            row = told.get(key)
            if row is None:
                # a customer that cost nothing is not listed
                compare(f"{text} {key}", (amount, money), (0, 0))
                continue
            compare(f"{text} {key}", (int(row["contact_count"]), Decimal(row["contact_amount"]), Decimal(row["money_amount"])), (count, amount, money))
    print("\n".join(differences[:20] + [f"{compared} figures compared, {len(differences)} differ"]))
    sys.exit(1 if differences or compared < 100 else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

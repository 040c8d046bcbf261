#!/usr/bin/env python3
"""Ages, lateness and promises of a lake, computed once more from its items, allocations and actions alone.

    claims.py ENCOURS LAKE DAY…        prints what differs from the program's answers; the status is 1 where anything does

The definitions are those of the metrics, read by another hand: nothing of the program's queries is used here. Lakes of several
currencies answer in euros, then in each other currency by itself.
"""
import csv
import datetime
import decimal
import io
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal

CLAIMS = {"invoice", "opening", "transfer"}
BACK = {"returned_receipt", "refund"}
BUCKETS = [("not_due", None, 0), ("1-30", 1, 30), ("31-60", 31, 60), ("61-90", 61, 90), ("91+", 91, None)]
day = datetime.date.fromisoformat


def asked(program, lake, *words):
    out = subprocess.run([program, "query", "--lake", lake, "--quiet", "--output", "csv", *words], capture_output=True, text=True)
    if out.returncode == 2:
        sys.exit(out.stderr)
    return list(csv.DictReader(io.StringIO(out.stdout)))


def months_back(when, count):
    month = when.year * 12 + when.month - 1 - count
    last = (datetime.date(month // 12 + month % 12 // 11, (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)).day
    return datetime.date(month // 12, month % 12 + 1, min(when.day, last))


def half_up(number, places=4):
    return number.quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)


class Books:
    """What was posted and allocated by a day."""

    def __init__(self, items, allocations, until, currency=None):
        """In euros, or in the one currency that is asked."""
        self.until, self.currency = until, currency
        items = [row for row in items if currency in (None, row["currency_code"])]
        self.items = {}
        for row in items:
            item = dict(row, amount=Decimal(row["amount"]), base=Decimal(row["base_amount"]), issued=day(row["issued_date"]), due=row["due_date"] and day(row["due_date"]))
            item["posted"] = day(row["posted_date"] or row["issued_date"])
            if item["amount"] < 0 or item["kind"] in BACK:
                item["due"] = item["due"] or item["issued"]
            if item["posted"] <= until:
                self.items[row["company_id"], row["item_id"]] = item
        self.of_debit, self.moved = defaultdict(list), defaultdict(Decimal)
        for row in allocations:
            debit, credit = ((row["company_id"], row[side]) for side in ("debit_item_id", "credit_item_id"))
            if debit not in self.items or credit not in self.items:
                continue
            met = max(self.items[debit]["posted"], self.items[credit]["posted"])
            acting = max(day(row["allocated_date"]), met)
            if acting > until:
                continue
            amount = Decimal(row["amount"])
            self.of_debit[debit].append((acting, met, credit, amount))
            self.moved[debit] -= amount
            self.moved[credit] += amount

    def open(self, key):
        return self.items[key]["amount"] + self.moved[key]

    def told(self, key, amount):
        """An amount of an item in the currency of the answer: half up, as ledgers round."""
        item = self.items[key]
        if self.currency or item["amount"] == item["base"]:
            return amount
        return half_up(amount * item["base"] / item["amount"], 2)

    def settlement(self, key):
        """The day since which nothing but the tolerance is left, and whether cash did it; None while more is open."""
        item = self.items[key]
        amount, due = item["amount"], item["due"]
        tolerance = max(Decimal("1.00"), (amount * Decimal("0.005")).quantize(Decimal("0.001"), decimal.ROUND_DOWN))
        tolerance = Decimal(0) if item["kind"] not in CLAIMS or amount <= tolerance else tolerance
        changes, cash = defaultdict(Decimal), defaultdict(Decimal)
        changes[item["posted"]] += amount
        received = defaultdict(Decimal)
        for acting, _, credit, part in self.of_debit[key]:
            if self.items[credit]["kind"] == "receipt":
                received[acting] += part
        for acting, _, credit, part in self.of_debit[key]:
            kind = self.items[credit]["kind"]
            when = acting
            if kind == "discount":
                before = [receipt for receipt, sum_of_day in received.items() if receipt <= acting and sum_of_day > 0]
                if before and due and max(before) <= due:
                    when = max(before)
            changes[when] -= part
            if kind == "receipt":
                cash[when] += part
        left, since, by_cash = Decimal(0), None, False
        for when in sorted(changes):
            left += changes[when]
            if left > tolerance:
                since = None
            elif since is None:
                since, by_cash = when, cash[when] > 0
        return None if since is None else (since, by_cash and item["kind"] in CLAIMS)


def quantile(values, share):
    values = sorted(values)
    place = (len(values) - 1) * share
    low, rest = divmod(place, 100)
    return half_up(Decimal(values[low] * (100 - rest) + (values[low + 1] * rest if rest else 0)) / 100)


def lateness(books):
    settled, past_due = [], []
    for key, item in books.items.items():
        if item["kind"] not in CLAIMS or item["amount"] <= 0 or not item["due"]:
            continue
        found = books.settlement(key)
        if found is None:
            if item["due"] < books.until and books.open(key) > 0:
                past_due.append(((books.until - item["due"]).days, books.told(key, books.open(key))))
        elif found[1] and found[0] > months_back(books.until, 12):
            settled.append(((found[0] - item["due"]).days, books.told(key, item["amount"])))
    for basis, sample in (("settled", settled), ("at_risk", settled + past_due)):
        days = [late for late, _ in sample]
        weight = sum(amount for _, amount in sample)
        yield basis, [str(len(days))] + ([""] * 4 if not days else list(map(str, (
            half_up(Decimal(sum(days)) / len(days)), half_up(sum(late * amount for late, amount in sample) / weight),
            quantile(days, 50), quantile(days, 90)))))


def ages(books):
    sums = defaultdict(Decimal)
    for key, item in books.items.items():
        left = books.told(key, books.open(key))
        late = item["due"] and (books.until - item["due"]).days
        bucket = "age_unknown" if not item["due"] else next(code for code, least, most in BUCKETS if (least is None or late >= least) and (most is None or late <= most))
        sums[bucket] += left
    return sums


def promises(books, actions):
    """Status by action: allocated receipts first, then those that nobody allocated; the oldest promise first.

    In the currency of the answer: what is promised for an invoice is so in its currency, else in the only one that the customer
    owes in, else in that of the books.
    """
    by_customer = defaultdict(list)
    for row in actions:
        if row["promised_date"] and day(row["action_date"]) <= books.until:
            by_customer[row["company_id"], row["customer_id"]].append(row)
    debits = defaultdict(list)
    for key, item in books.items.items():
        debits[item["company_id"], item["customer_id"]].append(key)
    found = {}
    for customer, rows in by_customer.items():
        parts, names, documents = [], {}, defaultdict(list)
        for key in debits[customer]:
            item = books.items[key]
            if item["amount"] > 0 and item["kind"] in CLAIMS and item["reference"]:
                names.setdefault(item["reference"], []).append((item["reference"], item["issued"]))
        for key in debits[customer]:
            item = books.items[key]
            document = (item["reference"] or item["item_id"], item["issued"])
            if item["amount"] > 0:
                names[item["item_id"]] = [document]
                documents[document].append(item)
            if item["amount"] > 0 and item["kind"] not in BACK:
                net = defaultdict(Decimal)
                for _, met, credit, amount in books.of_debit[key]:
                    if books.items[credit]["kind"] == "receipt":
                        net[met, credit] += books.told(key, amount)
                parts += [[met, amount, document, (False, met, credit)] for (met, credit), amount in net.items() if amount > 0]
            elif item["kind"] == "receipt" and books.open(key) < 0:
                parts.append([item["posted"], -books.told(key, books.open(key)), None, (True, item["posted"], key)])
        parts.sort(key=lambda part: part[3][:2])
        for row in sorted(rows, key=lambda row: (row["promised_date"], row["action_date"], row["action_id"])):
            made, verdict = day(row["action_date"]), day(row["promised_date"]) + datetime.timedelta(days=3)
            named = names.get(row["item_id"], []) if row["item_id"] else None
            # several documents of one number are none
            item = named[0] if named and len(set(named)) == 1 else None
            owed = documents[item] if item else [one for all_of in documents.values() for one in all_of]
            wanted = Decimal(row["promised_amount"])
            if item or len({one["currency_code"] for one in owed}) == 1:
                wanted = half_up(wanted * sum(one["base"] for one in owed) / sum(one["amount"] for one in owed), 2)
            taken = Decimal(0)
            for part in parts:
                if made <= part[0] <= verdict and (named is None or part[2] is None or part[2] == item):
                    share = min(part[1], wanted - taken)
                    part[1] -= share
                    taken += share
            status = "kept" if taken >= wanted else "open" if books.until < verdict else "partially_kept" if taken * 4 >= wanted else "broken"
            found[row["company_id"], row["action_id"]] = [status, str(taken.quantize(Decimal("0.01")))]
    return found


def main(program, lake, days):
    table = lambda name: asked(program, lake, "--as-of", "2099-12-31", "--sql", f"select * from {name}")
    items, allocations = table("items"), table("allocations")
    actions = [row for row in table("actions") if not row["promised_date"] or row["promised_amount"]]
    differences, compared = [], 0
    currencies = sorted({row["currency_code"] for row in items} - {"EUR"})
    for text, currency in [(text, currency) for text in days for currency in [None, *currencies]]:
        books = Books(items, allocations, day(text), currency)
        name = f"{text} {currency or 'EUR'}"
        ask = lambda query: asked(program, lake, query, "--as-of", text, *(["--currency", currency] if currency else []))
        told = {row["basis_code"]: [row[column] for column in ("item_count", "mean_days", "weighted_mean_days", "median_days", "p90_days")]
                for row in ask("days_late")}
        pairs = [(f"{name} {basis}", told[basis], own) for basis, own in lateness(books)]
        sums = ages(books)
        pairs += [(f"{name} {row['bucket_code']}", Decimal(row["open_amount"]), sums[row["bucket_code"]]) for row in ask("aging")]
        if not currency:
            own = promises(books, actions)
            pairs += [(f"{name} {row['action_id']}", [row["status_code"], row["received_amount"]], own[row["company_id"], row["action_id"]])
                      for row in ask("promises") if row["promised_amount"]]
        compared += len(pairs)
        differences += [f"{name}: the program says {theirs}, computed once more {mine}" for name, theirs, mine in pairs if theirs != mine]
    print("\n".join(differences[:20] + [f"{compared} figures compared, {len(differences)} differ"]))
    sys.exit(1 if differences or compared < 7 * len(days) * (1 + len(currencies)) else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

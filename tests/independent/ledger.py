#!/usr/bin/env python3
"""A ledger and lists full of what accounts departments know, for `claims.py`: the same seed, the same bytes.

    ledger.py FOLDER SEED

Two companies beside the demo's, with the same codes for other customers: one by its ledger, with returned and refunded receipts,
discounts booked later, last cents, doubtful debts, bills, retentions and advances; one by lists, whose head offices pay, in euros;
and one that sells in dinars, which have three decimals, and in yen, which have none.
"""
import csv
import datetime
import pathlib
import random
import sys
from decimal import ROUND_HALF_UP, Decimal

HEADER = ("JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit "
          "EcritureLet DateLet ValidDate Montantdevise Idevise").split()
LAST = datetime.date(2024, 12, 31)


class Ledger:
    def __init__(self, dice):
        self.dice, self.lines, self.entry, self.letters = dice, [], 0, 0

    def letter(self):
        self.letters += 1
        return f"L{self.letters}"

    def post(self, when, piece, *parts):
        """Parts: account, customer, amount (+ debit), letter. What would come after the year is not booked."""
        if when > LAST:
            return
        self.entry += 1
        for account, customer, amount, letter in parts:
            debit, credit = (amount, 0) if amount > 0 else (0, -amount)
            text = lambda number: f"{Decimal(number):.2f}".replace(".", ",")
            self.lines.append(["JJ", "Journal", str(self.entry), f"{when:%Y%m%d}", account, account, customer, customer, piece, f"{when:%Y%m%d}", piece,
                               text(debit), text(credit), letter, "", f"{when:%Y%m%d}", "", ""])

    def write(self, path):
        path.write_text("\r\n".join("\t".join(line) for line in [HEADER, *self.lines]) + "\r\n", encoding="utf-8")


def ledger(dice):
    books = Ledger(dice)
    cents = lambda least, most: Decimal(dice.randrange(least * 100, most * 100)) / 100
    later = lambda when, least, most: when + datetime.timedelta(days=dice.randrange(least, most))
    for number in range(900):
        customer, piece = f"C{dice.randrange(1, 60):05}", f"N{number:04}"
        when, amount, letter = datetime.date(2024, 1, 2) + datetime.timedelta(days=dice.randrange(330)), cents(20, 5000), books.letter()
        account = "411700" if dice.random() < 0.05 else "411000"
        books.post(when, piece, (account, customer, amount, letter), ("706000", "", -amount, ""))
        paid = later(when, 5, 80)
        receive = lambda when, amount, letter: books.post(when, f"R{number:04}", ("512000", "", amount, ""), (account, customer, -amount, letter))
        give_back = lambda when, amount, letter: books.post(when, f"S{number:04}", (account, customer, amount, letter), ("512000", "", -amount, ""))
        way = dice.randrange(12)
        if way == 0:
            continue
        if way == 1:  # all but a little, written off at the end or never
            rest = cents(0, 1) + Decimal("0.01") if dice.random() < 0.7 else cents(2, 15)
            receive(paid, amount - rest, letter)
            if dice.random() < 0.5:
                books.post(LAST, f"W{number:04}", ("654000", "", rest, ""), (account, customer, -rest, letter))
        elif way == 2:  # less a discount that is booked later
            off = (amount * Decimal("0.02")).quantize(Decimal("0.01"))
            receive(paid, amount - off, letter)
            books.post(later(paid, 0, 40), f"E{number:04}", ("665000", "", off, ""), (account, customer, -off, letter))
        elif way in (3, 4):  # returned, paid again or not, under the same letter or another
            receive(paid, amount, letter)
            other = letter if way == 3 else books.letter()
            back = later(paid, 2, 50)
            give_back(back, amount, other)
            if dice.random() < 0.7:
                receive(later(back, 3, 40), amount, other)
        elif way == 5:  # returned in part
            receive(paid, amount, letter)
            give_back(later(paid, 2, 50), (amount / 3).quantize(Decimal("0.01")), letter)
        elif way == 6:  # paid twice, one of them refunded
            receive(paid, amount, letter)
            other = books.letter()
            receive(later(paid, 0, 5), amount, other)
            give_back(later(paid, 6, 30), amount, other)
        elif way == 7:  # a credit note that is paid back
            receive(paid, amount, letter)
            other, credited = books.letter(), cents(5, 20)
            books.post(later(paid, 0, 5), f"A{number:04}", ("706000", "", credited, ""), (account, customer, -credited, other))
            give_back(later(paid, 6, 30), credited, other)
        elif way == 8:  # doubtful, a bill: booked again, paid or not
            to, other = dice.choice(["416000", "413000"]), books.letter()
            books.post(paid, f"O{number:04}", (account, customer, -amount, letter), (to, customer, amount, other))
            if dice.random() < 0.5:
                books.post(later(paid, 5, 90), f"P{number:04}", ("512000", "", amount, ""), (to, customer, -amount, other))
        else:
            receive(paid, amount, letter)
        if dice.random() < 0.03:
            advance = cents(50, 900)
            books.post(paid, f"V{number:04}", ("512000", "", advance, ""), ("419100", customer, -advance, ""))
    return books


def abroad(dice, items, allocations):
    """Dinars and yen, paid in part or in all, some of them all but a little."""
    for number in range(200):
        currency, smallest, rate = dice.choice([("TND", Decimal("0.001"), Decimal("0.2955")), ("JPY", Decimal(1), Decimal("0.00625"))])
        when = datetime.date(2023, 9, 1) + datetime.timedelta(days=dice.randrange(450))
        amount = Decimal(dice.randrange(100_000, 9_000_000)) * smallest
        base = lambda number: (number * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        items.append(["ABR", f"X{number}", f"C{dice.randrange(1, 20):05}", "invoice", when, when + datetime.timedelta(days=45), amount, currency, base(amount)])
        way = dice.randrange(4)
        if way > 0:
            paid = when + datetime.timedelta(days=dice.randrange(10, 120))
            got = {1: amount, 2: (amount / 3).quantize(smallest), 3: amount - smallest}[way]
            items.append(["ABR", f"Y{number}", items[-1][2], "receipt", paid, paid, -got, currency, -base(got)])
            allocations.append(["ABR", f"X{number}", f"Y{number}", paid, got])


def lists(dice, folder):
    """Items, allocations and promises of a company whose customers' head offices pay, and of one that sells abroad."""
    items, allocations, actions = [], [], []
    for number in range(400):
        customer = f"C{dice.randrange(1, 40):05}"
        when = datetime.date(2023, 6, 1) + datetime.timedelta(days=dice.randrange(500))
        due, amount = when + datetime.timedelta(days=30), Decimal(dice.randrange(1000, 500000)) / 100
        items.append(["PAR", f"F{number}", customer, "invoice", when, due, amount, "EUR", amount])
        made = due + datetime.timedelta(days=dice.randrange(1, 20))
        if dice.random() < 0.5:
            part = amount if dice.random() < 0.7 else (amount / 2).quantize(Decimal("0.01"))
            actions.append(["PAR", f"A{number}", customer, f"F{number}" if dice.random() < 0.6 else "", made, "phone", "promised",
                            made + datetime.timedelta(days=dice.randrange(3, 15)), part])
        if dice.random() < 0.85:
            paid = made + datetime.timedelta(days=dice.randrange(-15, 25))
            payer = dice.choice([customer, customer, "HOLDING"])
            got = amount if dice.random() < 0.8 else (amount * 6 / 10).quantize(Decimal("0.01"))
            items.append(["PAR", f"R{number}", payer, "receipt", paid, paid, -got, "EUR", -got])
            if dice.random() < 0.9:
                allocations.append(["PAR", f"F{number}", f"R{number}", paid + datetime.timedelta(days=dice.choice([0, 0, 0, 12])), got])
    abroad(dice, items, allocations)
    for name, header, rows in [
        ("items", "company_id item_id customer_id kind issued_date due_date amount currency_code base_amount", items),
        ("allocations", "company_id debit_item_id credit_item_id allocated_date amount", allocations),
        ("actions", "company_id action_id customer_id item_id action_date channel_code result_code promised_date promised_amount", actions),
    ]:
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header.split(), *rows])


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    ledger(random.Random(sys.argv[2])).write(out / "222222222FEC20241231.txt")
    lists(random.Random(sys.argv[2] + "lists"), out)

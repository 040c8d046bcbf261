#!/usr/bin/env python3
"""The small lake of worked cases: items, receipts and allocations, one case a customer."""
import csv
items, allocs, disputes, customers = [], [], [], []
def item(i, c, kind, issued, due, amount, cur="EUR", base=None, posted=None):
    items.append(dict(item_id=i, customer_id=c, kind=kind, issued_date=issued, posted_date=posted or issued, due_date=due, currency_code=cur, amount=amount, base_amount=base or amount))
def invoice(i, c, due, amount, issued=None, **k):
    item(i, c, "invoice", issued or "2023-12-01" if due < "2025" else issued or "2025-01-02", due, amount, **k)
def paid(i, c, day, amount, n=1, kind="receipt", alloc=None, cur="EUR", base=None):
    r = f"{i}/{kind}{n}"
    item(r, c, kind, day, day, "-" + amount, cur=cur, base=base and "-" + base)
    allocs.append(dict(debit_item_id=i, credit_item_id=r, allocated_date=alloc or day, amount=amount))
    return r
def customer(c, name, public="false", status=""):
    customers.append(dict(customer_id=c, name=name, is_public_body=public, status_code=status))

customer("A1", "Worked example"); invoice("W1", "A1", "2025-05-31", "10000.00"); paid("W1", "A1", "2025-07-15", "10000.00")
customer("A2", "Partly paid"); invoice("P1", "A2", "2025-05-31", "10000.00"); paid("P1", "A2", "2025-06-10", "4000.00"); paid("P1", "A2", "2025-08-20", "2500.00", 2)
customer("A3", "In time; on the day; the day after; all but a rest")
invoice("T1", "A3", "2025-05-31", "1000.00"); paid("T1", "A3", "2025-05-20", "1000.00")
invoice("T2", "A3", "2025-05-31", "1000.00"); paid("T2", "A3", "2025-05-31", "1000.00")
invoice("T3", "A3", "2025-05-31", "1000.00"); paid("T3", "A3", "2025-06-01", "1000.00")
invoice("T4", "A3", "2025-05-31", "1000.00"); paid("T4", "A3", "2025-05-30", "999.99")
invoice("T5", "A3", "2025-05-31", "1000.00"); paid("T5", "A3", "2025-05-30", "997.00")
invoice("T6", "A3", "2025-05-31", "1000.00"); paid("T6", "A3", "2025-05-30", "994.99")
customer("A4", "Receipt that came back")
invoice("B1", "A4", "2025-05-31", "10000.00"); r = paid("B1", "A4", "2025-06-10", "10000.00")
item("B1/back", "A4", "returned_receipt", "2025-06-20", "2025-06-20", "10000.00")
allocs.append(dict(debit_item_id="B1", credit_item_id=r, allocated_date="2025-06-20", amount="-10000.00"))
allocs.append(dict(debit_item_id="B1/back", credit_item_id=r, allocated_date="2025-06-20", amount="10000.00"))
paid("B1", "A4", "2025-07-15", "10000.00", 2)
customer("A5", "Credit note corrects"); invoice("C1", "A5", "2025-05-31", "10000.00"); paid("C1", "A5", "2025-06-20", "2000.00", kind="credit_note"); paid("C1", "A5", "2025-07-15", "8000.00")
invoice("C2", "A5", "2025-05-31", "500.00"); paid("C2", "A5", "2025-08-20", "500.00", kind="credit_note")
customer("A6", "Commune", public="true"); invoice("U1", "A6", "2025-05-31", "10000.00"); paid("U1", "A6", "2025-07-15", "10000.00")
invoice("U2", "A6", "2025-06-30", "10000.00"); paid("U2", "A6", "2025-07-15", "10000.00")
invoice("U3", "A6", "2025-05-31", "10000.00"); paid("U3", "A6", "2025-07-10", "6000.00"); paid("U3", "A6", "2025-07-15", "4000.00", 2)
customer("A7", "Contract rate"); invoice("K1", "A7", "2025-05-31", "10000.00"); paid("K1", "A7", "2025-07-15", "10000.00")
customer("A8", "Waived"); invoice("V1", "A8", "2025-05-31", "10000.00"); paid("V1", "A8", "2025-07-15", "10000.00")
invoice("V2", "A8", "2025-05-31", "10000.00"); paid("V2", "A8", "2025-07-15", "10000.00")
customer("A9", "Dollars"); invoice("D1", "A9", "2025-05-31", "10000.00", cur="USD", base="9000.00"); paid("D1", "A9", "2025-07-15", "10000.00", cur="USD", base="9100.00")
customer("B0", "Due on 31 December; leap year"); invoice("L1", "B0", "2023-12-31", "10000.00"); paid("L1", "B0", "2024-03-01", "10000.00")
invoice("L2", "B0", "2024-12-31", "10000.00", issued="2024-12-01"); paid("L2", "B0", "2025-01-02", "10000.00")
customer("B1", "Still open; not yet due; due on the day")
invoice("O1", "B1", "2025-11-30", "10000.00"); invoice("O2", "B1", "2026-01-31", "10000.00"); invoice("O3", "B1", "2025-12-31", "10000.00")
customer("B2", "One receipt for two")
for n, a in (("S1", "333.33"), ("S2", "666.67")):
    invoice(n, "B2", "2025-05-31", a)
item("S/r", "B2", "receipt", "2025-07-15", "2025-07-15", "-1000.00")
for n, a in (("S1", "333.33"), ("S2", "666.67")):
    allocs.append(dict(debit_item_id=n, credit_item_id="S/r", allocated_date="2025-07-15", amount=a))
customer("B3", "Disputed for a while; still")
invoice("X1", "B3", "2025-05-31", "10000.00"); paid("X1", "B3", "2025-07-15", "10000.00")
disputes.append(dict(dispute_id="DX1", item_id="X1", reason_code="wrong_price", opened_date="2025-05-20", closed_date="2025-07-01", disputed_amount="", outcome_code="rejected"))
invoice("X2", "B3", "2025-11-30", "10000.00")
disputes.append(dict(dispute_id="DX2", item_id="X2", reason_code="wrong_price", opened_date="2025-12-10", closed_date="", disputed_amount="4000.00", outcome_code=""))
invoice("X3", "B3", "2025-11-30", "10000.00")
disputes.append(dict(dispute_id="DX3", item_id="X3", reason_code="wrong_price", opened_date="2025-12-10", closed_date="", disputed_amount="", outcome_code=""))
customer("B4", "Allocated late"); invoice("M1", "B4", "2025-05-31", "10000.00"); paid("M1", "B4", "2025-07-15", "10000.00", alloc="2025-09-30")
customer("B5", "Posted after it was paid"); item("N1", "B5", "invoice", "2025-04-30", "2025-05-31", "10000.00", posted="2025-08-01"); paid("N1", "B5", "2025-06-15", "10000.00")
customer("B6", "Moved to doubtful; insolvent", status="insolvent")
invoice("F1", "B6", "2025-05-31", "10000.00"); paid("F1", "B6", "2025-07-15", "10000.00", kind="transfer")
item("F1/416", "B6", "transfer", "2025-01-02", "2025-05-31", "10000.00", posted="2025-07-15")
customer("B7", "Opening with and without a date"); item("G1", "B7", "opening", "2024-11-01", "2024-12-01", "10000.00", posted="2025-01-01"); paid("G1", "B7", "2025-01-31", "10000.00")
item("G2", "B7", "opening", "2025-01-01", "", "10000.00"); item("H1", "B7", "adjustment", "2025-02-01", "2025-02-01", "35.00")
customer("B8", "Rounding of five payments"); invoice("R1", "B8", "2025-05-31", "100.05")
for n, (d, a) in enumerate((("2025-06-03", "10.01"), ("2025-06-07", "20.02"), ("2025-06-12", "5.55"), ("2025-07-04", "33.33"), ("2025-07-09", "31.14")), 1):
    paid("R1", "B8", d, a, n)
customer("B9", "Paid twice"); invoice("Q1", "B9", "2025-05-31", "1000.00"); paid("Q1", "B9", "2025-06-30", "1000.00"); paid("Q1", "B9", "2025-07-02", "1000.00", 2)
for name, rows in (("items", items), ("allocations", allocs), ("disputes", disputes), ("customers", customers)):
    with open(f"src/{name}.csv", "w", newline="") as out:
        w = csv.DictWriter(out, rows[0].keys()); w.writeheader(); w.writerows(rows)

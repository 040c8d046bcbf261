#!/usr/bin/env python3
"""The yardstick a payment forecast is held against: plain gradient boosting on who pays when, from a book's items and allocations alone.

    boosting.py BOOK FROM TO LAST      prints one line of JSON: how far each forecaster is off, in days, and how well it ranks the late

BOOK is a folder with items.csv, allocations.csv and, if there are groups, customers.csv; or the file of IBM's late payments. Every
invoice issued from FROM to TO is forecast as of the day before its issue, from what was known then; outcomes are known up to LAST.
Only numpy is needed.
"""
import csv
import json
import os
import sys
import warnings

import numpy as np

NEVER = 2_932_896  # 9999-12-31, the day of what has not happened; days are counted from 1970
SPAN = 3_000_000  # more than any day, so that customer * SPAN + day sorts by customer, then day
BINS = 64  # of a feature; the first is for what is missing
LEAVES, LEAST, RATE, ROUNDS, PATIENCE, COLUMNS = 31, 15, 0.06, 300, 30, 0.8


def rows(*path):
    with open(os.path.join(*path), newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def days(texts):
    return np.array(texts, dtype="datetime64[D]").astype(np.int64)


def book_of(customers, groups, issued, due, paid, amounts, more):
    """The names of customers and groups as numbers, of no group as -1."""
    numbers = {name: at for at, name in enumerate(sorted({*customers, *groups} - {""}))} | {"": -1}
    customers, groups = (np.array([numbers[name] for name in names]) for names in (customers, groups))
    amounts, more = np.array(amounts, dtype=float), np.array(more, dtype=float)
    return {"customer": customers, "group": groups, "issued": issued, "due": due, "paid": paid, "amount": amounts, "more": more}


def folder_book(path):
    items = [row for row in rows(path, "items.csv") if row["kind"] == "invoice"]
    paid = {row["debit_item_id"]: row["allocated_date"] for row in rows(path, "allocations.csv")}
    known = rows(path, "customers.csv") if os.path.exists(os.path.join(path, "customers.csv")) else []
    groups = {row["customer_id"]: row["group_id"] for row in known}
    customers = [row["customer_id"] for row in items]
    return book_of(customers, [groups.get(customer) or "" for customer in customers], days([row["issued_date"] for row in items]),
                   days([row["due_date"] for row in items]), days([paid.get(row["item_id"], "9999-12-31") for row in items]),
                   [row["amount"] for row in items], [[] for _ in items])


def ibm_book(path):
    items, names = rows(path), ("InvoiceDate", "DueDate", "SettledDate")
    dates = (days(["{2}-{0:0>2}-{1:0>2}".format(*row[name].split("/")) for row in items]) for name in names)
    more = [[row["countryCode"], row["PaperlessBill"] == "Paper", row["Disputed"] == "Yes"] for row in items]
    return book_of([row["customerID"] for row in items], [""] * len(items), *dates, [row["InvoiceAmount"] for row in items], more)


def calendar(day):
    """The day's month counted from 1970, its place in the month, how many days of the month are left, and its weekday."""
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    first, after = (each.astype("datetime64[D]").astype(np.int64) for each in (months, months + 1))
    return months.astype(np.int64), day - first + 1, after - 1 - day, (day + 3) % 7


class History:
    """The payments of each key (a customer, a group, or everyone) in the order they became known, as seen on each invoice's eve."""

    def __init__(self, key, known, eve):
        happened = np.flatnonzero((known < NEVER) & (key >= 0))
        self.order = happened[np.lexsort((known[happened], key[happened]))]
        self.when = key[self.order] * SPAN + known[self.order]
        self.key, self.eve = key, eve
        self.first = np.searchsorted(self.when, key * SPAN)
        self.end = np.searchsorted(self.when, key * SPAN + eve, side="right")

    def last(self, values, count):
        """One row per invoice: the values of the last payments, the latest last; nan where there are fewer."""
        at = self.end[:, None] - count + np.arange(count)
        there = (at >= self.first[:, None]) & (self.key >= 0)[:, None]
        return np.where(there, np.append(values[self.order], 0.0)[np.where(there, at, -1)], np.nan)

    def mean_within(self, values, length):
        """The mean over the payments of the last days; nan where there is none."""
        sums = np.append(0.0, np.cumsum(values[self.order]))
        since = np.searchsorted(self.when, self.key * SPAN + self.eve - length, side="right")
        return (sums[self.end] - sums[since]) / (self.end - since)


def most_frequent(window, values):
    """The most frequent of the values in each row, and its share."""
    counts = np.stack([(window == value).sum(axis=1) for value in values], axis=1)
    total = counts.sum(axis=1)
    return np.where(total > 0, values[counts.argmax(axis=1)], np.nan), counts.max(axis=1) / total


def open_items(book, known, eve):
    """Of the customer's invoices: how many are open, how many overdue, the oldest's days overdue, the share unpaid of those due over
    30 days ago, and the mean amount."""
    out = np.empty((len(eve), 5))
    for customer in np.unique(book["customer"]):
        mine = np.flatnonzero(book["customer"] == customer)
        now = eve[mine][:, None]
        there = book["issued"][mine] <= now
        unpaid = there & (known[mine] > now)
        late = np.where(unpaid, now - book["due"][mine], 0)
        old = there & (book["due"][mine] < now - 30)
        out[mine] = np.stack([unpaid.sum(1), (late > 0).sum(1), late.max(1), (unpaid & old).sum(1) / old.sum(1),
                              (there * book["amount"][mine]).sum(1) / there.sum(1)], axis=1)
    return out


def known_then(book):
    """The features of every invoice, and the two plain forecasts, in days late."""
    issued, due, amount, paid = (book[name] for name in ("issued", "due", "amount", "paid"))
    eve = issued - 1
    known = np.where(paid < NEVER, np.maximum(paid, issued), NEVER)
    late = np.where(paid < NEVER, paid - due, 0).astype(float)
    own, all_of_them = History(book["customer"], known, eve), History(np.zeros_like(eve), known, eve)
    recent = own.last(late, 60)
    (_, paid_date, _, paid_weekday), (due_month, due_date, due_left, due_weekday) = calendar(paid), calendar(due)
    weekdays, dates = own.last(paid_weekday, 60), own.last(paid_date, 60)
    mean, median = np.nanmean(recent, axis=1), np.nanmedian(recent, axis=1)
    place = np.where(np.isnan(recent[:, -10:]), np.nan, np.arange(10))
    place -= np.nanmean(place, axis=1, keepdims=True)
    still = open_items(book, known, eve)
    log_amount = np.log(np.maximum(np.abs(amount), 0.01))
    features = np.column_stack([
        mean, median, np.nanstd(recent, axis=1), np.nanmin(recent, axis=1), np.nanmax(recent, axis=1),
        *(np.nanmean(recent[:, -count:], axis=1) for count in (3, 5, 10)),
        np.nanmean(np.where(np.isnan(recent), np.nan, recent > 0), axis=1), own.end - own.first,
        np.nansum(place * recent[:, -10:], axis=1) / np.nansum(place * place, axis=1),  # the slope of the last ten
        eve - own.last(paid, 1)[:, 0], weekdays[:, -1], dates[:, -1],
        *most_frequent(weekdays, np.arange(7)), *most_frequent(dates, np.arange(1, 32)),
        all_of_them.mean_within(late, 90), np.nanmean(History(book["group"], known, eve).last(late, 20), axis=1),
        still[:, :4], log_amount, log_amount - np.log(np.maximum(np.abs(still[:, 4]), 0.01)),
        due - issued, calendar(issued)[0] % 12, due_month % 12, due_weekday, due_date, due_left, book["more"],
    ])
    plain_mean = own.mean_within(late, 365)
    plain_mean = np.where(np.isnan(plain_mean), np.nan_to_num(all_of_them.mean_within(late, 365)), plain_mean)
    for at in np.flatnonzero(np.isnan(median)):
        before = late[known <= eve[at]]
        median[at] = np.median(before) if len(before) else 0.0
    return features, plain_mean, median


def binned(features, fitted):
    """Each feature's bin, by the quantiles of the first rows, those that are fitted. What is missing has bin 0."""
    bins = np.zeros(features.shape, dtype=np.int64)
    for column, values in enumerate(features.T):
        seen = np.sort(values[:fitted][~np.isnan(values[:fitted])])
        different = np.unique(seen)
        if len(different) > BINS - 1:
            different = np.unique(seen[np.linspace(0, len(seen) - 1, BINS - 1).astype(int)])
        edges = (different[1:] + different[:-1]) / 2
        bins[:, column] = np.where(np.isnan(values), 0, 1 + np.searchsorted(edges, values))
    return bins


def leaves(bins, flat, slopes, fitted):
    """One tree, grown leaf by leaf where the squared error of the slopes falls most: the rows of each leaf that are fitted, and those
    from `fitted` on, which only follow."""
    columns = flat.shape[1]

    def sums(part):
        cells, size = flat[part].ravel(), columns * BINS
        return np.array([np.bincount(cells, np.repeat(slopes[part], columns), size), np.bincount(cells, minlength=size)])

    def node(part, followers, total):
        left, left_count = total.reshape(2, columns, BINS).cumsum(axis=2)
        whole, count = left[0, -1], len(part)
        right, right_count = whole - left, count - left_count
        fits = (left_count >= LEAST) & (right_count >= LEAST)
        gain = np.where(fits, left * left / np.maximum(left_count, 1) + right * right / np.maximum(right_count, 1), 0)
        best = int(gain.argmax())
        return gain.flat[best] - whole * whole / count, best, part, followers, total

    everyone = np.arange(len(flat))
    nodes = [node(everyone[:fitted], everyone[fitted:], sums(everyone[:fitted]))]
    while len(nodes) < LEAVES:
        at = max(range(len(nodes)), key=lambda each: nodes[each][0])
        gain, best, part, followers, total = nodes[at]
        if gain <= 1e-9:
            break
        column, edge = bins[best // BINS], best % BINS
        low, low_follows = column[part] <= edge, column[followers] <= edge
        halves = sorted([(part[low], followers[low_follows]), (part[~low], followers[~low_follows])], key=lambda half: len(half[0]))
        small = sums(halves[0][0])
        nodes[at] = node(*halves[0], small)
        nodes.append(node(*halves[1], total - small))
    return [(part, followers) for _, _, part, followers, _ in nodes]


def rounds(features, outcome, absolute):
    """After each round, the scores of all rows. The first rows have outcomes; the others' scores follow from theirs. With `absolute`, the
    scores are medians of the outcome; else log odds of it."""
    fitted = len(outcome)
    bins = binned(features, fitted)
    dice = np.random.default_rng(1)
    start = np.median(outcome) if absolute else np.log((outcome.sum() + 0.5) / ((1 - outcome).sum() + 0.5))
    scores = np.full(len(features), start)
    some = max(1, int(features.shape[1] * COLUMNS))
    for _ in range(ROUNDS):
        chosen = bins[:, np.sort(dice.permutation(features.shape[1])[:some])]
        rest = outcome - (scores[:fitted] if absolute else 1 / (1 + np.exp(-scores[:fitted])))
        slopes = np.sign(rest) if absolute else rest
        for part, followers in leaves(np.ascontiguousarray(chosen.T), chosen + np.arange(some) * BINS, slopes, fitted):
            share = outcome[part] - rest[part]
            step = np.median(rest[part]) if absolute else rest[part].sum() / (np.sum(share * (1 - share)) + 1)
            scores[part] += RATE * step
            scores[followers] += RATE * step
        yield scores


def boosted(features, outcome, issued, asked, absolute):
    """The scores of the rows asked for. The last 15 % of the known rows by issue tell how many rounds are best; then all are fitted."""
    order = np.argsort(issued, kind="stable")
    features, outcome = features[order], outcome[order]
    if len(outcome) < 2:
        return np.zeros(len(asked))
    cut = int(len(outcome) * 0.85)
    held, best, best_loss = outcome[cut:], 1, np.inf
    for done, scores in enumerate(rounds(features, outcome[:cut], absolute), 1):
        guess = scores[cut:]
        loss = np.mean(np.abs(held - guess) if absolute else np.logaddexp(0, guess) - held * guess)
        if loss < best_loss:
            best, best_loss = done, loss
        elif done - best >= PATIENCE:
            break
    for done, scores in enumerate(rounds(np.concatenate([features, asked]), outcome, absolute), 1):
        if done == best:
            return scores[len(outcome):]


def auc(score, late):
    """The share of pairs of a late and a timely invoice in which the late one has the higher score; ties count half."""
    if late.all() or not late.any():
        return None
    low, high = np.sort(score[~late]), score[late]
    wins = (np.searchsorted(low, high) + np.searchsorted(low, high, side="right")) / 2
    return round(float(wins.sum() / len(low) / len(high)), 4)


def main(path, *dates):
    first, to, last = days(dates)
    book = folder_book(path) if os.path.isdir(path) else ibm_book(path)
    book["paid"] = np.where(book["paid"] <= last, book["paid"], NEVER)
    issued, due, paid = book["issued"], book["due"], book["paid"]
    features, mean, median = known_then(book)
    days_late, odds = np.zeros(len(issued)), np.zeros(len(issued))
    asked, months = (issued >= first) & (issued <= to), calendar(issued)[0]
    for month in np.unique(months[asked]):
        these = np.flatnonzero(asked & (months == month))
        cut = issued[these].min() - 1  # the models of the month are fitted as of this day
        before, settled = issued <= cut, paid <= cut
        known, judged = before & settled, before & (settled | (due < cut))
        late = (~settled | (paid > due))[judged].astype(float)
        days_late[these] = boosted(features[known], (paid - due)[known].astype(float), issued[known], features[these], True)
        odds[these] = boosted(features[judged], late, issued[judged], features[these], False)
    settled, judged = asked & (paid < NEVER), asked & (due < last)
    result = {"item_count": int(asked.sum())}
    for name, forecast, score in [("due_date", np.zeros(len(issued)), None), ("customer_mean", mean, mean),
                                  ("customer_median_60", median, median), ("boosting", days_late, odds)]:
        off = np.abs(np.rint(forecast) - (paid - due))[settled]  # what is predicted is a day, so a whole number
        result[name] = {"mae_days": round(float(off.mean()), 4) if len(off) else None}
        if score is not None:
            result[name]["late_auc"] = auc(score[judged], (paid > due)[judged])
    print(json.dumps(result))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are nan
    np.seterr(all="ignore")
    main(*sys.argv[1:])

"""What is measured beside Encours, and how a process is measured: each step is a process of its own.

    python3 benches/beside.py duckdb_copy|polars_copy FOLDER        CSV into Parquet
    python3 benches/beside.py duckdb_pack|polars_pack FOLDER DAY    answers as JSON, from those Parquet files

DuckDB and Polars are their Python wheels: `pip install duckdb polars`.
"""
import datetime
import decimal
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

ENCOURS = os.path.abspath(
    os.environ.get("ENCOURS", os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release", "encours")))
BUCKETS = "case when due_date >= day then 'not_due' when date_diff('day', due_date, day) <= 30 then '1-30' " \
    "when date_diff('day', due_date, day) <= 60 then '31-60' when date_diff('day', due_date, day) <= 90 then '61-90' " \
    "else '91+' end"




class Stopped(Exception):
    """A process that took more memory or time than it may."""


def measured(command, folder, megabytes=None, seconds=None):
    """Seconds, peak memory in MB and standard output of a process; [`Stopped`] beyond so much memory or time."""
    with tempfile.TemporaryFile() as out:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=out)
        ended, reasons = threading.Event(), []
        watch = threading.Thread(target=watched, args=(process.pid, megabytes, seconds, ended, reasons))
        if megabytes or seconds:
            watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        ended.set()
        taken = time.monotonic() - started
        out.seek(0)
        text = out.read().decode()
    if reasons:
        raise Stopped(reasons[0])
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {os.waitstatus_to_exitcode(status)}")
    return taken, usage.ru_maxrss / 1024, text


def watched(process, megabytes, seconds, ended, reasons):
    """Kills a process that goes beyond its bounds, and says which."""
    until = time.monotonic() + (seconds or float("inf"))
    while not ended.wait(0.2):
        try:
            resident = int(open(f"/proc/{process}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        except OSError:
            return
        if megabytes and resident > megabytes:
            reasons.append(f"over {megabytes} MB")
        elif time.monotonic() > until:
            reasons.append(f"over {seconds} s")
        if reasons:
            os.kill(process, 9)
            return


def step(name, *arguments):
    """The command of one of the steps below."""
    return [sys.executable, os.path.abspath(__file__), name, *map(str, arguments)]


def duckdb_copy(folder):
    import duckdb
    for name in ("items", "allocations", "disputes", "customers"):
        duckdb.sql(f"copy (select * from read_csv('{folder}/{name}.csv')) to '{folder}/duck-{name}.parquet' "
                   "(format parquet, compression zstd)")


def polars_copy(folder):
    import polars
    for name in ("items", "allocations", "disputes", "customers"):
        polars.scan_csv(f"{folder}/{name}.csv", try_parse_dates=True).sink_parquet(f"{folder}/polars-{name}.parquet")


def duckdb_pack(folder, day):
    """The controller's answers, as an analyst would write them who knows these files: allocations act on their own day,
    no item is ever open again, one currency, one company."""
    import duckdb
    connection = duckdb.connect()
    for name in ("items", "allocations", "disputes", "customers"):
        connection.sql(f"create view {name} as select * from '{folder}/duck-{name}.parquet'")
    sql = lambda text: connection.sql(text.replace("$day", f"date '{day}'")).fetchall()
    connection.sql("""
        create temp table linked as
        select a.allocated_date, cast(a.amount as decimal(18, 2)) as amount, a.debit_item_id, a.credit_item_id,
               d.due_date, d.issued_date as posted_date, d.amount as debit_amount, c.issued_date as credit_date, c.kind
        from allocations a join items d on a.debit_item_id = d.item_id join items c on a.credit_item_id = c.item_id""")
    connection.sql("""
        create temp table changes as
        select last_day(step_date) as step_month, due_date, is_debit, last_day(posted_date) as posted_month,
               sum(amount) as amount
        from (select issued_date as step_date, coalesce(due_date, issued_date) as due_date, amount > 0 as is_debit,
                     issued_date as posted_date, cast(amount as decimal(18, 2)) as amount from items
              union all select allocated_date, due_date, true, posted_date, -amount from linked
              union all select allocated_date, credit_date, false, credit_date, amount from linked)
        group by all""")
    connection.sql("""
        create temp table open_items as
        with moved as (
            select id, sum(amount) as amount from (
                select debit_item_id as id, -amount as amount from linked
                union all select credit_item_id, amount from linked) group by id)
        select i.*, coalesce(i.due_date, i.issued_date) as due,
               cast(i.amount as decimal(18, 2)) + coalesce(m.amount, 0) as open_amount
        from items i left join moved m on i.item_id = m.id where cast(i.amount as decimal(18, 2)) + coalesce(m.amount, 0) <> 0""")
    connection.sql(f"""
        copy (select o.item_id, o.customer_id, coalesce(c.name, o.customer_id) as customer_name, o.kind, o.issued_date,
                     o.due_date, date_diff('day', o.due_date, o.day) as past_due_days, {BUCKETS} as bucket_code,
                     cast(o.amount as decimal(18, 2)) as amount, o.open_amount, o.currency_code,
                     o.amount > 0 and o.item_id in (
                         select item_id from disputes
                         where opened_date <= date '{day}' and (closed_date is null or closed_date > date '{day}')) as is_disputed
              from (select item_id, customer_id, kind, issued_date, due as due_date, currency_code, amount, open_amount,
                           date '{day}' as day from open_items) o
              left join customers c using (customer_id) order by o.customer_id, o.issued_date, o.item_id)
        to '{folder}/duck-open-items.csv' (header)""")
    month_ends = "(select distinct last_day(issued_date) as day from items where last_day(issued_date) <= $day)"
    answers = {
        "open_items": sql("select count(*), sum(open_amount) from open_items"),
        "aging": sql(f"select {BUCKETS} as bucket, sum(open_amount), count(*) from "
                     "(select due as due_date, $day as day, open_amount from open_items) group by bucket order by bucket"),
        "top_debtors": sql("select o.customer_id, c.name, sum(open_amount) as amount from open_items o join customers c using "
                           "(customer_id) group by all having amount > 0 order by amount desc, o.customer_id limit 20"),
        "aging_by_customer": sql("select count(distinct customer_id) from open_items"),
        "receivables_history": sql(
            f"select day, sum(amount), sum(case when due_date >= day then amount else 0 end), "
            f"sum(case when is_debit and due_date < day then amount else 0 end) from changes, {month_ends} "
            "where step_month <= day group by day order by day"),
        "aging_history": sql(f"select day, {BUCKETS} as bucket, sum(amount) from changes, {month_ends} where step_month <= day "
                             "group by all order by all"),
        "roll_forward": sql("select last_day(issued_date) as day, sum(case kind when 'invoice' then amount end), "
                            "sum(case kind when 'receipt' then amount end), sum(case kind when 'credit_note' then amount end) "
                            "from items where last_day(issued_date) <= $day group by day order by day"),
        "roll_rates": sql(f"""
            with pairs as (
                select day, due_date, sum(case when step_month < day then amount else 0 end) as open_amount,
                       sum(amount) as kept_amount
                from changes, {month_ends} where is_debit and step_month <= day and posted_month < day group by all)
            select day, {BUCKETS.replace(' day ', ' last_day(day - interval 1 month) ').replace(', day)', ', last_day(day - interval 1 month))')} as bucket,
                   sum(kept_amount), sum(open_amount - kept_amount) from pairs where open_amount <> 0 group by all order by all"""),
        "days_late": sql("""
            with settled as (
                select debit_item_id, any_value(due_date) as due, any_value(debit_amount) as weight, sum(amount) as paid,
                       max(allocated_date) as settled, arg_max(kind, allocated_date) as kind from linked group by debit_item_id)
            select count(*), avg(date_diff('day', due, settled)), quantile_cont(date_diff('day', due, settled), 0.5),
                   quantile_cont(date_diff('day', due, settled), 0.9)
            from settled where paid = weight and kind = 'receipt' and settled > $day - interval 12 month"""),
        "disputed": sql("select sum(o.open_amount) from open_items o join disputes d using (item_id) "
                        "where d.opened_date <= $day and d.closed_date > $day and o.amount > 0"),
        "sales": sql("select last_day(issued_date), sum(amount) from items where kind in ('invoice', 'credit_note') "
                     "group by all order by all"),
    }
    print(json.dumps(answers, default=str))


def polars_pack(folder, day):
    """One aging, the first question of the pack."""
    import polars as pl
    day = datetime.date.fromisoformat(day)
    cents = lambda: (pl.col("amount") * 100).round().cast(pl.Int64)
    items = pl.scan_parquet(f"{folder}/polars-items.parquet").with_columns(cents=cents())
    allocations = pl.scan_parquet(f"{folder}/polars-allocations.parquet").with_columns(cents=cents())
    moved = pl.concat([
        allocations.select(item_id="debit_item_id", change=-pl.col("cents")),
        allocations.select(item_id="credit_item_id", change="cents")]).group_by("item_id").agg(pl.col("change").sum())
    opened = items.join(moved, on="item_id", how="left").with_columns(
        opened=pl.col("cents") + pl.col("change").fill_null(0),
        days=(day - pl.col("due_date").fill_null(pl.col("issued_date"))).dt.total_days()).filter(pl.col("opened") != 0)
    bucket = pl.when(pl.col("days") <= 0).then(pl.lit("not_due")).when(pl.col("days") <= 30).then(pl.lit("1-30")).when(
        pl.col("days") <= 60).then(pl.lit("31-60")).when(pl.col("days") <= 90).then(pl.lit("61-90")).otherwise(pl.lit("91+"))
    aging = opened.group_by(bucket.alias("bucket")).agg(pl.col("opened").sum(), pl.len()).sort("bucket")
    rows = [[name, str(decimal.Decimal(cents) / 100), count] for name, cents, count in aging.collect(engine="streaming").rows()]
    print(json.dumps({"aging": rows}))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])

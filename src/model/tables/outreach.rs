//! Whom to write to, what was written, what came back, and what forbids to write.

use super::spec::ColumnKind::{Date, Flag, Int, Money, Text};
use super::spec::{TableSpec, may, must};

/// One row a person at a customer.
pub static CONTACTS: TableSpec = TableSpec {
    name: "contacts",
    columns: &[
        may("company_id", Text),
        must("customer_id", Text),
        must("contact_id", Text),
        may("role_code", Text),
        must("name", Text),
        may("phone", Text),
        may("email", Text),
        may("hours", Text),
        may("language", Text),
        // channels through which this person wants no reminders, `|` between them; `*`: none at all
        may("opted_out_channels", Text),
        may("fax", Text),
        may("load_id", Text),
    ],
    key: &["company_id", "customer_id", "contact_id"],
    is_loadable: true,
};

/// One row a customer: how it validates and pays.
pub static PAYER_PROCESSES: TableSpec = TableSpec {
    name: "payer_processes",
    columns: &[
        may("company_id", Text),
        must("customer_id", Text),
        must("portal", Text),
        may("is_order_number_required", Flag),
        may("cut_off_day", Int),
        may("payment_run_days", Text),
        may("validation_steps", Text),
        may("load_id", Text),
    ],
    key: &["company_id", "customer_id"],
    is_loadable: true,
};

/// One row a message to a customer, as it was written: whom it went to, through which channel, at which level, and the
/// hash of its bytes. What became of it stands in `message_events`.
pub static MESSAGES: TableSpec = TableSpec {
    name: "messages",
    columns: &[
        may("company_id", Text),
        must("message_id", Text),
        // all messages that one run wrote, and its day
        must("run_id", Text),
        must("run_date", Date),
        must("customer_id", Text),
        may("contact_id", Text),
        must("policy_code", Text),
        may("variant_code", Text),
        // null where it asks for nothing: apologies, declarations of a claim
        may("level_order", Int),
        must("mode_code", Text),
        must("channel_code", Text),
        must("address_text", Text),
        may("language", Text),
        must("tone_code", Text),
        may("subject", Text),
        // SHA-256 of the bytes as they were written, and the file that holds them, below the folder of outgoing messages
        must("content_hash", Text),
        must("file_name", Text),
        must("written_time", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "message_id"],
    is_loadable: true,
};

/// One row an item on a message, with what it asks for, in the item's currency.
pub static MESSAGE_ITEMS: TableSpec = TableSpec {
    name: "message_items",
    columns: &[
        may("company_id", Text),
        must("message_id", Text),
        must("item_id", Text),
        may("level_order", Int),
        must("asked_amount", Money),
        may("currency_code", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "message_id", "item_id"],
    is_loadable: true,
};

/// One row an event of a message: `event_statuses` of messages are `message_statuses`. A platform's file brings them too.
pub static MESSAGE_EVENTS: TableSpec = TableSpec {
    name: "message_events",
    columns: &[
        may("company_id", Text),
        must("message_id", Text),
        must("event_code", Text),
        must("event_date", Date),
        // the moment, in universal time, where the source tells it
        may("event_time", Text),
        may("detail", Text),
        may("source_code", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "message_id", "event_code", "event_date", "event_time"],
    is_loadable: true,
};

/// One row a customer, item or contact that is not to be reminded, until a day or until it is taken back.
pub static REMINDER_BLOCKS: TableSpec = TableSpec {
    name: "reminder_blocks",
    columns: &[
        may("company_id", Text),
        must("block_id", Text),
        may("customer_id", Text),
        may("item_id", Text),
        may("contact_id", Text),
        must("from_date", Date),
        // the last day on which it holds
        may("until_date", Date),
        must("blocked_by", Text),
        may("note", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "block_id"],
    is_loadable: true,
};

/// One row a notice of the official bulletin about a company in insolvency.
pub static INSOLVENCY_NOTICES: TableSpec = TableSpec {
    name: "insolvency_notices",
    columns: &[
        may("company_id", Text),
        must("notice_id", Text),
        must("registration_id", Text),
        must("published_date", Date),
        may("judgment_date", Date),
        may("judgment_code", Text),
        may("judgment_text", Text),
        may("administrator_text", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "notice_id"],
    is_loadable: true,
};

"""The schema: scripts that bring a database from one version to the next.

Forward only: a release adds scripts at the end and never edits one that has shipped. The text is the same for every
engine; where they differ stands a `$name` of dialect.py, such as `$serial`, a row number that counts up by itself.
Times are epoch milliseconds.
"""

from __future__ import annotations

from bot.adapters.store.conversation_sql import CONVERSATION

LIFETIMES = """
    CREATE TABLE lifetimes (
        month INTEGER NOT NULL,     -- in UTC: twelve times the year, and the month from 0 on
        ticket_id TEXT NOT NULL,
        raised_at BIGINT NOT NULL,
        closed_at BIGINT NOT NULL,
        PRIMARY KEY (month, ticket_id)
    );
    $known_lifetimes;
    """
"""In which months a ticket that is closed, or was, may have been open: a report reads its month only."""

JOINED = """
    CREATE TABLE joined (
        ticket_id TEXT NOT NULL,
        customer TEXT NOT NULL,     -- folded
        PRIMARY KEY (ticket_id, customer)
    );
    CREATE INDEX joined_customer ON joined (customer, ticket_id);
    """
"""Besides the end-customer a ticket was raised for, which stands with the ticket."""

DELIVERY = """
    ALTER TABLE notices ADD COLUMN say TEXT NOT NULL DEFAULT '';
    ALTER TABLE notices ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
    ALTER TABLE notices ADD COLUMN delivery_rank INTEGER NOT NULL DEFAULT 50;
    ALTER TABLE notices ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;  -- the last attempt whose end was written down
    ALTER TABLE notices ADD COLUMN progress TEXT NOT NULL DEFAULT '';   -- what the attempts so far left behind
    UPDATE notices SET say = $say_of_doc, recipient = $recipient_of_doc WHERE state IN ('waiting', 'dead');
    CREATE INDEX notices_first ON notices (delivery_rank, next_at, seq) WHERE head = 1;
    """
"""The order of delivery, what is held back, and what attempts that did not succeed left behind."""
TURNS = """
    CREATE $unlogged TABLE turns (
        key TEXT PRIMARY KEY,
        turns TEXT NOT NULL,        -- the latest, in order
        held_until BIGINT NOT NULL,
        changed_at BIGINT NOT NULL
    );
    """
"""Rate limits that all replicas keep to together: of each channel, when messages were posted last."""
ANOTHER_FOLDING = """
    DELETE FROM tickets_index;
    DELETE FROM notes_index;
    DELETE FROM vocabulary;
    DELETE FROM to_index;
    UPDATE counters SET last = (SELECT COALESCE(MAX(number), 0) FROM tickets) WHERE name = 'unindexed';
    """
"""Names are folded by `bot.core.identifiers.fold`, and texts yield other tokens: `stored_keys` recomputes them."""

ANOTHER_INDEX = f"""{ANOTHER_FOLDING}
    -- since letters such as ı and ł are found as i and l, and compounds by more of their parts
    """
"""Rebuild of the full-text index, since texts yield other tokens."""
NAMED_CODES = f"""{ANOTHER_FOLDING}
    -- since codes are found with the name of their protocol: SIP 503
    """
"""Another rebuild of the full-text index."""
WORDS_OF_CUSTOMERS = "DELETE FROM customer_words"
"""Customers are also found without accents and by the spelling of their names: `stored_keys` recomputes the words."""
BALL = """
    ALTER TABLE tickets ADD COLUMN ball TEXT NOT NULL DEFAULT '';
    UPDATE tickets SET ball = CASE
        WHEN stage IN ('new', 'first', 'resolved') THEN 'first'
        WHEN stage IN ('handed_off', 'second') THEN 'second'
        WHEN stage IN ('first_asked', 'second_asked') THEN 'customer'
        WHEN REPLACE(doc, '"customer_asked":"', '') <> doc THEN 'customer'
        WHEN REPLACE(doc, '"asked":"', '') <> doc THEN 'second'
        ELSE 'retarus' END
        WHERE is_open = 1;
    CREATE INDEX tickets_open_ball ON tickets (ball, stage, raised_at, id, is_open) WHERE is_open = 1;
    """
"""The party that must act, which with Retarus does not follow from the stage; empty once it is closed."""
LOAD = """
    CREATE INDEX tickets_open_load ON tickets (owner, stage, is_open) WHERE is_open = 1;
    """
"""Open tickets by owner and stage, counted in the index."""

WAITS = """
    ALTER TABLE notices ADD COLUMN planned_at BIGINT NOT NULL DEFAULT 0;    -- when next_at was set
    UPDATE notices SET planned_at = changed_at WHERE state = 'waiting';
    """
"""The moment from which a notice waits: a later one than now tells that the clock was set back."""

MIGRATIONS: tuple[str, ...] = (
    # 1: tickets and their history, the outbox, places, contacts
    """
    CREATE TABLE counters (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
    INSERT INTO counters (name, last) VALUES ('ticket', 1000);

    CREATE TABLE tickets (
        id TEXT PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        stage TEXT NOT NULL,
        is_open INTEGER NOT NULL,
        level TEXT NOT NULL,
        owner TEXT NOT NULL,
        raised_at BIGINT NOT NULL,
        due BIGINT,
        doc TEXT NOT NULL
    );
    CREATE INDEX tickets_newest ON tickets (raised_at, id);
    CREATE INDEX tickets_open ON tickets (raised_at, id) WHERE is_open = 1;
    CREATE INDEX tickets_open_level ON tickets (level, raised_at, id) WHERE is_open = 1;
    CREATE INDEX tickets_open_owner ON tickets (owner, raised_at, id) WHERE is_open = 1;
    CREATE INDEX tickets_due ON tickets (due, id) WHERE due IS NOT NULL;

    CREATE TABLE events (
        ticket_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        doc TEXT NOT NULL,
        PRIMARY KEY (ticket_id, version)
    );

    CREATE TABLE once (key TEXT PRIMARY KEY, used_at BIGINT NOT NULL);
    CREATE INDEX once_oldest ON once (used_at);

    CREATE TABLE notices (
        seq $serial,
        key TEXT NOT NULL UNIQUE,
        ticket_id TEXT NOT NULL,
        lane TEXT NOT NULL,
        state TEXT NOT NULL,
        head INTEGER NOT NULL,      -- 1: it waits, and its lane waits for it
        due BIGINT NOT NULL,        -- when it was to be delivered first
        next_at BIGINT NOT NULL,    -- when it may be claimed: due, end of a lease, or next try
        attempts INTEGER NOT NULL DEFAULT 0,
        why TEXT NOT NULL DEFAULT '',
        changed_at BIGINT NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE INDEX notices_ready ON notices (next_at, seq) WHERE head = 1;
    CREATE UNIQUE INDEX notices_head ON notices (lane) WHERE head = 1;
    CREATE INDEX notices_waiting ON notices (lane, seq) WHERE state = 'waiting';
    CREATE INDEX notices_dead ON notices (seq) WHERE state = 'dead';
    CREATE INDEX notices_ticket ON notices (ticket_id, seq);
    CREATE INDEX notices_done ON notices (changed_at) WHERE state IN ('sent', 'dropped');

    CREATE TABLE places (
        ticket_id TEXT NOT NULL,
        what TEXT NOT NULL,
        channel TEXT NOT NULL,
        ts TEXT NOT NULL,
        link TEXT NOT NULL,
        PRIMARY KEY (ticket_id, what)
    );
    CREATE INDEX places_message ON places (channel, ts);

    CREATE TABLE contacts (slack_user TEXT PRIMARY KEY, name TEXT NOT NULL, doc TEXT NOT NULL);
    """,
    # 2: end-customers, the last ticket of one, open tickets by stage
    """
    CREATE TABLE customers (
        id TEXT PRIMARY KEY,
        folded TEXT NOT NULL UNIQUE,
        doc TEXT NOT NULL
    );
    CREATE TABLE customer_words (
        word TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        PRIMARY KEY (word, customer_id)
    );
    CREATE INDEX customer_words_customer ON customer_words (customer_id);

    ALTER TABLE tickets ADD COLUMN customer TEXT NOT NULL DEFAULT '';  -- folded; older tickets: with their next change
    CREATE INDEX tickets_customer ON tickets (customer, raised_at, id) WHERE customer <> '';
    CREATE INDEX tickets_open_stage ON tickets (stage, raised_at, id, is_open) WHERE is_open = 1;
    """,
    # 3: what of old tickets is left to erase, and who saw or erased personal data
    """
    ALTER TABLE tickets ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX tickets_kept ON tickets (raised_at, id) WHERE is_open = 0 AND erased = 0;

    CREATE TABLE accesses (seq $serial, doc TEXT NOT NULL);
    """,
    # 4: what a month's report reads
    LIFETIMES,
    # 5: drafts and preferences, where they have no file of their own
    "$drafts",
    # 6: Retarus's own views of months
    """
    CREATE TABLE views (month TEXT PRIMARY KEY, doc TEXT NOT NULL);
    """,
    # 7: technical notes, tickets with the same cause, and the full-text index of both
    """
    INSERT INTO counters (name, last) VALUES ('note', 0);
    CREATE TABLE technical_notes (
        id TEXT PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE TABLE technical_note_versions (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        doc TEXT NOT NULL,
        PRIMARY KEY (id, version)
    );

    ALTER TABLE tickets ADD COLUMN parent TEXT NOT NULL DEFAULT '';
    CREATE INDEX tickets_children ON tickets (parent, raised_at, id) WHERE parent <> '' AND is_open = 1;

    CREATE TABLE tickets_index (
        number INTEGER PRIMARY KEY, print BIGINT NOT NULL, entry TEXT NOT NULL $vector_of_entry
    );
    CREATE TABLE notes_index (
        number INTEGER PRIMARY KEY, print BIGINT NOT NULL, entry TEXT NOT NULL $vector_of_entry
    );
    CREATE TABLE vocabulary (number $serial, word TEXT NOT NULL UNIQUE, grams TEXT NOT NULL $vector_of_grams);
    $full_text

    INSERT INTO counters (name, last) SELECT 'unindexed', COALESCE(MAX(number), 0) FROM tickets;
    """,
    # 7: tickets that were saved a moment ago, and are not in the index yet
    "CREATE TABLE to_index (number INTEGER PRIMARY KEY)",
    # 9: end-customers who joined a ticket; those of tickets that are there: stored_keys.py
    JOINED,
    # 10: the order of delivery, and what attempts left behind
    DELIVERY,
    # 11: names folded otherwise, and the full-text index of other tokens: see stored_keys.py
    ANOTHER_FOLDING,
    # 12: the conversation with Retarus
    CONVERSATION,
    # 13: rate limits that replicas share
    TURNS,
    # 14: the party that must act
    BALL,
    # 15: the full-text index of other tokens: see stored_keys.py
    ANOTHER_INDEX,
    # 16: open tickets by owner and stage
    LOAD,
    # 17: since when a notice waits
    WAITS,
    # 18: the full-text index of other tokens: see stored_keys.py
    NAMED_CODES,
    # 19: the search words of end-customers: see stored_keys.py
    WORDS_OF_CUSTOMERS,
)
"""Script n brings a database from version n-1 to version n."""

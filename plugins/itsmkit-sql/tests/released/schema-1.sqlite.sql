CREATE TABLE itsmkit_schema (
    id INTEGER NOT NULL CHECK (id = 1), 
    version INTEGER NOT NULL, 
    PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE itsmkit_marks (
    id INTEGER NOT NULL CHECK (id = 1), 
    position INTEGER NOT NULL, 
    place INTEGER NOT NULL, 
    staging INTEGER NOT NULL, 
    PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE itsmkit_tickets (
    id TEXT NOT NULL, 
    place INTEGER NOT NULL, 
    kind TEXT NOT NULL, 
    number TEXT NOT NULL, 
    version INTEGER NOT NULL, 
    state TEXT NOT NULL, 
    state_category TEXT NOT NULL, 
    document TEXT NOT NULL, 
    PRIMARY KEY (id), 
    UNIQUE (place), 
    UNIQUE (number)
)
 STRICT;
CREATE INDEX itsmkit_tickets_by_category ON itsmkit_tickets (kind, state_category, place);
CREATE TABLE itsmkit_configuration_events (
    position INTEGER NOT NULL, 
    "key" TEXT NOT NULL, 
    sequence INTEGER NOT NULL, 
    document TEXT NOT NULL, 
    PRIMARY KEY (position)
)
 STRICT;
CREATE UNIQUE INDEX itsmkit_configuration_events_in_order ON itsmkit_configuration_events ("key", sequence);
CREATE TABLE itsmkit_staging (
    "key" TEXT NOT NULL, 
    document TEXT NOT NULL, 
    PRIMARY KEY ("key")
)
 STRICT;
CREATE TABLE itsmkit_number_series (
    series TEXT NOT NULL, 
    last INTEGER NOT NULL, 
    PRIMARY KEY (series)
)
 STRICT;
CREATE TABLE itsmkit_timers (
    ticket_id TEXT NOT NULL, 
    name TEXT NOT NULL, 
    due TEXT NOT NULL, 
    free_at TEXT, 
    place INTEGER NOT NULL, 
    fence INTEGER NOT NULL, 
    PRIMARY KEY (ticket_id, name)
)
 STRICT;
CREATE INDEX itsmkit_timers_to_claim ON itsmkit_timers (free_at, due, place) WHERE free_at IS NOT NULL;
CREATE TABLE itsmkit_outbox (
    id INTEGER NOT NULL, 
    "key" TEXT NOT NULL, 
    state TEXT NOT NULL CHECK (state IN ('waiting', 'parked', 'delivered')), 
    free_at TEXT NOT NULL, 
    document TEXT, 
    PRIMARY KEY (id), 
    UNIQUE ("key")
)
 STRICT;
CREATE INDEX itsmkit_outbox_parked ON itsmkit_outbox (id) WHERE state = 'parked';
CREATE INDEX itsmkit_outbox_waiting ON itsmkit_outbox (id) WHERE state = 'waiting';
CREATE TABLE itsmkit_cursors (
    reader TEXT NOT NULL, 
    position INTEGER NOT NULL, 
    PRIMARY KEY (reader)
)
 STRICT;
CREATE TABLE itsmkit_ticket_events (
    position INTEGER NOT NULL, 
    ticket_id TEXT NOT NULL, 
    sequence INTEGER NOT NULL, 
    document TEXT NOT NULL, 
    PRIMARY KEY (position), 
    FOREIGN KEY(ticket_id) REFERENCES itsmkit_tickets (id)
)
 STRICT;
CREATE UNIQUE INDEX itsmkit_ticket_events_in_order ON itsmkit_ticket_events (ticket_id, sequence);

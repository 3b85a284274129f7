"""The change feed: a server's binary log, read as a replica reads it, down to changed keys.

A server writes every committed change to its binary log and sends the log to whoever registers as
a replica. Of that stream the copy engine wants three things: which keys of a few watched tables
were changed, what was said in statements (DDL of other sessions), and how far it has read. It
wants no values: rows are always read anew from the table. So the feed steps over everything but key
columns, and drops the rows of other tables, which are most of the stream, unread.

    server --packets--> Stream --bytes--> FeedDecoder --Batch--> the engine's feed thread
                                            Framing      packets -> events
                                            TableRouter  table id -> TableReader or nobody
                                            row_keys     rows -> keys, by generated code
                                            LogProgress  events -> Position

Only `stream` has a socket. Everything else takes bytes and returns values, so that it is tested
with what servers once wrote.

**Positions.** A `Position` is a boundary between transactions: file and offset on one server, and
the set of GTIDs where all transactions have one. `Batch.received` moves only when a transaction has
ended; a transaction that spans batches begins behind the `before` of each. To go on from a `before`
or `received` therefore misses nothing and may repeat something, and repeated keys do no harm. A
stream starts by GTIDs where there are any: then the server itself says that something is purged, or
that it never had it. Progress on one server is compared by file and offset, which is exact.

**Order.** Keys come in the log's order per table; nothing above needs the order between tables. A
statement ends its batch, so that whoever judges it has read nothing of what came after it.

**Trust.** What is decoded has its checksum verified. A row that does not end where its event does,
an event that is unknown and not marked as ignorable, a type that is unknown: each is an error that
names the position. Nothing is guessed, nothing unknown is passed over.

**Silence.** An idle server sends a heartbeat every five seconds. Three missed ones, or any error,
end the stream; its owner opens another at the last `received`. An owner that can't take more simply
does not read: the server waits for it an hour.

**Threads.** A stream belongs to one thread; `stop` may be called from any and ends its `read` at
once.
"""

package dev.millrace.store;

import dev.millrace.core.port.OutboxChange;
import dev.millrace.core.port.PipelineStore.OutboxVisitor;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.util.List;

/**
 * The outboxes of one pipeline's sinks. Their keys only rise; what was delivered goes by ranges,
 * under which compaction drops whole files without reading them.
 */
final class Outbox {
    private final Database database;
    private final ColumnFamilyHandle family;
    private final int pipeline;

    Outbox(Database database, int pipeline) {
        this.database = database;
        this.family = database.outbox();
        this.pipeline = pipeline;
    }

    void stage(List<OutboxChange> changes, WriteBatch batch) throws RocksDBException {
        for (OutboxChange change : changes) {
            byte[] outbox = Keys.outbox(pipeline, change.sink());
            switch (change) {
                case OutboxChange.Append append ->
                        batch.put(
                                family,
                                Keys.outboxEntry(outbox, append.position()),
                                append.entry());
                case OutboxChange.Trim trim ->
                        batch.deleteRange(
                                family,
                                Keys.outboxEntry(outbox, trim.from()),
                                Keys.outboxEntry(outbox, trim.below()));
            }
        }
    }

    void read(String sink, long from, OutboxVisitor visitor) {
        byte[] outbox = Keys.outbox(pipeline, sink);
        try (Scan entries = database.sweep(family, outbox, Keys.endOf(outbox))) {
            entries.toOrBefore(Keys.outboxEntry(outbox, from));
            if (!entries.valid()) {
                entries.toFirst();
            }
            boolean more = true;
            while (more && entries.valid()) {
                more = visitor.entry(Keys.positionOf(entries.key()), entries.value());
                entries.next();
            }
        }
    }
}

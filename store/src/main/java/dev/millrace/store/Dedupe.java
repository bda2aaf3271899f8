package dev.millrace.store;

import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.PipelineStore.DedupeVisitor;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * One pipeline's dedupe blocks. One thread at a time stages.
 *
 * <p>It remembers each partition's oldest block, so that a commit looks for blocks to forget only
 * when there is one, and does not walk over those that were deleted before.
 */
final class Dedupe {
    private final Database database;
    private final ColumnFamilyHandle family;
    private final int pipeline;
    private final Map<Integer, Oldest> oldest = new HashMap<>();

    private record Oldest(long sequence, long lastReceivedAtMs) {}

    Dedupe(Database database, int pipeline) {
        this.database = database;
        this.family = database.dedupe();
        this.pipeline = pipeline;
        findOldest();
    }

    void stage(List<DedupeBlock> blocks, long notBeforeMs, WriteBatch batch)
            throws RocksDBException {
        forget(notBeforeMs, batch);
        for (DedupeBlock block : blocks) {
            int partition = block.partition();
            if (block.lastReceivedAtMs() >= notBeforeMs || oldest.containsKey(partition)) {
                batch.put(family, Keys.block(pipeline, partition, block.sequence()), encode(block));
                oldest.putIfAbsent(
                        partition, new Oldest(block.sequence(), block.lastReceivedAtMs()));
            }
        }
    }

    void read(int partition, long notBeforeMs, DedupeVisitor visitor) {
        byte[] from = Keys.partition(pipeline, partition);
        try (Scan blocks = database.sweep(family, from, Keys.endOf(from)).toFirst()) {
            for (; blocks.valid(); blocks.next()) {
                DedupeBlock block = decode(blocks.key(), blocks.value());
                if (block.lastReceivedAtMs() >= notBeforeMs) {
                    visitor.block(block);
                }
            }
        }
    }

    private void findOldest() {
        byte[] all = Keys.pipeline(pipeline);
        try (Scan blocks = database.scan(family, all, Keys.endOf(all)).toFirst()) {
            while (blocks.valid()) {
                DedupeBlock block = decode(blocks.key(), blocks.value());
                oldest.put(
                        block.partition(), new Oldest(block.sequence(), block.lastReceivedAtMs()));
                blocks.toOrAfter(Keys.endOf(Keys.partition(pipeline, block.partition())));
            }
        }
    }

    private void forget(long notBeforeMs, WriteBatch batch) throws RocksDBException {
        Iterator<Map.Entry<Integer, Oldest>> partitions = oldest.entrySet().iterator();
        while (partitions.hasNext()) {
            Map.Entry<Integer, Oldest> partition = partitions.next();
            if (partition.getValue().lastReceivedAtMs() < notBeforeMs) {
                Oldest staying =
                        forget(partition.getKey(), partition.getValue(), notBeforeMs, batch);
                if (staying == null) {
                    partitions.remove();
                } else {
                    partition.setValue(staying);
                }
            }
        }
    }

    /** Returns the first block that stays. */
    private @Nullable Oldest forget(int partition, Oldest first, long notBeforeMs, WriteBatch batch)
            throws RocksDBException {
        byte[] from = Keys.block(pipeline, partition, first.sequence());
        byte[] to = Keys.endOf(Keys.partition(pipeline, partition));
        try (Scan blocks = database.scan(family, from, to).toFirst()) {
            for (; blocks.valid(); blocks.next()) {
                long lastReceivedAtMs = ByteBuffer.wrap(blocks.value()).getLong();
                if (lastReceivedAtMs >= notBeforeMs) {
                    return new Oldest(Keys.sequenceOf(blocks.key()), lastReceivedAtMs);
                }
                batch.delete(family, blocks.key());
            }
        }
        return null;
    }

    private static byte[] encode(DedupeBlock block) {
        ByteBuffer out = ByteBuffer.allocate(Long.BYTES * (1 + block.ids().length));
        out.putLong(block.lastReceivedAtMs()).asLongBuffer().put(block.ids());
        return out.array();
    }

    private static DedupeBlock decode(byte[] key, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        long lastReceivedAtMs = in.getLong();
        long[] ids = new long[in.remaining() / Long.BYTES];
        in.asLongBuffer().get(ids);
        return new DedupeBlock(Keys.partitionOf(key), Keys.sequenceOf(key), lastReceivedAtMs, ids);
    }
}

package dev.millrace.testing;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.OutboxChange;
import dev.millrace.core.port.PipelineVersion;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** All that a pipeline holds in memory. Not safe for use by many threads. */
final class StoredPipeline {
    private final String name;
    final NavigableMap<Integer, PipelineVersion> versions = new TreeMap<>();
    final NavigableMap<Long, byte[]> journal = new TreeMap<>();
    final NavigableMap<RowKey, byte[]> rows = new TreeMap<>();
    final NavigableMap<LetterId, DeadLetter> letters = new TreeMap<>();
    final NavigableMap<BlockKey, DedupeBlock> dedupe = new TreeMap<>();
    final NavigableMap<String, byte[]> notes = new TreeMap<>();
    final Map<String, NavigableMap<Long, byte[]>> outboxes = new HashMap<>();
    byte @Nullable [] checkpoint;
    private long newestOffset = -1;

    /** Orders rows as the port says. */
    record RowKey(int aggregate, long windowStartMs, byte[] group) implements Comparable<RowKey> {
        private static final Comparator<RowKey> ORDER =
                Comparator.comparingInt(RowKey::aggregate)
                        .thenComparingLong(RowKey::windowStartMs)
                        .thenComparing(RowKey::group, Arrays::compareUnsigned);

        @Override
        public int compareTo(RowKey other) {
            return ORDER.compare(this, other);
        }
    }

    record BlockKey(int partition, long sequence) implements Comparable<BlockKey> {
        private static final Comparator<BlockKey> ORDER =
                Comparator.comparingInt(BlockKey::partition).thenComparingLong(BlockKey::sequence);

        @Override
        public int compareTo(BlockKey other) {
            return ORDER.compare(this, other);
        }
    }

    StoredPipeline(String name, PipelineVersion first) {
        this.name = name;
        versions.put(first.version(), first);
    }

    private StoredPipeline(StoredPipeline original) {
        name = original.name;
        versions.putAll(original.versions);
        journal.putAll(original.journal);
        rows.putAll(original.rows);
        letters.putAll(original.letters);
        dedupe.putAll(original.dedupe);
        notes.putAll(original.notes);
        original.outboxes.forEach((sink, its) -> outboxes.put(sink, new TreeMap<>(its)));
        checkpoint = original.checkpoint;
        newestOffset = original.newestOffset;
    }

    StoredPipeline copy() {
        return new StoredPipeline(this);
    }

    String name() {
        return name;
    }

    long newestOffset() {
        return newestOffset;
    }

    long journalBytes() {
        return journal.values().stream().mapToLong(record -> record.length).sum();
    }

    void append(JournalAppend append) {
        journal.put(append.offset(), append.record().clone());
        newestOffset = append.offset();
        change(append.letters());
        note(append.notes());
        append.version().ifPresent(version -> versions.put(version.version(), version));
    }

    void commit(Commit commit) {
        checkpoint = commit.checkpoint().clone();
        for (Commit.RowChange row : commit.rows()) {
            rows.put(
                    new RowKey(row.aggregate(), row.windowStartMs(), row.group().clone()),
                    row.value().clone());
        }
        for (Commit.RowExpiry expiry : commit.expiries()) {
            rows.keySet()
                    .removeIf(row ->
                            row.aggregate() == expiry.aggregate()
                                    && row.windowStartMs() < expiry.beforeMs()
                                    && !expiry.sparedMs().contains(row.windowStartMs()));
        }
        rows.keySet().removeIf(row -> commit.droppedAggregates().contains(row.aggregate()));
        change(commit.letters());
        note(commit.notes());
        putOut(commit.outbox());
        for (DedupeBlock block : commit.dedupe()) {
            dedupe.put(
                    new BlockKey(block.partition(), block.sequence()),
                    new DedupeBlock(
                            block.partition(),
                            block.sequence(),
                            block.lastReceivedAtMs(),
                            block.ids().clone()));
        }
        forget(commit.dedupeNotBeforeMs());
    }

    private void change(List<LetterChange> changes) {
        for (LetterChange change : changes) {
            switch (change) {
                case LetterChange.Put(DeadLetter letter) -> letters.put(letter.id(), letter);
                case LetterChange.Remove(LetterId id) -> letters.remove(id);
            }
        }
    }

    private void putOut(List<OutboxChange> changes) {
        for (OutboxChange change : changes) {
            NavigableMap<Long, byte[]> its =
                    outboxes.computeIfAbsent(change.sink(), _ -> new TreeMap<>());
            switch (change) {
                case OutboxChange.Append append ->
                        its.put(append.position(), append.entry().clone());
                case OutboxChange.Trim trim ->
                        its.subMap(trim.from(), true, trim.below(), false).clear();
            }
        }
    }

    private void note(List<Note> changes) {
        for (Note note : changes) {
            byte[] value = note.value();
            if (value == null) {
                notes.remove(note.key());
            } else {
                notes.put(note.key(), value.clone());
            }
        }
    }

    void trim(long below, long notBeforeMs, long maxBytes) {
        long bytes = journalBytes();
        while (!journal.isEmpty()) {
            long offset = journal.firstKey();
            byte[] record = journal.firstEntry().getValue();
            boolean unwanted = bytes > maxBytes || JournalCodec.receivedAtMs(record) < notBeforeMs;
            if (!unwanted || offset + JournalCodec.width(record) > below) {
                return;
            }
            bytes -= record.length;
            journal.remove(offset);
        }
    }

    private void forget(long notBeforeMs) {
        Set<Integer> staying = new HashSet<>();
        dedupe.values()
                .removeIf(block -> {
                    if (block.lastReceivedAtMs() >= notBeforeMs) {
                        staying.add(block.partition());
                    }
                    return !staying.contains(block.partition());
                });
    }
}

package dev.millrace.testing;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Backfill;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.TaskRecord;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A pipeline's journal, and the ticks that came between its records. Records go through their
 * stored bytes, as if read after a restart. Written once by a {@link Scribe}, then only read.
 */
final class Feed {
    /**
     * @param offset of the record; for a tick, of the record that follows
     * @param endOffset behind the record; of a tick, the same as {@code offset}
     * @param accepted events that it holds
     * @param admitted what admission counts of it, by cell of the ledger
     */
    record Entry(
            long offset,
            long endOffset,
            int accepted,
            Map<CellKey, Cell> admitted,
            TaskRecord record) {
        boolean isRecord() {
            return endOffset > offset;
        }
    }

    private final Programs programs;
    private final List<Entry> entries = new ArrayList<>();
    private final NavigableMap<Long, byte[]> written = new TreeMap<>();
    private final List<Backfill> backfills = new ArrayList<>();
    private long endOffset;

    Feed(Programs programs) {
        this.programs = programs;
    }

    Programs programs() {
        return programs;
    }

    int size() {
        return entries.size();
    }

    Entry entry(int index) {
        return entries.get(index);
    }

    List<Entry> entries() {
        return entries;
    }

    /**
     * Where a partition goes on that has taken all records below an offset, and all ticks before an
     * index.
     */
    int indexFrom(long offset, int ticksBefore) {
        int index = 0;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            boolean taken =
                    entry.isRecord() ? entry.endOffset() <= offset : i < ticksBefore && i == index;
            if (taken) {
                index = i + 1;
            }
        }
        return index;
    }

    /** Events accepted below an offset. */
    long acceptedBelow(long offset) {
        return entries.stream()
                .filter(entry -> entry.endOffset() <= offset)
                .mapToLong(Entry::accepted)
                .sum();
    }

    /** What admission counts of the records that end above an offset and not above another. */
    Map<CellKey, Cell> admitted(long aboveOffset, long upToOffset) {
        Map<CellKey, Cell> sum = new HashMap<>();
        entries.stream()
                .filter(entry ->
                        entry.isRecord()
                                && entry.endOffset() > aboveOffset
                                && entry.endOffset() <= upToOffset)
                .forEach(entry ->
                        entry.admitted().forEach((key, cell) -> sum.merge(key, cell, Cell::plus)));
        return sum;
    }

    /** Whether a record with events of a minute ends above an offset. */
    boolean holds(long minuteMs, long aboveOffset) {
        return entries.stream()
                .filter(entry -> entry.endOffset() > aboveOffset)
                .flatMap(entry -> entry.admitted().keySet().stream())
                .anyMatch(key -> minuteMs == CellKey.WHOLE_MS || key.minuteMs() == minuteMs);
    }

    void tick(long toMs) {
        entries.add(new Entry(endOffset, endOffset, 0, Map.of(), new TaskRecord.Tick(toMs)));
    }

    void append(JournalRecord appended) {
        append(appended, List.of());
    }

    /**
     * @param rejected the source of each event that was rejected
     */
    void append(JournalRecord appended, List<String> rejected) {
        byte[] bytes = JournalCodec.encode(appended);
        JournalRecord record = JournalCodec.decode(endOffset, bytes);
        written.put(endOffset, bytes);
        if (record instanceof JournalRecord.Change change && change.backfillFromMs().isPresent()) {
            announce(change.version(), change.backfillFromMs().getAsLong());
        }
        long begin = endOffset;
        endOffset += record.width();
        int accepted =
                switch (record) {
                    case JournalRecord.Events events -> events.accepted();
                    case JournalRecord.Readmission readmission -> readmission.letters().size();
                    default -> 0;
                };
        TaskRecord task = task(record);
        Map<CellKey, Cell> admitted = new HashMap<>();
        if (task instanceof TaskRecord.Events(EventBatch batch, long _, long _)) {
            for (int i = 0; i < batch.size(); i++) {
                String source = batch.source(batch.sourceNumber(i));
                admit(record.receivedAtMs(), source, Cell.admitted(1, 0), admitted);
            }
        }
        rejected.forEach(
                source -> admit(record.receivedAtMs(), source, Cell.admitted(0, 1), admitted));
        entries.add(new Entry(begin, endOffset, accepted, admitted, task));
    }

    private static void admit(
            long receivedAtMs, String source, Cell cell, Map<CellKey, Cell> into) {
        into.merge(CellKey.of(receivedAtMs, source), cell, Cell::plus);
    }

    /** From the record received one dedupe horizon before, or as near as the horizon is known. */
    private void announce(int version, long fromMs) {
        PipelineProgram next = programs.version(version);
        Map<String, Integer> before = programs.version(version - 1).version().aggregates();
        Set<Integer> aggregates =
                next.aggregations().stream()
                        .map(Aggregation::number)
                        .filter(number -> !before.containsValue(number))
                        .collect(Collectors.toSet());
        long neededMs = fromMs - next.definition().dedupe().toMillis();
        long startOffset =
                written.entrySet().stream()
                        .filter(one -> JournalCodec.receivedAtMs(one.getValue()) >= neededMs)
                        .mapToLong(Map.Entry::getKey)
                        .findFirst()
                        .orElse(endOffset);
        if (!aggregates.isEmpty()) {
            backfills.add(
                    new Backfill(version, aggregates, fromMs, startOffset, startOffset, endOffset));
        }
    }

    /** Those that changes ask for, in order. */
    List<Backfill> backfills() {
        return backfills;
    }

    /** As a storage hands over its journal. */
    void readJournal(long from, PipelineStore.JournalVisitor visitor) {
        Map.Entry<Long, byte[]> before = written.floorEntry(from);
        boolean holds =
                before != null && from < before.getKey() + JournalCodec.width(before.getValue());
        for (Map.Entry<Long, byte[]> one :
                written.tailMap(holds ? before.getKey() : from, true).entrySet()) {
            if (!visitor.record(one.getKey(), one.getValue())) {
                return;
            }
        }
    }

    private TaskRecord task(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Events events ->
                    events(
                            record,
                            read(events.version(), events.payload(), events.receivedAtMs())
                                    .history(events.history()));
            case JournalRecord.Readmission again ->
                    events(record, read(again.version(), again.payload(), again.receivedAtMs()));
            case JournalRecord.Change change ->
                    new TaskRecord.Change(programs.version(change.version()), endOffset);
            case JournalRecord.Replay replay ->
                    new TaskRecord.Replay(
                            replay.replay(),
                            replay.letters().stream().map(LetterRef::id).toList(),
                            replay.patch(),
                            replay.receivedAtMs(),
                            endOffset);
            case JournalRecord.Discard discard ->
                    new TaskRecord.Discard(discard.request(), discard.letters(), endOffset);
            case JournalRecord.Advance advance -> new TaskRecord.Advance(advance.toMs(), endOffset);
        };
    }

    private TaskRecord events(JournalRecord record, EventBatch batch) {
        return new TaskRecord.Events(batch, endOffset - record.width(), endOffset);
    }

    private EventBatch read(int version, byte[] payload, long receivedAtMs) {
        return programs.version(version).reader().reread(payload, 0, payload.length, receivedAtMs);
    }
}

package dev.millrace.testing;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.task.TaskRecord;

import java.util.ArrayList;
import java.util.List;

/**
 * A pipeline's journal, and the ticks that came between its records. Records go through their
 * stored bytes, as if read after a restart. Written once by a {@link Scribe}, then only read.
 */
final class Feed {
    /**
     * @param offset of the record; for a tick, of the record that follows
     * @param endOffset behind the record; of a tick, the same as {@code offset}
     * @param accepted events that it holds
     */
    record Entry(long offset, long endOffset, int accepted, TaskRecord record) {
        boolean isRecord() {
            return endOffset > offset;
        }
    }

    private final Programs programs;
    private final List<Entry> entries = new ArrayList<>();
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

    void tick(long toMs) {
        entries.add(new Entry(endOffset, endOffset, 0, new TaskRecord.Tick(toMs)));
    }

    void append(JournalRecord written) {
        JournalRecord record = JournalCodec.decode(endOffset, JournalCodec.encode(written));
        long begin = endOffset;
        endOffset += record.width();
        int accepted =
                switch (record) {
                    case JournalRecord.Events events -> events.accepted();
                    case JournalRecord.Readmission readmission -> readmission.letters();
                    default -> 0;
                };
        entries.add(new Entry(begin, endOffset, accepted, task(record)));
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

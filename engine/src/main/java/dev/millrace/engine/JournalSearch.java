package dev.millrace.engine;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.port.PipelineStore;

import org.jspecify.annotations.Nullable;

/** Finds places in a journal by time, in a few dozen seeks however long it is. */
final class JournalSearch {
    private JournalSearch() {}

    /** Of a record: where it begins, where the next one does, and when it was received. */
    record Found(long offset, long endOffset, long receivedAtMs) {}

    /** The record that holds an offset, or the first one after it; null if there is none. */
    static @Nullable Found at(PipelineStore store, long offset) {
        Found[] found = new Found[1];
        store.readJournal(
                offset,
                (at, record) -> {
                    found[0] =
                            new Found(
                                    at,
                                    at + JournalCodec.width(record),
                                    JournalCodec.receivedAtMs(record));
                    return false;
                });
        return found[0];
    }

    /**
     * The offset of the first record received at {@code timeMs} or later; {@code endOffset} if
     * there is none before it. Receipt rises with offsets but for what bodies wait for the journal,
     * so that ones received in the seconds before may be met behind it, and the other way round.
     */
    static long firstSince(PipelineStore store, long timeMs, long endOffset) {
        long low = Math.min(store.journalStart().orElse(endOffset), endOffset);
        long high = endOffset;
        while (low < high) {
            long middle = low + (high - low) / 2;
            Found found = at(store, middle);
            if (found == null || found.offset() >= high) {
                high = middle;
            } else if (found.receivedAtMs() >= timeMs) {
                high = Math.min(found.offset(), middle);
            } else {
                low = found.endOffset();
            }
        }
        return high;
    }
}

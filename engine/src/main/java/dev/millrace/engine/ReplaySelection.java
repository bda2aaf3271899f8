package dev.millrace.engine;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.port.PipelineStore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Finds the letters of a replay a slice at a time, without holding more. Parked ones are taken only
 * where they are named.
 */
final class ReplaySelection {
    /** Letters in a slice. */
    static final int SLICE_LETTERS = 1_000;

    /** Bytes of a slice's letters, unless it is a single one. */
    static final long SLICE_BYTES = 4L << 20;

    private final PipelineStore store;
    private final ReplayAsked asked;
    private final IntFunction<List<LetterId>> ids;

    /**
     * @param ids the letters that are named, in parts of {@link ReplayNotes#IDS}, from 0
     */
    ReplaySelection(PipelineStore store, ReplayAsked asked, IntFunction<List<LetterId>> ids) {
        this.store = store;
        this.asked = asked;
        this.ids = ids;
    }

    /**
     * Some letters of a replay.
     *
     * @param tried those that go to their partitions
     * @param refused those that go through admission
     * @param putOut those that go to their sinks; then there are no others but missing ones, since
     *     they are sent by another write
     * @param missing those that are not there
     * @param after the last one by the filter
     * @param last whether there are no more
     */
    record Slice(
            List<LetterRef> tried,
            List<LetterId> refused,
            List<LetterId> putOut,
            List<LetterId> missing,
            Optional<LetterId> after,
            boolean last,
            long bytes) {
        int letters() {
            return tried.size() + refused.size() + putOut.size() + missing.size();
        }

        int lettersOfSinks() {
            return putOut.size() + (int) missing.stream().filter(LetterId::isOfSink).count();
        }
    }

    /** A slice in the making. */
    private static final class Slicing {
        private final List<LetterRef> tried = new ArrayList<>();
        private final List<LetterId> refused = new ArrayList<>();
        private final List<LetterId> putOut = new ArrayList<>();
        private final List<LetterId> missing = new ArrayList<>();
        private Optional<LetterId> after;
        private boolean more;
        private long bytes;

        Slicing(Optional<LetterId> after) {
            this.after = after;
        }

        int letters() {
            return tried.size() + refused.size() + putOut.size() + missing.size();
        }

        /** Whether a letter goes the way of those that are there. */
        boolean suits(DeadLetter letter) {
            return letter.kind() == LetterKind.SINK
                    ? tried.isEmpty() && refused.isEmpty()
                    : putOut.isEmpty();
        }

        boolean isFull(int most) {
            return letters() == most || bytes >= SLICE_BYTES;
        }

        void add(DeadLetter letter) {
            if (letter.kind() == LetterKind.STAGE || letter.kind() == LetterKind.LATE) {
                tried.add(letter.ref());
            } else if (letter.kind() == LetterKind.SINK) {
                putOut.add(letter.id());
            } else {
                refused.add(letter.id());
            }
            bytes += letter.original().length + letter.event().length;
        }

        Slice slice(boolean last) {
            return new Slice(tried, refused, putOut, missing, after, last, bytes);
        }
    }

    /**
     * The letters that come next.
     *
     * @param most 1 to {@link #SLICE_LETTERS}
     */
    Slice next(ReplaySent sent, int most) throws InterruptedException {
        Slicing slicing = new Slicing(sent.after());
        return asked.ids() > 0
                ? named(sent.taken(), most, slicing)
                : matching(Math.min(most, asked.limit() - sent.taken()), sent, slicing);
    }

    private Slice named(int from, int most, Slicing slicing) {
        List<LetterId> part = ids.apply(from / ReplayNotes.IDS);
        for (int i = from % ReplayNotes.IDS; i < part.size() && !slicing.isFull(most); i++) {
            LetterId id = part.get(i);
            Optional<DeadLetter> letter = store.letter(id);
            if (letter.isPresent() && !slicing.suits(letter.get())) {
                break;
            }
            letter.ifPresentOrElse(slicing::add, () -> slicing.missing.add(id));
        }
        return slicing.slice(from + slicing.letters() == asked.ids());
    }

    private Slice matching(int most, ReplaySent sent, Slicing slicing) throws InterruptedException {
        store.letters(
                asked.filter(),
                sent.after().orElse(null),
                letter -> {
                    if (Thread.currentThread().isInterrupted()) {
                        return false;
                    }
                    if (!asked.bounds().contain(letter.id())) {
                        return true;
                    }
                    if (slicing.isFull(most) || !slicing.suits(letter)) {
                        slicing.more = true;
                        return false;
                    }
                    slicing.add(letter);
                    slicing.after = Optional.of(letter.id());
                    return true;
                });
        failIfInterrupted();
        boolean enough = sent.taken() + slicing.letters() == asked.limit();
        return slicing.slice(enough || !slicing.more);
    }

    /** How many letters there are to be taken. */
    long count() throws InterruptedException {
        if (asked.ids() > 0) {
            return asked.ids();
        }
        long[] count = new long[1];
        store.letterIds(
                asked.filter(),
                null,
                id -> {
                    count[0] += asked.bounds().contain(id) ? 1 : 0;
                    return count[0] < asked.limit() && !Thread.currentThread().isInterrupted();
                });
        failIfInterrupted();
        return count[0];
    }

    private static void failIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("a replay was interrupted");
        }
    }
}

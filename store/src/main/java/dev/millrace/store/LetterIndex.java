package dev.millrace.store;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Every letter twice more: in the order of ids within its fingerprint, and within its source. A
 * filter becomes a few ranges of this index, merged in the order of ids; the headers in them decide
 * what the ranges do not.
 */
final class LetterIndex {
    /**
     * Ranges that are merged at most. Where a filter needs more, the letters themselves are read.
     */
    static final int RANGES = 1_024;

    private final Database database;
    private final int pipeline;
    private final LetterTally tally;

    /** Receives what the index says of a letter. */
    @FunctionalInterface
    interface Visitor {
        /** Return false to stop. */
        boolean letter(LetterId id, LetterHeader header);
    }

    LetterIndex(Database database, int pipeline, LetterTally tally) {
        this.database = database;
        this.pipeline = pipeline;
        this.tally = tally;
    }

    /** Counts all letters that are there. */
    void load() {
        byte[] all = Keys.lettersByCause(pipeline);
        try (Scan entries =
                database.sweep(database.letterIndex(), all, Keys.endOf(all)).toFirst()) {
            for (; entries.valid(); entries.next()) {
                tally.add(LetterHeader.decode(entries.value()));
            }
        }
    }

    void put(LetterId id, LetterHeader header, WriteBatch batch) throws RocksDBException {
        byte[] value = header.encode();
        batch.put(database.letterIndex(), byCause(id, header), value);
        batch.put(database.letterIndex(), bySource(id, header), value);
    }

    void remove(LetterId id, LetterHeader header, WriteBatch batch) throws RocksDBException {
        batch.delete(database.letterIndex(), byCause(id, header));
        batch.delete(database.letterIndex(), bySource(id, header));
    }

    private byte[] byCause(LetterId id, LetterHeader header) {
        return Keys.indexed(Keys.letterCause(pipeline, header.fingerprint()), id);
    }

    private byte[] bySource(LetterId id, LetterHeader header) {
        return Keys.indexed(Keys.letterSource(pipeline, LetterHeader.hash(header.source())), id);
    }

    /**
     * The ranges that hold all letters of a filter, the shortest way; empty if every letter has to
     * be looked at.
     */
    Optional<List<byte[]>> ranges(LetterFilter filter) {
        if (filter.fingerprint().isPresent()
                && LetterHeader.fingerprint(filter.fingerprint().get()).isEmpty()) {
            return Optional.of(List.of());
        }
        List<LetterTally.OfCause> causes = tally.causes(filter);
        long ofCauses = causes.stream().mapToLong(LetterTally.OfCause::letters).sum();
        boolean known = tally.knowsAllCauses();
        Optional<String> source = filter.source();
        if (source.isPresent() && (!known || tally.lettersFrom(source.get()) <= ofCauses)) {
            return Optional.of(
                    List.of(Keys.letterSource(pipeline, LetterHeader.hash(source.get()))));
        }
        if (filter.fingerprint().isPresent()) {
            return LetterHeader.fingerprint(filter.fingerprint().get())
                    .map(fingerprint -> List.of(Keys.letterCause(pipeline, fingerprint)));
        }
        if (!known || causes.size() > RANGES || ofCauses == tally.letters()) {
            return Optional.empty();
        }
        return Optional.of(
                causes.stream()
                        .map(cause -> Keys.letterCause(pipeline, cause.fingerprint()))
                        .toList());
    }

    /** The letters of the ranges that match, in the order of ids, after {@code after}. */
    void visit(
            Moment moment,
            List<byte[]> ranges,
            LetterFilter filter,
            @Nullable LetterId after,
            Visitor visitor) {
        PriorityQueue<Run> runs = new PriorityQueue<>(Comparator.comparing(Run::at));
        List<Scan> open = new ArrayList<>();
        try {
            for (byte[] range : ranges) {
                byte[] from = after == null ? range : Keys.after(Keys.indexed(range, after));
                Scan scan = moment.scan(database.letterIndex(), from, Keys.endOf(range));
                open.add(scan);
                Run.of(scan.toFirst()).ifPresent(runs::add);
            }
            while (!runs.isEmpty()) {
                Run run = runs.remove();
                LetterHeader header = LetterHeader.decode(run.scan().value());
                if (header.matches(filter) && !visitor.letter(run.at(), header)) {
                    return;
                }
                run.scan().next();
                Run.of(run.scan()).ifPresent(runs::add);
            }
        } finally {
            open.forEach(Scan::close);
        }
    }

    /** The letter of a cause that failed first; null if there is none. */
    @Nullable LetterId oldest(Moment moment, long fingerprint) {
        byte[] range = Keys.letterCause(pipeline, fingerprint);
        try (Scan scan = moment.scan(database.letterIndex(), range, Keys.endOf(range))) {
            return at(scan.toFirst());
        }
    }

    /** The letter of a cause that is the newest by its id; null if there is none. */
    @Nullable LetterId newest(Moment moment, long fingerprint) {
        byte[] range = Keys.letterCause(pipeline, fingerprint);
        try (Scan scan = moment.scan(database.letterIndex(), range, Keys.endOf(range))) {
            return at(scan.toLast());
        }
    }

    private static @Nullable LetterId at(Scan scan) {
        return scan.valid() ? Keys.letterOf(scan.key()) : null;
    }

    static IllegalStateException broken(LetterId id) {
        return new IllegalStateException(
                "the index of dead letters names " + id + ", which is not there");
    }

    /** A scan, and the letter at which it stands. */
    private record Run(LetterId at, Scan scan) {
        static Optional<Run> of(Scan scan) {
            LetterId at = LetterIndex.at(scan);
            return at == null ? Optional.empty() : Optional.of(new Run(at, scan));
        }
    }
}

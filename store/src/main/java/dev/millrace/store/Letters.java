package dev.millrace.store;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterCodec;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.SourceLetters;
import dev.millrace.core.port.LetterStore;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pipeline's dead letters, with their index and their counts. One thread at a time changes
 * them, from before {@link Changing#stage} until after {@link Changing#written}; any may read.
 */
final class Letters implements LetterStore {
    private final Database database;
    private final ColumnFamilyHandle family;
    private final int pipeline;
    private final LetterTally tally = new LetterTally();
    private final LetterIndex index;
    private final LetterTidy tidy;

    /** A letter that comes or goes. */
    private record Step(LetterHeader letter, boolean comes) {}

    /** Changes on their way into one batch, and then into the counts. Used once. */
    final class Changing {
        private final List<LetterChange> changes;
        private final List<Step> steps = new ArrayList<>();

        private Changing(List<LetterChange> changes) {
            this.changes = changes;
        }

        void stage(WriteBatch batch) throws RocksDBException {
            Map<LetterId, Optional<LetterHeader>> known = new HashMap<>();
            for (LetterChange change : changes) {
                LetterId id = change.id();
                byte[] key = Keys.letter(pipeline, id);
                Optional<LetterHeader> before = known.computeIfAbsent(id, _ -> stored(id, key));
                if (before.isPresent()) {
                    index.remove(id, before.get(), batch);
                    steps.add(new Step(before.get(), false));
                }
                switch (change) {
                    case LetterChange.Put(DeadLetter letter) -> {
                        byte[] bytes = LetterCodec.encode(letter);
                        LetterHeader header = LetterHeader.of(letter, bytes.length);
                        batch.put(family, key, bytes);
                        index.put(id, header, batch);
                        steps.add(new Step(header, true));
                        known.put(id, Optional.of(header));
                    }
                    case LetterChange.Remove _ -> {
                        batch.delete(family, key);
                        known.put(id, Optional.empty());
                    }
                }
            }
        }

        /** To be called once the batch is written. */
        void written() {
            long removed = 0;
            for (Step step : steps) {
                if (step.comes()) {
                    tally.add(step.letter());
                } else {
                    tally.remove(step.letter());
                    removed++;
                }
            }
            tidy.removed(removed);
        }
    }

    Letters(Database database, int pipeline, LetterTidy tidy) {
        this.database = database;
        this.family = database.letters();
        this.pipeline = pipeline;
        this.tidy = tidy;
        this.index = new LetterIndex(database, pipeline, tally);
        index.load();
    }

    /** What is to be written of these changes, in their order. */
    Changing changing(List<LetterChange> changes) {
        return new Changing(changes);
    }

    private Optional<LetterHeader> stored(LetterId id, byte[] key) {
        byte[] bytes = database.get(family, key);
        return bytes == null
                ? Optional.empty()
                : Optional.of(LetterHeader.of(LetterCodec.decode(id, bytes), bytes.length));
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        return Optional.ofNullable(database.get(family, Keys.letter(pipeline, id)))
                .map(bytes -> LetterCodec.decode(id, bytes));
    }

    @Override
    public void letters(LetterFilter filter, @Nullable LetterId after, LetterVisitor visitor) {
        Optional<List<byte[]>> ranges = index.ranges(filter);
        try (Moment moment = database.moment()) {
            if (ranges.isEmpty()) {
                scan(moment, filter, after, visitor);
            } else {
                index.visit(
                        moment,
                        ranges.get(),
                        filter,
                        after,
                        (id, _) -> visitor.letter(indexed(moment, id)));
            }
        }
    }

    @Override
    public void letterIds(LetterFilter filter, @Nullable LetterId after, LetterIdVisitor visitor) {
        Optional<List<byte[]>> ranges = index.ranges(filter);
        try (Moment moment = database.moment()) {
            if (ranges.isEmpty()) {
                scan(moment, filter, after, letter -> visitor.letter(letter.id()));
            } else {
                index.visit(moment, ranges.get(), filter, after, (id, _) -> visitor.letter(id));
            }
        }
    }

    private void scan(
            Moment moment, LetterFilter filter, @Nullable LetterId after, LetterVisitor visitor) {
        byte[] all = Keys.pipeline(pipeline);
        byte[] from = after == null ? all : Keys.after(Keys.letter(pipeline, after));
        try (Scan letters = moment.scan(family, from, Keys.endOf(all)).toFirst()) {
            boolean more = true;
            while (more && letters.valid()) {
                LetterId id = Keys.letterOf(letters.key());
                DeadLetter letter = LetterCodec.decode(id, letters.value());
                more = !filter.matches(letter) || visitor.letter(letter);
                letters.next();
            }
        }
    }

    private DeadLetter indexed(Moment moment, LetterId id) {
        byte[] bytes = moment.get(family, Keys.letter(pipeline, id));
        if (bytes == null) {
            throw LetterIndex.broken(id);
        }
        return LetterCodec.decode(id, bytes);
    }

    @Override
    public long letterCount() {
        return tally.letters();
    }

    @Override
    public Map<LetterKind, Long> lettersByKind() {
        return tally.byKind();
    }

    @Override
    public SourceLetters lettersOf(String source) {
        return tally.of(source);
    }

    @Override
    public List<SourceLetters> letterSources(int limit) {
        return tally.sources(limit);
    }

    @Override
    public LetterSummary letterSummary(LetterFilter filter, int limit) {
        try (Moment moment = database.moment()) {
            return new LetterCensus(database, pipeline, tally, index, moment)
                    .summary(filter, limit);
        }
    }
}

package dev.millrace.store;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.RecentFailures;
import dev.millrace.core.letter.SourceLetters;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many dead letters there are, by kind, cause and source. Held in memory and rebuilt from the
 * index, so bounded: of {@link #CAUSES} causes and {@link #SOURCES} sources each is counted by
 * itself, what comes on top is summed up. Safe for use by many threads.
 */
final class LetterTally {
    static final int CAUSES = 10_000;
    static final int SOURCES = 100_000;

    private final Counters<Long, OfCause> causes = new Counters<>(CAUSES);
    private final Counters<String, OfSource> sources = new Counters<>(SOURCES);
    private final Map<LetterKind, Long> kinds = new EnumMap<>(LetterKind.class);
    private long letters;

    /** The letters of one fingerprint. */
    record OfCause(
            long fingerprint,
            LetterKind kind,
            String stage,
            long letters,
            long parked,
            long lastFailedAtMs,
            RecentFailures recent)
            implements Counted {
        boolean matches(LetterFilter filter) {
            return filter.kind().map(wanted -> wanted == kind).orElse(true)
                    && filter.stage().map(wanted -> wanted.equals(stage)).orElse(true)
                    && filter.parked()
                            .map(wanted -> wanted ? parked > 0 : letters > parked)
                            .orElse(true)
                    && filter.fingerprint()
                            .map(wanted -> wanted.equals(LetterHeader.text(fingerprint)))
                            .orElse(true);
        }
    }

    /** The letters of one source; {@code its}: those that count against its budget. */
    record OfSource(long letters, long its, long itsBytes) implements Counted {}

    /** How much there is of something. */
    interface Counted {
        long letters();
    }

    /**
     * Counts by key, as long as there is room. A key that has letters is either counted by itself
     * or with the others, never both: while others are there, no key begins to be counted by
     * itself.
     */
    private static final class Counters<K, C extends Counted> {
        private final int most;
        private final Map<K, C> counted = new HashMap<>();
        private @Nullable C others;

        Counters(int most) {
            this.most = most;
        }

        @Nullable C get(K key) {
            return isCounted(key) ? counted.get(key) : others;
        }

        boolean isCounted(K key) {
            return counted.containsKey(key) || (others == null && counted.size() < most);
        }

        void put(K key, C count) {
            @Nullable C now = count.letters() == 0 ? null : count;
            if (!isCounted(key)) {
                others = now;
            } else if (now == null) {
                counted.remove(key);
            } else {
                counted.put(key, now);
            }
        }

        boolean isComplete() {
            return others == null;
        }
    }

    synchronized void add(LetterHeader letter) {
        change(letter, 1);
    }

    synchronized void remove(LetterHeader letter) {
        change(letter, -1);
    }

    private void change(LetterHeader letter, int by) {
        letters += by;
        kinds.merge(letter.kind(), (long) by, Long::sum);
        OfCause cause = causes.get(letter.fingerprint());
        causes.put(
                letter.fingerprint(),
                new OfCause(
                        letter.fingerprint(),
                        letter.kind(),
                        letter.stage(),
                        (cause == null ? 0 : cause.letters()) + by,
                        (cause == null ? 0 : cause.parked()) + (letter.parked() ? by : 0),
                        Math.max(
                                cause == null ? Long.MIN_VALUE : cause.lastFailedAtMs(),
                                letter.lastFailedAtMs()),
                        (cause == null ? RecentFailures.NONE : cause.recent())
                                .plus(letter.lastFailedAtMs(), by)));
        OfSource source = sources.get(letter.source());
        int its = letter.isOfSource() ? by : 0;
        sources.put(
                letter.source(),
                new OfSource(
                        (source == null ? 0 : source.letters()) + by,
                        (source == null ? 0 : source.its()) + its,
                        (source == null ? 0 : source.itsBytes()) + (long) its * letter.bytes()));
    }

    synchronized long letters() {
        return letters;
    }

    synchronized Map<LetterKind, Long> byKind() {
        Map<LetterKind, Long> all = new EnumMap<>(LetterKind.class);
        for (LetterKind kind : LetterKind.values()) {
            all.put(kind, kinds.getOrDefault(kind, 0L));
        }
        return all;
    }

    /**
     * The causes that have letters for a filter, whatever it says of sources; most letters first.
     */
    synchronized List<OfCause> causes(LetterFilter filter) {
        return causes.counted.values().stream()
                .filter(cause -> cause.matches(filter))
                .sorted(Comparator.comparingLong(OfCause::letters).reversed())
                .toList();
    }

    /** Whether every cause is counted by itself. */
    synchronized boolean knowsAllCauses() {
        return causes.isComplete();
    }

    /** All letters of a source, or of all that are not counted by themselves. */
    synchronized long lettersFrom(String source) {
        OfSource its = sources.get(source);
        return its == null ? 0 : its.letters();
    }

    synchronized SourceLetters of(String source) {
        return of(source, sources.get(source), !sources.isCounted(source));
    }

    synchronized List<SourceLetters> sources(int limit) {
        return sources.counted.entrySet().stream()
                .filter(entry -> entry.getValue().its() > 0)
                .map(entry -> of(entry.getKey(), entry.getValue(), false))
                .sorted(
                        Comparator.comparingLong(SourceLetters::letters)
                                .reversed()
                                .thenComparing(SourceLetters::source))
                .limit(limit)
                .toList();
    }

    private static SourceLetters of(String source, @Nullable OfSource its, boolean shared) {
        return its == null
                ? new SourceLetters(source, 0, 0, shared)
                : new SourceLetters(source, its.its(), its.itsBytes(), shared);
    }
}

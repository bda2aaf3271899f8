package dev.millrace.bench;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DeadLetters;
import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.WindowRows;
import dev.millrace.core.task.Merged;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/** The rows of a pipeline in memory, and no letters. Safe for use by many threads. */
final class MemoryRows implements WindowRows, DeadLetters {
    private static final byte[] FIRST = {};

    private final ConcurrentSkipListMap<Key, byte[]> rows = new ConcurrentSkipListMap<>();

    private record Key(int aggregate, long windowStartMs, byte[] group) implements Comparable<Key> {
        /** Before all rows of a window. */
        static Key before(int aggregate, long windowStartMs) {
            return new Key(aggregate, windowStartMs, FIRST);
        }

        @Override
        public int compareTo(Key other) {
            int byAggregate = Integer.compare(aggregate, other.aggregate);
            int byTime = Long.compare(windowStartMs, other.windowStartMs);
            return byAggregate != 0
                    ? byAggregate
                    : byTime != 0 ? byTime : Arrays.compareUnsigned(group, other.group);
        }
    }

    /** Takes what a commit would write. */
    void commit(Merged merged) {
        for (Commit.RowChange row : merged.rows()) {
            rows.put(new Key(row.aggregate(), row.windowStartMs(), row.group()), row.value());
        }
        for (Commit.RowExpiry expiry : merged.expiries()) {
            rows.subMap(
                            Key.before(expiry.aggregate(), Long.MIN_VALUE),
                            Key.before(expiry.aggregate(), expiry.beforeMs()))
                    .keySet()
                    .removeIf(key -> !expiry.sparedMs().contains(key.windowStartMs()));
        }
    }

    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        return rows.get(new Key(aggregate, windowStartMs, group));
    }

    @Override
    public void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes groups,
            @Nullable Place after,
            RowVisitor visitor) {
        Key from =
                after == null
                        ? Key.before(aggregate, fromMs)
                        : new Key(aggregate, after.windowStartMs(), after.group());
        Key to = Key.before(aggregate, toMs);
        if (from.compareTo(to) >= 0) {
            return;
        }
        for (Map.Entry<Key, byte[]> row : rows.subMap(from, after == null, to, false).entrySet()) {
            Key key = row.getKey();
            if (groups.holds(key.group())
                    && !visitor.row(key.windowStartMs(), key.group(), row.getValue())) {
                return;
            }
        }
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        Key newest = rows.lowerKey(Key.before(aggregate, beforeMs));
        return newest == null || newest.aggregate() != aggregate
                ? OptionalLong.empty()
                : OptionalLong.of(newest.windowStartMs());
    }

    @Override
    public Optional<DeadLetter> letter(LetterId id) {
        return Optional.empty();
    }
}

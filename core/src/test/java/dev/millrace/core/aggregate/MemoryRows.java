package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Rows in memory, as a storage keeps them. */
final class MemoryRows implements WindowRows {
    private static final Comparator<Place> ORDER =
            Comparator.comparingLong(Place::windowStartMs)
                    .thenComparing(Place::group, Arrays::compareUnsigned);

    private final Map<Integer, NavigableMap<Place, byte[]>> aggregates = new TreeMap<>();
    private int visited;

    void write(List<Commit.RowChange> changes) {
        for (Commit.RowChange change : changes) {
            byte[] before =
                    of(change.aggregate())
                            .put(new Place(change.windowStartMs(), change.group()), change.value());
            if (before != null
                    && isOfOneGroup(before)
                    && RowCodec.head(before).revision()
                            >= RowCodec.head(change.value()).revision()) {
                throw new AssertionError("a row's revision did not rise");
            }
        }
    }

    /** Not a chunk of a slice, whose groups have a revision each. */
    private static boolean isOfOneGroup(byte[] value) {
        return value[0] == 1;
    }

    void expire(int aggregate, long beforeMs) {
        expire(aggregate, beforeMs, Set.of());
    }

    void expire(int aggregate, long beforeMs, Set<Long> sparedMs) {
        of(aggregate)
                .headMap(new Place(beforeMs, new byte[0]))
                .keySet()
                .removeIf(place -> !sparedMs.contains(place.windowStartMs()));
    }

    /** How many rows were handed to visitors so far. */
    int visited() {
        return visited;
    }

    int size(int aggregate) {
        return of(aggregate).size();
    }

    private NavigableMap<Place, byte[]> of(int aggregate) {
        return aggregates.computeIfAbsent(aggregate, _ -> new TreeMap<>(ORDER));
    }

    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        return of(aggregate).get(new Place(windowStartMs, group));
    }

    @Override
    public void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes groups,
            @Nullable Place after,
            RowVisitor visitor) {
        if (fromMs >= toMs) {
            return;
        }
        Map<Place, byte[]> rows =
                of(aggregate).subMap(new Place(fromMs, new byte[0]), new Place(toMs, new byte[0]));
        for (Map.Entry<Place, byte[]> row : rows.entrySet()) {
            Place place = row.getKey();
            if (after != null && ORDER.compare(place, after) <= 0 || !groups.holds(place.group())) {
                continue;
            }
            visited++;
            if (!visitor.row(place.windowStartMs(), place.group(), row.getValue())) {
                return;
            }
        }
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        Place newest = of(aggregate).lowerKey(new Place(beforeMs, new byte[0]));
        return newest == null ? OptionalLong.empty() : OptionalLong.of(newest.windowStartMs());
    }
}

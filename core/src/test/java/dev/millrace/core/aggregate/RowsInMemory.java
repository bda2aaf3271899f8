package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The rows of one aggregate, kept in order. */
final class RowsInMemory implements WindowRows {
    private static final Comparator<Place> ORDER =
            Comparator.comparingLong(Place::windowStartMs)
                    .thenComparing(Place::group, Arrays::compareUnsigned);

    private final TreeMap<Place, byte[]> rows = new TreeMap<>(ORDER);

    /** Rows that {@link #rows(int, long, long, Place, RowVisitor)} handed over so far. */
    private int visited;

    void write(List<Commit.RowChange> changes) {
        changes.forEach(one -> rows.put(new Place(one.windowStartMs(), one.group()), one.value()));
    }

    void expire(long beforeMs) {
        rows.headMap(new Place(beforeMs, new byte[0])).clear();
    }

    Map<Place, byte[]> all() {
        return rows;
    }

    int visited() {
        return visited;
    }

    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        return rows.get(new Place(windowStartMs, group));
    }

    @Override
    public void rows(
            int aggregate, long fromMs, long toMs, @Nullable Place after, RowVisitor visitor) {
        for (Map.Entry<Place, byte[]> row : rows.entrySet()) {
            Place place = row.getKey();
            boolean wanted =
                    place.windowStartMs() >= fromMs
                            && place.windowStartMs() < toMs
                            && (after == null || ORDER.compare(place, after) > 0);
            if (wanted) {
                visited++;
                if (!visitor.row(place.windowStartMs(), place.group(), row.getValue())) {
                    return;
                }
            }
        }
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        Place newest = rows.lowerKey(new Place(beforeMs, new byte[0]));
        return newest == null ? OptionalLong.empty() : OptionalLong.of(newest.windowStartMs());
    }
}

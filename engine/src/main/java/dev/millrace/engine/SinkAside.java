package dev.millrace.engine;

import org.jspecify.annotations.Nullable;

import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Positions at or past a sink's cursor whose items were refused, and have letters. Durable with
 * those letters, so that the next process knows what came of an item that the system's cursor has
 * passed, and which letter goes if the item is taken after all. Immutable; no more than a batch has
 * items.
 */
final class SinkAside {
    static final SinkAside NONE = new SinkAside(new TreeSet<>());

    private final NavigableSet<Long> positions;

    private SinkAside(NavigableSet<Long> positions) {
        this.positions = positions;
    }

    boolean contains(long position) {
        return positions.contains(position);
    }

    SinkAside plus(Collection<Long> more) {
        NavigableSet<Long> all = new TreeSet<>(positions);
        all.addAll(more);
        return new SinkAside(all);
    }

    /** Those that a cursor is not past. */
    SinkAside from(long cursor) {
        return positions.isEmpty() || positions.first() >= cursor
                ? this
                : new SinkAside(new TreeSet<>(positions.tailSet(cursor, true)));
    }

    /** The first, and a bit for each position from there on. */
    Map<String, Object> json() {
        if (positions.isEmpty()) {
            return Map.of();
        }
        long first = positions.first();
        BitSet bits = new BitSet();
        positions.forEach(position -> bits.set(Math.toIntExact(position - first)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("first", first);
        json.put("bits", Base64.getEncoder().encodeToString(bits.toByteArray()));
        return json;
    }

    /** As {@link #json} wrote it; none for anything else. */
    static SinkAside of(Map<?, ?> json) {
        if (!(json.get("first") instanceof Long first && json.get("bits") instanceof String text)) {
            return NONE;
        }
        NavigableSet<Long> positions = new TreeSet<>();
        BitSet.valueOf(Base64.getDecoder().decode(text)).stream()
                .forEach(bit -> positions.add(first + bit));
        return new SinkAside(positions);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SinkAside that && positions.equals(that.positions);
    }

    @Override
    public int hashCode() {
        return positions.hashCode();
    }
}

package dev.millrace.core.aggregate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Spans by the time at which they are to be looked at, the earliest first: a binary heap in flat
 * arrays that knows where each span stands, 16 to 32 bytes a span. Confined to one thread.
 */
final class EndQueue {
    private static final int FIRST_CAPACITY = 16;

    private long[] timesMs = new long[FIRST_CAPACITY];
    private int[] spans = new int[FIRST_CAPACITY];
    private int size;

    /** By span: its place in the heap + 1; 0 where it is not there. */
    private int[] places = new int[FIRST_CAPACITY];

    boolean isEmpty() {
        return size == 0;
    }

    /** The earliest time; {@link Long#MAX_VALUE} where it is empty. */
    long firstMs() {
        return size == 0 ? Long.MAX_VALUE : timesMs[0];
    }

    /** The span of the earliest time. Not where it is empty. */
    int first() {
        return spans[0];
    }

    /** The times that are before one. Costs what it finds. */
    Set<Long> timesBefore(long timeMs) {
        Set<Long> found = new HashSet<>();
        collect(0, timeMs, found);
        return found;
    }

    private void collect(int place, long beforeMs, Set<Long> found) {
        if (place < size && timesMs[place] < beforeMs) {
            found.add(timesMs[place]);
            collect(2 * place + 1, beforeMs, found);
            collect(2 * place + 2, beforeMs, found);
        }
    }

    boolean contains(int span) {
        return span < places.length && places[span] != 0;
    }

    /** Enters a span, or moves it to another time. */
    void put(int span, long timeMs) {
        if (span >= places.length) {
            places =
                    Arrays.copyOf(places, Math.max(span + 1, Math.multiplyExact(places.length, 2)));
        }
        if (places[span] == 0) {
            if (size == spans.length) {
                spans = Arrays.copyOf(spans, Math.multiplyExact(size, 2));
                timesMs = Arrays.copyOf(timesMs, spans.length);
            }
            settle(size++, span, timeMs);
        } else {
            settle(places[span] - 1, span, timeMs);
        }
    }

    /** Takes a span out, if it is there. */
    void remove(int span) {
        if (!contains(span)) {
            return;
        }
        int gap = places[span] - 1;
        places[span] = 0;
        size--;
        if (gap < size) {
            settle(gap, spans[size], timesMs[size]);
        }
    }

    /** Puts a span where it belongs, from a place on that is free for it. */
    private void settle(int from, int span, long timeMs) {
        int place = from;
        while (place > 0 && timesMs[(place - 1) / 2] > timeMs) {
            move((place - 1) / 2, place);
            place = (place - 1) / 2;
        }
        int least = lesserChild(place);
        while (least < size && timesMs[least] < timeMs) {
            move(least, place);
            place = least;
            least = lesserChild(place);
        }
        timesMs[place] = timeMs;
        spans[place] = span;
        places[span] = place + 1;
    }

    private int lesserChild(int place) {
        int left = 2 * place + 1;
        return left + 1 < size && timesMs[left + 1] < timesMs[left] ? left + 1 : left;
    }

    private void move(int from, int to) {
        timesMs[to] = timesMs[from];
        spans[to] = spans[from];
        places[spans[to]] = to + 1;
    }
}

package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Spans of a {@link SpanTable} that are to be written, in the order in which they changed, with the
 * keys of their groups where these were at hand. Confined to one thread.
 */
final class ChangedSpans {
    private static final int FIRST_CAPACITY = 16;

    private int[] spans = new int[FIRST_CAPACITY];
    private int[] groups = new int[FIRST_CAPACITY];
    private byte[] @Nullable [] keys = new byte[FIRST_CAPACITY][];
    private int size;

    int size() {
        return size;
    }

    /**
     * @param key of the group; null where it is not at hand
     */
    void add(int span, int group, byte @Nullable [] key) {
        if (size == spans.length) {
            spans = Arrays.copyOf(spans, 2 * size);
            groups = Arrays.copyOf(groups, 2 * size);
            keys = Arrays.copyOf(keys, 2 * size);
        }
        spans[size] = span;
        groups[size] = group;
        keys[size++] = key;
    }

    int span(int at) {
        return spans[at];
    }

    /** The group that the span belonged to when it was added. */
    int group(int at) {
        return groups[at];
    }

    byte @Nullable [] key(int at) {
        return keys[at];
    }

    /** Spans by their place in here. */
    int[] spans() {
        return spans;
    }

    void clear() {
        Arrays.fill(keys, 0, size, null);
        size = 0;
    }
}

package dev.millrace.core.event;

import java.util.Arrays;

/**
 * Strings that repeat from event to event, found by their bytes without allocating. Each place of
 * the table remembers the last string that fell on it. Confined to one thread.
 */
final class StringCache {
    private static final int SIZE = 256;

    /** Longer ones are decoded each time, so that the cache stays small. */
    private static final int LONGEST = 64;

    private static final Entry NONE = new Entry(new byte[0], "");

    private final Entry[] entries = new Entry[SIZE];

    private record Entry(byte[] bytes, String text) {}

    StringCache() {
        Arrays.fill(entries, NONE);
    }

    String string(Place place) {
        if (place.length() > LONGEST) {
            return place.string();
        }
        byte[] bytes = place.bytes();
        int start = place.start();
        int end = start + place.length();
        int slot = Bytes.hash(bytes, start, place.length()) & SIZE - 1;
        Entry entry = entries[slot];
        if (Arrays.equals(entry.bytes, 0, entry.bytes.length, bytes, start, end)) {
            return entry.text;
        }
        Entry fresh = new Entry(Arrays.copyOfRange(bytes, start, end), place.string());
        entries[slot] = fresh;
        return fresh.text;
    }
}

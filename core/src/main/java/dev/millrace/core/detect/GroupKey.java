package dev.millrace.core.detect;

import java.util.Arrays;

/** An encoded group key, ordered by its bytes. Shared, not copied. */
record GroupKey(byte[] bytes) implements Comparable<GroupKey> {
    @Override
    public int compareTo(GroupKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return Arrays.toString(bytes);
    }
}

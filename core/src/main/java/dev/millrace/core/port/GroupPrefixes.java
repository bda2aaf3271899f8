package dev.millrace.core.port;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Which groups are wanted: those whose keys begin with one of some prefixes. As keys of several
 * fields are fields put one after another, all groups with the same first fields have a prefix in
 * common. Immutable.
 */
public final class GroupPrefixes {
    /** Every group. */
    public static final GroupPrefixes ALL = new GroupPrefixes(new byte[][] {{}});

    private final NavigableSet<byte[]> prefixes = new TreeSet<>(Arrays::compareUnsigned);

    private GroupPrefixes(byte[][] prefixes) {
        this.prefixes.addAll(Arrays.asList(prefixes));
    }

    /**
     * @param prefixes whole fields, so that none of them is the beginning of another; not changed
     *     any more
     */
    public static GroupPrefixes of(Collection<byte[]> prefixes) {
        return new GroupPrefixes(prefixes.toArray(byte[][]::new));
    }

    public boolean holds(byte[] group) {
        byte[] last = prefixes.floor(group);
        return last != null
                && last.length <= group.length
                && Arrays.equals(last, 0, last.length, group, 0, last.length);
    }

    /** Where wanted groups go on behind one that is not; null where there are no more. */
    public byte @Nullable [] after(byte[] group) {
        return prefixes.higher(group);
    }
}

package dev.millrace.bench;

import java.io.IOException;

/**
 * The events of a million groups that are all open at once: each group has four, of four different
 * visitors, the groups in turn and in no order. And the heap that is in use then.
 */
public final class OpenGroups {
    public static final int GROUPS = 1_000_000;
    public static final long EVENTS = 4L * GROUPS;
    public static final long START_MS = 1_700_000_000_000L;

    private static final long EVENTS_PER_MS = 10;

    /** Has no factor in common with the number of groups. */
    private static final long STRIDE = 618_033_989;

    private OpenGroups() {}

    public static String path(long event) {
        return "/articles/" + event * STRIDE % GROUPS + "/index.html";
    }

    public static String visitor(long event) {
        return "visitor-" + event;
    }

    public static long timestampMs(long event) {
        return START_MS + event / EVENTS_PER_MS;
    }

    /** Reports the heap after a full collection, and that every event and every group is in it. */
    public static void report(Meter meter, long heapBytes, long counted, long groups)
            throws IOException {
        if (counted != EVENTS || groups != GROUPS) {
            throw new IOException("void: %,d events in %,d groups".formatted(counted, groups));
        }
        meter.figure("heap-MiB", heapBytes / (double) (1 << 20));
        meter.print();
    }

    public static long usedHeapBytes() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

package dev.millrace.bench;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * The events of groups that are all open at once: each group has four, of four different visitors,
 * the groups in turn and in no order.
 */
public record OpenGroups(int groups) implements Serializable {
    public static final long START_MS = 1_700_000_000_000L;

    private static final int EVENTS_PER_GROUP = 4;
    private static final long EVENTS_PER_MS = 10;

    /** Has no factor in common with the number of groups. */
    private static final long STRIDE = 618_033_989;

    /**
     * Our pipeline, with room for all groups and all ids.
     *
     * @param dedupe for how long ids are remembered
     */
    static String definition(String dedupe) {
        return """
        pipeline: web
        partitions: 1
        dedupe: %s
        dedupeLimit: 20000000
        stages:
          - name: views
            aggregate:
              window: {tumbling: 1d}
              by: [data.path]
              values: {views: count, visitors: {distinct: data.visitor}}
              maxGroups: 10000000
        """
                .formatted(dedupe);
    }

    /** NDJSON of {@code count} events. */
    byte[] body(long first, int count) {
        StringBuilder body = new StringBuilder();
        for (long event = first; event < first + count; event++) {
            body.append("{\"id\":\"")
                    .append(event)
                    .append("\",\"type\":\"page_view\",\"source\":\"web\",\"timestamp\":")
                    .append(timestampMs(event))
                    .append(",\"data\":{\"path\":\"")
                    .append(path(event))
                    .append("\",\"visitor\":\"")
                    .append(visitor(event))
                    .append("\"}}\n");
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    public long events() {
        return (long) EVENTS_PER_GROUP * groups;
    }

    public String path(long event) {
        return "/articles/" + event * STRIDE % groups + "/index.html";
    }

    public String visitor(long event) {
        return "visitor-" + event;
    }

    public static long timestampMs(long event) {
        return START_MS + event / EVENTS_PER_MS;
    }

    /**
     * Reports a {@link LiveHeap}.
     *
     * @param counted events in rows
     * @param open groups of the window that is open
     * @throws IOException if an event or a group is missing
     */
    public void report(Meter meter, long heapBytes, long counted, long open) throws IOException {
        if (counted != events() || open != groups) {
            throw new IOException("void: %,d events in %,d groups".formatted(counted, open));
        }
        meter.figure("at", groups);
        meter.figure("heap-MiB", heapBytes / (double) (1 << 20));
        meter.print();
    }
}

package dev.millrace.core.task;

import java.util.ArrayList;
import java.util.List;

/** The events of one partition that sinks get, between two commits. Confined to its thread. */
final class PutOut {
    /** What an event takes besides its JSON. */
    private static final int EVENT_BYTES = 32;

    private List<byte[]> events = new ArrayList<>();
    private long bytes;

    /**
     * @param json is kept. Line breaks in it, which can only stand between its members, go: sinks
     *     get lines
     * @param sinks that take it: the commit holds a copy for each
     */
    void add(byte[] json, int sinks) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        events.add(json);
        bytes += EVENT_BYTES + (1L + sinks) * json.length;
    }

    /** About how much heap they take until they are committed. */
    long bytes() {
        return bytes;
    }

    List<byte[]> take() {
        List<byte[]> taken = events;
        events = new ArrayList<>();
        bytes = 0;
        return taken;
    }
}

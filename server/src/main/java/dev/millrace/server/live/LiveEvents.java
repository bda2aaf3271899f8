package dev.millrace.server.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes events of a stream as the HTML standard's server-sent events. Data is JSON on one line, so
 * nothing in it can end an event or begin another. Confined to one thread.
 */
final class LiveEvents {
    static final long NO_ID = -1;

    /** A reader that is cut off comes back after a second. */
    static final byte[] RETRY = "retry: 1000\n\n".getBytes(UTF_8);

    static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(UTF_8);

    private static final byte[] END = "\n\n".getBytes(UTF_8);

    private record Event(String name, byte[] data) {}

    private final List<Event> events = new ArrayList<>();

    LiveEvents add(String name, byte[] json) {
        events.add(new Event(name, json));
        return this;
    }

    /** Adds an event whose data is an array. */
    LiveEvents addArray(String name, Iterable<byte[]> items) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        char before = '[';
        for (byte[] item : items) {
            out.write(before);
            out.writeBytes(item);
            before = ',';
        }
        if (before == '[') {
            out.write('[');
        }
        out.write(']');
        return add(name, out.toByteArray());
    }

    /** The rows of an aggregate's new window follow, and those that were there are gone. */
    LiveEvents window(String aggregate, long startMs, long endMs) {
        return add(
                "window",
                "{\"aggregate\":\"%s\",\"windowStart\":%d,\"windowEnd\":%d}"
                        .formatted(aggregate, startMs, endMs)
                        .getBytes(UTF_8));
    }

    /** There are more rows than are shown. */
    LiveEvents truncated(String aggregate, int shown) {
        return add(
                "truncated",
                "{\"aggregate\":\"%s\",\"shown\":%d}".formatted(aggregate, shown).getBytes(UTF_8));
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /**
     * All of them. The last has the id, so that who gets only some of them comes back for all.
     *
     * @param id {@link #NO_ID}: none
     */
    byte[] bytes(long id) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(size());
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            if (i == events.size() - 1 && id != NO_ID) {
                out.writeBytes(("id: " + id + "\n").getBytes(UTF_8));
            }
            out.writeBytes(("event: " + event.name() + "\ndata: ").getBytes(UTF_8));
            out.writeBytes(event.data());
            out.writeBytes(END);
        }
        return out.toByteArray();
    }

    private int size() {
        return events.stream().mapToInt(event -> event.data().length + 64).sum();
    }
}

package dev.millrace.bench;

import java.util.Arrays;

/**
 * Page views of the present time: a pool of lines that come round again under new ids. For one
 * thread.
 */
final class LiveEvents implements Bodies {
    private static final int POOL = 1_000;
    private static final int PAGES = 2_000;
    private static final long SPAN_MS = 1_000;

    private final byte[] pool;
    private final int events;

    /** How many of the pool pass the filter, up to each body's end. */
    private final int[] peopleUpTo;

    private long sequence;

    /**
     * @param run six characters that no other events of this server have
     * @param events in a body; divides 1,000
     */
    LiveEvents(String run, long seed, int events) {
        this.pool = new WebEvents(seed, PAGES, run).body(POOL, Input.START_MS, SPAN_MS);
        this.events = events;
        this.peopleUpTo = new int[POOL / events];
        int sum = 0;
        for (int i = 0; i < peopleUpTo.length; i++) {
            sum += WebEvents.people(lines(i * events));
            peopleUpTo[i] = sum;
        }
    }

    private byte[] lines(int first) {
        int at = first * WebEvents.BYTES;
        return Arrays.copyOfRange(pool, at, at + events * WebEvents.BYTES);
    }

    @Override
    public byte[] next() {
        byte[] body = lines((int) (sequence % POOL));
        WebEvents.renew(body, sequence, System.currentTimeMillis() - SPAN_MS, SPAN_MS);
        sequence += events;
        return body;
    }

    /** How many events of the bodies so far pass the filter. */
    long people() {
        int bodies = (int) (sequence % POOL) / events;
        return sequence / POOL * peopleUpTo[peopleUpTo.length - 1]
                + (bodies == 0 ? 0 : peopleUpTo[bodies - 1]);
    }
}

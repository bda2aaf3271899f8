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
    private long sequence;

    /**
     * @param run six characters that no other events of this server have
     * @param events in a body; divides 1,000
     */
    LiveEvents(String run, long seed, int events) {
        this.pool = new WebEvents(seed, PAGES, run).body(POOL, Input.START_MS, SPAN_MS);
        this.events = events;
    }

    @Override
    public byte[] next() {
        int at = (int) (sequence % POOL) * WebEvents.BYTES;
        byte[] body = Arrays.copyOfRange(pool, at, at + events * WebEvents.BYTES);
        WebEvents.renew(body, sequence, System.currentTimeMillis() - SPAN_MS, SPAN_MS);
        sequence += events;
        return body;
    }
}

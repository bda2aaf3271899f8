package dev.millrace.bench;

/**
 * The events of a run, the same for every engine: batches of {@link #BATCH} NDJSON lines, numbered
 * from 0, a second of event time each. A small pool of bodies, made from a seed, comes round again
 * and again under new ids and times, so that a run may be long and the input still stays in memory.
 *
 * <p>Reader {@code r} of {@code n} takes the batches {@code r, r + n, r + 2n, …}. A body is good
 * until its reader has taken half a pool more. Readers share nothing but what never changes.
 */
public final class Input {
    public static final int BATCH = 1_000;
    public static final long START_MS = 1_699_999_800_000L;
    public static final long BATCH_MS = 1_000;

    private static final int POOL = 200;

    private final byte[][] bodies = new byte[POOL][];
    private final int[] people = new int[POOL];

    public Input(Spec spec) {
        WebEvents events = new WebEvents(1, spec.groups(), "bench-");
        for (int i = 0; i < POOL; i++) {
            bodies[i] = events.body(BATCH, START_MS, BATCH_MS);
            people[i] = WebEvents.people(bodies[i]);
        }
    }

    /** The body of a batch. */
    public byte[] batch(long number) {
        byte[] body = bodies[(int) (number % POOL)];
        WebEvents.renew(body, number * BATCH, START_MS + number * BATCH_MS, BATCH_MS);
        return body;
    }

    /** How many events of a batch pass the filter. */
    public int people(long number) {
        return people[(int) (number % POOL)];
    }
}

package dev.millrace.bench;

import java.util.Arrays;

/**
 * The events of an {@link Input} for clients that share them: whoever asks gets the next, so that
 * none falls behind in event time unless it is made to wait. Safe for use by many threads.
 */
public final class InputBodies {
    private final Input input;
    private byte[] batch = {};
    private long batches;
    private int at;
    private long people;

    public InputBodies(Spec spec) {
        this.input = new Input(spec);
    }

    /**
     * The lines of the next events. What is left of a batch and is not enough is left out.
     *
     * @param events divides {@link Input#BATCH}
     */
    public synchronized byte[] next(int events) {
        int bytes = events * WebEvents.BYTES;
        if (batch.length - at < bytes) {
            people -= peopleLeft();
            people += input.people(batches);
            batch = input.batch(batches++);
            at = 0;
        }
        at += bytes;
        return Arrays.copyOfRange(batch, at - bytes, at);
    }

    /** How many of the events handed out so far pass the filter. */
    public synchronized long people() {
        return people - peopleLeft();
    }

    private int peopleLeft() {
        return WebEvents.people(Arrays.copyOfRange(batch, at, batch.length));
    }
}

package dev.millrace.server.demo;

/**
 * A page that everyone wants to see for a minute or two.
 *
 * @param referrer the page that sends them
 */
record Surge(Site site, int page, String referrer, long startMicros, long endMicros) {
    /** How many times its usual views the page has at the height of it. */
    static final double HEIGHT = 10;

    private static final double RAMP_MICROS = 10e6;

    Surge {
        if (endMicros <= startMicros) {
            throw new IllegalArgumentException(startMicros + " to " + endMicros);
        }
    }

    boolean isOver(long micros) {
        return micros >= endMicros;
    }

    /**
     * Views beyond the usual, as a multiple of the usual: rises within ten seconds, and so falls.
     */
    double extra(long micros) {
        double ramp = Math.min(micros - startMicros, endMicros - micros) / RAMP_MICROS;
        return (HEIGHT - 1) * Math.clamp(ramp, 0.1, 1);
    }
}

package dev.millrace.server.demo;

import dev.millrace.server.demo.TrafficEvent.Fault;

import java.util.random.RandomGenerator;

/** Which events go wrong, and how long they are on their way. */
final class Faults {
    private static final double LOAD_AS_TEXT_BY_OLD_TRACKER = 0.02;
    private static final double OFFLINE = 0.001;
    private static final double FAST_CLOCK = 0.0002;
    private static final double NO_UA = 0.001;
    private static final double NO_ID = 0.0005;
    private static final double TIME_IN_WORDS = 0.0003;
    private static final double SOURCE_AS_NUMBER = 0.0002;
    private static final double CUT_SHORT = 0.0004;

    private static final double TRANSIT_MS_MEAN = 120;
    private static final long TRANSIT_MS_MAX = 1_500;
    private static final long OFFLINE_MS_MIN = 90_000;
    private static final long OFFLINE_MS_MAX = 900_000;
    private static final long FAST_CLOCK_MS = 900_000;

    private Faults() {}

    static Fault draw(Site site, boolean click, RandomGenerator random) {
        if (site.oldTracker() && !click && random.nextDouble() < LOAD_AS_TEXT_BY_OLD_TRACKER) {
            return Fault.LOAD_AS_TEXT;
        }
        double at = random.nextDouble();
        if ((at -= OFFLINE) < 0) {
            return Fault.OFFLINE;
        }
        if ((at -= FAST_CLOCK) < 0) {
            return Fault.FAST_CLOCK;
        }
        if ((at -= NO_UA) < 0) {
            return Fault.NO_UA;
        }
        if ((at -= NO_ID) < 0) {
            return Fault.NO_ID;
        }
        if ((at -= TIME_IN_WORDS) < 0) {
            return Fault.TIME_IN_WORDS;
        }
        if ((at -= SOURCE_AS_NUMBER) < 0) {
            return Fault.SOURCE_AS_NUMBER;
        }
        return at < CUT_SHORT ? Fault.CUT_SHORT : Fault.NONE;
    }

    /** How long before it is sent an event says that it happened; negative for a fast clock. */
    static long delayMs(Fault fault, RandomGenerator random) {
        long transit =
                Math.min(TRANSIT_MS_MAX, Math.round(random.nextExponential() * TRANSIT_MS_MEAN));
        return switch (fault) {
            case OFFLINE -> transit + random.nextLong(OFFLINE_MS_MIN, OFFLINE_MS_MAX);
            case FAST_CLOCK -> transit - FAST_CLOCK_MS;
            case NONE, NO_ID, TIME_IN_WORDS, SOURCE_AS_NUMBER, CUT_SHORT, NO_UA, LOAD_AS_TEXT ->
                    transit;
        };
    }
}

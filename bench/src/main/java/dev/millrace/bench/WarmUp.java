package dev.millrace.bench;

import java.util.concurrent.TimeUnit;

/**
 * How everything with a server is warmed up: by bursts of its load with pauses as long between
 * them, in which its compilers have the processor to themselves. Under a load without pauses they
 * have a small part of it, and are busy for half a minute.
 *
 * <p>In every pause what the proof asks at the end is asked. A server that has only ever taken
 * events is compiled for nothing else: the first question makes it throw away what reads heads and
 * writes answers, and compile that anew while it is measured.
 */
public final class WarmUp {
    private static final double BURST_SECONDS = 0.25;
    private static final double SMALL_SHARE = 0.4;

    private WarmUp() {}

    /** A load that can be had for some time. */
    @FunctionalInterface
    public interface Load {
        void run(double seconds) throws Exception;
    }

    /** Asks for what has been counted so far. */
    @FunctionalInterface
    public interface Asking {
        void ask() throws Exception;
    }

    /**
     * Warms up by as many bursts as have room in some seconds with their pauses; a pause in which
     * the answers take longer is longer.
     *
     * @throws Exception if the load or the asking does
     */
    public static void run(double seconds, Load load, Asking asking) throws Exception {
        long burstNanos = (long) (BURST_SECONDS * TimeUnit.SECONDS.toNanos(1));
        long bursts = Math.round(seconds / (2 * BURST_SECONDS));
        for (long burst = 0; burst < bursts; burst++) {
            load.run(BURST_SECONDS);
            long next = System.nanoTime() + burstNanos;
            asking.ask();
            Pause.until(next);
        }
    }

    /**
     * Warms up a web server, ours and a bare one alike: two fifths of the time by requests of one
     * event, as what a request costs is compiled after so many of them, then by the load that is
     * measured.
     */
    static void run(Spec spec, EventLoad small, EventLoad load, Asking asking) throws Exception {
        run(spec.warmUpSeconds() * SMALL_SHARE, small::seconds, asking);
        run(spec.warmUpSeconds() * (1 - SMALL_SHARE), load::seconds, asking);
    }
}

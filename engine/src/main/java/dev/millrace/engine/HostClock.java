package dev.millrace.engine;

/** The clocks of the host: wall time for receipts, monotonic time for everything that measures. */
interface HostClock {
    HostClock SYSTEM =
            new HostClock() {
                @Override
                public long epochMs() {
                    return System.currentTimeMillis();
                }

                @Override
                public long nanos() {
                    return System.nanoTime();
                }
            };

    long epochMs();

    long nanos();
}

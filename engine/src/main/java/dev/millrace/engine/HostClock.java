package dev.millrace.engine;

/** The clocks of the host: wall time for receipts, monotonic time for everything that measures. */
interface HostClock {
    static HostClock system() {
        return new SteadyClock(System::currentTimeMillis, System::nanoTime);
    }

    /** Epoch milliseconds; never falls. */
    long epochMs();

    long nanos();
}

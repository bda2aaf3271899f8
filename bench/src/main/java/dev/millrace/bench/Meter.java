package dev.millrace.bench;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Time and processor time of this process from the first measured event to the last result, and
 * what was counted. Counting is safe for use by many threads.
 */
public final class Meter {
    private final AtomicBoolean started = new AtomicBoolean();
    private final LongAdder counted = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<String, Double> figures = new ConcurrentHashMap<>();
    private double otherCpuSeconds;
    private volatile long beginNanos;
    private volatile long beginCpuNanos;

    /** Starts the clock, once, when a reader comes to the first batch that counts. */
    public void reached(long batch, Spec spec) {
        if (batch >= spec.warmUp() && started.compareAndSet(false, true)) {
            start();
        }
    }

    /** Starts the clock now. */
    public void start() {
        beginCpuNanos = cpuNanos();
        beginNanos = System.nanoTime();
    }

    public void counted(long events) {
        counted.add(events);
    }

    public void late(long events) {
        late.add(events);
    }

    public void rejected(long events) {
        rejected.add(events);
    }

    /** A figure of this contestant's own, in the unit that ends its name. */
    public void figure(String name, double value) {
        figures.put(name, value);
    }

    /** Adds processor time of other processes that worked for this one. */
    public void otherCpu(double seconds) {
        otherCpuSeconds += seconds;
    }

    /**
     * Stops the clock, and prints the line that the runner reads, by which it checks that all
     * events are accounted for.
     */
    public void finish(long measuredEvents) {
        stop(measuredEvents);
        figures.put("counted", counted.doubleValue());
        figures.put("late", late.doubleValue());
        figures.put("rejected", rejected.doubleValue());
        print();
    }

    /** Stops the clock. */
    public void stop(long measuredEvents) {
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        double cpuSeconds = (cpuNanos() - beginCpuNanos) / 1e9 + otherCpuSeconds;
        figures.put("events", (double) measuredEvents);
        figures.put("seconds", seconds);
        figures.put("cpuSeconds", cpuSeconds);
    }

    /** Prints the line of a contestant that has itself made sure that no event is missing. */
    public void print() {
        System.out.println(new Turn(figures).line());
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}

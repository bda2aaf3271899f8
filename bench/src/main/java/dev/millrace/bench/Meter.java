package dev.millrace.bench;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Time and processor time of this process from the first measured event to the last result, what
 * was handed out and what was counted. Safe for use by many threads but for its start and stop.
 */
public final class Meter {
    private static final long NEVER = 0;

    private final AtomicLong firstNanos = new AtomicLong(NEVER);
    private final AtomicBoolean started = new AtomicBoolean();
    private final LongAdder handedOut = new LongAdder();
    private final LongAdder measured = new LongAdder();
    private final LongAdder counted = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<String, Double> figures = new ConcurrentHashMap<>();
    private double otherCpuSeconds;
    private double otherCompilerSeconds;
    private volatile long beginNanos;
    private volatile long beginCpuNanos;
    private volatile double beginCompilerSeconds;

    /**
     * Whether there is time for another batch. The first begins the warm-up; the first one behind
     * that starts the clock.
     *
     * @param people events of the batch that have to be counted
     */
    public boolean takes(int people, Spec spec) {
        long now = System.nanoTime();
        firstNanos.compareAndSet(NEVER, now);
        long warmNanos = now - firstNanos.get() - TimeUnit.SECONDS.toNanos(spec.warmUpSeconds());
        if (warmNanos >= TimeUnit.SECONDS.toNanos(spec.seconds())) {
            return false;
        }
        handedOut.add(people);
        if (warmNanos >= 0) {
            if (started.compareAndSet(false, true)) {
                start();
            }
            measured.add(Input.BATCH);
        }
        return true;
    }

    /** Starts the clock now. */
    public void start() {
        beginCompilerSeconds = CompilerTime.seconds(ProcessHandle.current().pid());
        beginCpuNanos = cpuNanos();
        beginNanos = System.nanoTime();
    }

    /** Adds events that were handed out, and have to be counted. */
    public void handedOut(long events) {
        handedOut.add(events);
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

    /** What of that time went to their compilers. */
    public void otherCompilers(double seconds) {
        otherCompilerSeconds += seconds;
    }

    /** Stops the clock behind what {@link #takes} let in, and prints the line for the runner. */
    public void finish(Spec spec) {
        finish(measured.sum(), spec);
    }

    /**
     * Stops the clock, and prints the line that the runner reads, by which it checks that all
     * events are accounted for.
     */
    public void finish(long measuredEvents, Spec spec) {
        stop(measuredEvents);
        figures.put("input", handedOut.doubleValue() * spec.windowsPerEvent());
        figures.put("counted", counted.doubleValue());
        figures.put("late", late.doubleValue());
        figures.put("rejected", rejected.doubleValue());
        print();
    }

    /** Stops the clock. */
    public void stop(long measuredEvents) {
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        double cpuSeconds = (cpuNanos() - beginCpuNanos) / 1e9 + otherCpuSeconds;
        double compilerSeconds =
                CompilerTime.seconds(ProcessHandle.current().pid())
                        - beginCompilerSeconds
                        + otherCompilerSeconds;
        figures.put("events", (double) measuredEvents);
        figures.put("seconds", seconds);
        figures.put("cpuSeconds", cpuSeconds);
        figures.put("jit-%", 100 * compilerSeconds / cpuSeconds);
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

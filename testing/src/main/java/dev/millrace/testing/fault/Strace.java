package dev.millrace.testing.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Attached to a running process; makes its syncs fail or wait until it is closed. */
final class Strace implements AutoCloseable {
    private static final String SYNCS = "fdatasync,fsync";

    /** How strace marks what it did. */
    private static final Pattern INJECTED = Pattern.compile("\\((INJECTED|DELAYED)\\)");

    /** Of the write-ahead log; a call that strace shows in two parts has no name in the second. */
    private static final Pattern INJECTED_INTO_LOG =
            Pattern.compile("\\(\\d+<[^>]*\\.log>.*" + INJECTED);

    private final Process process;
    private final Path log;

    private Strace(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Syncs fail with EIO.
     *
     * @param when which, of each thread, as strace counts them: {@code 2} or {@code 2+}
     */
    static Strace failingSyncs(long pid, String when, Path log) {
        return attach(pid, "error=EIO:when=" + when, log);
    }

    /** Each sync takes that much longer. */
    static Strace slowSyncs(long pid, Duration delay, Path log) {
        return attach(pid, "delay_exit=" + delay.toNanos() / 1_000, log);
    }

    private static Strace attach(long pid, String fault, Path log) {
        ProcessBuilder strace =
                new ProcessBuilder(
                        List.of(
                                "strace",
                                "-f",
                                "-p",
                                String.valueOf(pid),
                                "-y",
                                "-o",
                                log.toString(),
                                "-e",
                                "trace=" + SYNCS,
                                "-e",
                                "inject=" + SYNCS + ":" + fault));
        try {
            Files.deleteIfExists(log);
            return new Strace(
                    strace.redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many syncs it failed or delayed. */
    long injected() {
        return lines(INJECTED);
    }

    /** Whether one of them was for sure a sync of the write-ahead log. */
    boolean hasInjectedIntoLog() {
        return lines(INJECTED_INTO_LOG) > 0;
    }

    private long lines(Pattern with) {
        if (!Files.exists(log)) {
            return 0;
        }
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> with.matcher(line).find())
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of the process, which goes on as usual. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("strace does not let go");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

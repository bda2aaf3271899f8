package dev.millrace.testing.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The wall clock of a process, set forward and back while it runs. Monotonic time goes on. */
final class FakeClock {
    static final Path LIBRARY =
            Path.of(
                    "/usr/lib/%s-linux-gnu/faketime/libfaketime.so.1"
                            .formatted(
                                    System.getProperty("os.arch").equals("amd64")
                                            ? "x86_64"
                                            : System.getProperty("os.arch")));

    /** How long the process may go on by what it read before. */
    static final Duration NOTICED_WITHIN = Duration.ofSeconds(1);

    private final Path offset;

    /**
     * @param offset a file for it to use
     */
    FakeClock(Path offset) {
        this.offset = offset;
        set(Duration.ZERO);
    }

    /** For the process that it is to be the clock of. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                LIBRARY.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                offset.toString(),
                "FAKETIME_CACHE_DURATION",
                String.valueOf(NOTICED_WITHIN.toSeconds()),
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Without it every timed wait of a JVM returns at once.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    /** Ahead of the machine's clock by that, or behind it if negative. */
    void set(Duration ahead) {
        try {
            Files.writeString(offset, "%+d".formatted(ahead.toSeconds()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.millrace.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.logging.LogManager;

/** The server's log: {@code java.util.logging}, one line a record, on stderr. */
final class Logging {
    private Logging() {}

    /**
     * Reads {@code logging.properties} from the class path, unless a system property names another.
     */
    static void configure() {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        try (InputStream settings = Logging.class.getResourceAsStream("/logging.properties")) {
            LogManager.getLogManager()
                    .readConfiguration(Objects.requireNonNull(settings, "logging.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException("logging.properties cannot be read", e);
        }
    }
}

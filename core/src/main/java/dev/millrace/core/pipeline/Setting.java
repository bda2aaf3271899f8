package dev.millrace.core.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One key that a kind of sink or source has, and what may stand there. {@code ${NAME}} may stand in
 * any text; a {@code pattern} must let it pass.
 */
public sealed interface Setting {
    String name();

    boolean isRequired();

    /**
     * A text that is not empty.
     *
     * @param expected for messages: {@code a URL like redis://host:6379}
     * @param pattern that the whole of it matches; empty: any
     */
    record Text(String name, boolean isRequired, String expected, Optional<Pattern> pattern)
            implements Setting {}

    /** One of some words. */
    record Word(String name, boolean isRequired, List<String> words) implements Setting {
        public Word {
            words = List.copyOf(words);
        }
    }

    /** True or false. */
    record Flag(String name) implements Setting {
        @Override
        public boolean isRequired() {
            return false;
        }
    }

    /** A whole number. */
    record Whole(String name, boolean isRequired, long min, long max) implements Setting {}

    /** A duration like {@code 5s}. */
    record Time(String name, boolean isRequired, Duration min, Duration max) implements Setting {}

    /** A size like {@code 1MiB}. */
    record Size(String name, boolean isRequired, long minBytes, long maxBytes) implements Setting {}

    /** A list of texts, none of them empty. */
    record Texts(String name, boolean isRequired, String expected) implements Setting {}

    /** A mapping of names to texts, like headers. */
    record TextMap(String name, boolean isRequired, String expected) implements Setting {}
}

package dev.millrace.bench.parse;

import dev.millrace.bench.Spec;

/** Reads a batch and filters it: {@code type == 'page_view' && !data.ua.contains('bot')}. */
public interface ViewParser {
    static ViewParser of(Spec spec) {
        return switch (spec.parser()) {
            case "jackson" -> new JacksonViews();
            case "millrace" -> new MillraceViews();
            default -> throw new IllegalArgumentException("no such parser: " + spec.parser());
        };
    }

    /** Hands over the events that pass, in order. */
    void parse(byte[] body, Views views);

    /** Receives events. */
    @FunctionalInterface
    interface Views {
        void view(String path, long timestampMs);
    }
}

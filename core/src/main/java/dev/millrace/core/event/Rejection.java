package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * An event of a body that is not accepted while its neighbours may be.
 *
 * @param index its place among the events of the body, from 0; blank lines do not count
 * @param id its id, where one could be read
 * @param source its source, where one could be read
 * @param pointer the first violation's JSON pointer
 * @param detail the first violation's sentence
 * @param violations everything found wrong, never empty; several only from a schema
 * @param raw its bytes as sent, without surrounding white space
 * @param json whether {@code raw} is JSON whose every value can be decoded; if not, show it as
 *     bytes
 */
public record Rejection(
        int index,
        @Nullable String id,
        @Nullable String source,
        Code code,
        String pointer,
        String detail,
        List<Violation> violations,
        byte[] raw,
        boolean json) {

    public enum Code {
        /** No valid event. */
        INVALID("invalid"),
        /** Valid, but its timestamp is further ahead of the receipt than {@code maxSkew}. */
        FUTURE("future");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        /** As the HTTP API and the kinds of dead letters write it. */
        public String text() {
            return text;
        }
    }

    public Rejection {
        if (violations.isEmpty()) {
            throw new IllegalArgumentException("a rejection needs a reason");
        }
        violations = List.copyOf(violations);
    }

    /** Where and what, in one sentence. */
    public String sentence() {
        return pointer.isEmpty() ? detail : pointer + ": " + detail;
    }

    static Rejection of(
            int index,
            @Nullable String id,
            @Nullable String source,
            Code code,
            List<Violation> violations,
            byte[] raw,
            boolean json) {
        Violation first = violations.getFirst();
        return new Rejection(
                index, id, source, code, first.pointer(), first.detail(), violations, raw, json);
    }
}

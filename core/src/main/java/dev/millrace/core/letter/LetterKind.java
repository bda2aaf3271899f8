package dev.millrace.core.letter;

import java.util.Locale;

/** Why an event, or what came of some, became a dead letter. */
public enum LetterKind {
    /** Refused at admission: no JSON, no event, or not what the schema asks for. */
    INVALID(1),
    /** Refused at admission: its timestamp lies more than {@code maxSkew} ahead of the clock. */
    FUTURE(2),
    /** An expression or handler of a stage failed on it. */
    STAGE(3),
    /** Too late for one aggregate; the other stages have seen it. */
    LATE(4),
    /** A sink refused a row, an alert or an event for good. */
    SINK(5);

    private final int code;

    LetterKind(int code) {
        this.code = code;
    }

    /** The number under which the kind is stored, never given another meaning. */
    public int code() {
        return code;
    }

    /**
     * The kind that has a number.
     *
     * @throws IllegalArgumentException if none has
     */
    public static LetterKind of(int code) {
        for (LetterKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of dead letter has the number " + code);
    }

    /** The name as the API writes it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.millrace.core.expression;

/**
 * An expression that failed on an event. The message names fields and kinds of values but, as far
 * as possible, no values, so that failures of one cause read alike and can be counted together.
 *
 * <p>Without a stack trace: it tells of the event, not of the code.
 */
public final class EvaluationException extends RuntimeException {
    /** What a message is cut at, in characters. */
    public static final int MESSAGE_LENGTH_MAX = 300;

    private final Code code;

    /** What went wrong. The texts are stable: letters are grouped by them. */
    public enum Code {
        /** A field, key or index that is not there. */
        NO_SUCH_FIELD("no-such-field"),
        /** A value of a type that the operation does not take, or a result of the wrong type. */
        TYPE("type"),
        /** A number outside the range of its type. */
        OVERFLOW("overflow"),
        DIVIDE_BY_ZERO("divide-by-zero"),
        /** A value of the right type that cannot be used, such as {@code int('x')}. */
        VALUE("value"),
        /** More iterations or a larger value than an expression may need. */
        LIMIT("limit"),
        OTHER("other");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    EvaluationException(Code code, String message) {
        super(oneLine(message), null, false, false);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    private static String oneLine(String message) {
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= MESSAGE_LENGTH_MAX
                ? line
                : line.substring(0, MESSAGE_LENGTH_MAX - 1) + "…";
    }
}

package dev.millrace.core.event;

/** What stands at a place of a JSON text, or that nothing does. */
public enum JsonKind {
    MISSING(0),
    NULL(1),
    STRING(2),
    /** A number without fraction or exponent that fits a long. */
    INTEGER(3),
    /** Every other number; read as a double. */
    DECIMAL(4),
    BOOLEAN(5),
    OBJECT(6),
    ARRAY(7);

    private static final JsonKind[] BY_CODE = values();

    private final int code;

    JsonKind(int code) {
        this.code = code;
    }

    /** As {@link Place} packs it: three bits, zero for MISSING, in the order of declaration. */
    int code() {
        return code;
    }

    static JsonKind of(int code) {
        return BY_CODE[code];
    }

    public boolean isNumber() {
        return this == INTEGER || this == DECIMAL;
    }

    /** {@code "a string"}, {@code "an object"} …, for messages. */
    public String described() {
        return switch (this) {
            case MISSING -> "nothing";
            case NULL -> "null";
            case STRING -> "a string";
            case INTEGER -> "an integer";
            case DECIMAL -> "a number";
            case BOOLEAN -> "a boolean";
            case OBJECT -> "an object";
            case ARRAY -> "an array";
        };
    }
}

package dev.millrace.core.event;

/** What stands at a place of a JSON text, or that nothing does. */
public enum JsonKind {
    MISSING,
    NULL,
    STRING,
    /** A number without fraction or exponent that fits a long. */
    INTEGER,
    /** Every other number; read as a double. */
    DECIMAL,
    BOOLEAN,
    OBJECT,
    ARRAY;

    private static final JsonKind[] BY_ORDINAL = values();

    static JsonKind of(int ordinal) {
        return BY_ORDINAL[ordinal];
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

package dev.millrace.core.expression;

import com.google.common.primitives.UnsignedLong;

import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The types of values as users know them; all numbers are one. */
enum Kind {
    NULL("null"),
    BOOLEAN("true or false"),
    NUMBER("a number"),
    STRING("a string"),
    BYTES("bytes"),
    LIST("a list"),
    MAP("an object"),
    TIMESTAMP("a timestamp"),
    DURATION("a duration"),
    /** Type values, parameters, and whatever else is not told apart. */
    ANY("a value");

    private final String described;

    Kind(String described) {
        this.described = described;
    }

    static Kind of(@Nullable Object value) {
        return switch (value) {
            case null -> NULL;
            case NullValue _ -> NULL;
            case Boolean _ -> BOOLEAN;
            case Long _ -> NUMBER;
            case Double _ -> NUMBER;
            case UnsignedLong _ -> NUMBER;
            case String _ -> STRING;
            case CelByteString _ -> BYTES;
            case List<?> _ -> LIST;
            case Map<?, ?> _ -> MAP;
            case Instant _ -> TIMESTAMP;
            case Duration _ -> DURATION;
            default -> ANY;
        };
    }

    static Kind of(CelType type) {
        CelKind kind = type.kind();
        return switch (kind) {
            case NULL_TYPE -> NULL;
            case BOOL -> BOOLEAN;
            case INT, UINT, DOUBLE -> NUMBER;
            case STRING -> STRING;
            case BYTES -> BYTES;
            case LIST -> LIST;
            case MAP -> MAP;
            case TIMESTAMP -> TIMESTAMP;
            case DURATION -> DURATION;
            default -> ANY;
        };
    }

    /** With its article, as in "data.ua is …". */
    @Override
    public String toString() {
        return described;
    }
}

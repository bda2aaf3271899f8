package dev.millrace.core.expression;

import dev.cel.common.values.CelByteString;

import java.time.Duration;
import java.time.Instant;

/**
 * Integers and doubles are ordered by their exact values, so 2^53 + 1 is more than 2^53 as a
 * double; against NaN nothing holds. Strings are ordered as CEL for Java orders them, by UTF-16
 * units.
 */
enum Order implements Operator {
    LESS("<"),
    LESS_EQUALS("<="),
    GREATER(">"),
    GREATER_EQUALS(">=");

    private final String symbol;

    Order(String symbol) {
        this.symbol = symbol;
    }

    @Override
    public String symbol() {
        return symbol;
    }

    @Override
    public String id() {
        return "@" + symbol;
    }

    @Override
    public Object apply(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return holds(Long.compare(a, b));
        }
        return switch (left) {
            case Double a when right instanceof Double b -> holds(a, b);
            case Number a when right instanceof Number b ->
                    !Numbers.isNaN(a) && !Numbers.isNaN(b) && holds(Numbers.compare(a, b));
            case String a when right instanceof String b -> holds(a.compareTo(b));
            case Boolean a when right instanceof Boolean b -> holds(a.compareTo(b));
            case Instant a when right instanceof Instant b -> holds(a.compareTo(b));
            case Duration a when right instanceof Duration b -> holds(a.compareTo(b));
            case CelByteString a when right instanceof CelByteString b ->
                    holds(CelByteString.unsignedLexicographicalComparator().compare(a, b));
            default -> throw Failure.mismatch(this, left, right);
        };
    }

    private boolean holds(int order) {
        return switch (this) {
            case LESS -> order < 0;
            case LESS_EQUALS -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_EQUALS -> order >= 0;
        };
    }

    /** By IEEE 754, where zero equals minus zero and NaN nothing. */
    private boolean holds(double a, double b) {
        return switch (this) {
            case LESS -> a < b;
            case LESS_EQUALS -> a <= b;
            case GREATER -> a > b;
            case GREATER_EQUALS -> a >= b;
        };
    }
}

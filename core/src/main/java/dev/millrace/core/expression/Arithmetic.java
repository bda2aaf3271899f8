package dev.millrace.core.expression;

import dev.cel.common.values.CelByteString;
import dev.millrace.core.expression.EvaluationException.Code;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Two integers give an integer, a failure where it does not fit; two numbers of which one is a
 * double give a double. Division truncates and the remainder has the sign of the dividend, as in
 * CEL.
 */
enum Arithmetic implements Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    MODULO("%");

    private final String symbol;

    Arithmetic(String symbol) {
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
        try {
            if (left instanceof Long a && right instanceof Long b) {
                return integers(a, b);
            }
            if (isNumber(left) && isNumber(right)) {
                return doubles(((Number) left).doubleValue(), ((Number) right).doubleValue());
            }
            return switch (this) {
                case ADD -> add(left, right);
                case SUBTRACT -> subtract(left, right);
                case MULTIPLY, DIVIDE, MODULO -> throw Failure.mismatch(this, left, right);
            };
        } catch (ArithmeticException | DateTimeException _) {
            throw new Failure(Code.OVERFLOW, "the result of '" + symbol + "' is out of range");
        }
    }

    private long integers(long a, long b) {
        return switch (this) {
            case ADD -> Math.addExact(a, b);
            case SUBTRACT -> Math.subtractExact(a, b);
            case MULTIPLY -> Math.multiplyExact(a, b);
            case DIVIDE -> Math.divideExact(a, divisor(b));
            case MODULO -> a % divisor(b);
        };
    }

    private double doubles(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MODULO -> a % b;
        };
    }

    private Object add(Object left, Object right) {
        return switch (left) {
            case String a when right instanceof String b -> Bounded.concat(a, b);
            case List<?> a when right instanceof List<?> b -> Bounded.concat(a, b);
            case CelByteString a when right instanceof CelByteString b -> Bounded.concat(a, b);
            case Instant a when right instanceof Duration b -> a.plus(b);
            case Duration a when right instanceof Instant b -> b.plus(a);
            case Duration a when right instanceof Duration b -> a.plus(b);
            default -> throw Failure.mismatch(this, left, right);
        };
    }

    private Object subtract(Object left, Object right) {
        return switch (left) {
            case Instant a when right instanceof Duration b -> a.minus(b);
            case Instant a when right instanceof Instant b -> Duration.between(b, a);
            case Duration a when right instanceof Duration b -> a.minus(b);
            default -> throw Failure.mismatch(this, left, right);
        };
    }

    /** Unsigned integers, which JSON does not have, stay among themselves. */
    private static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double;
    }

    private static long divisor(long value) {
        if (value == 0) {
            throw new Failure(Code.DIVIDE_BY_ZERO, "division by zero");
        }
        return value;
    }
}

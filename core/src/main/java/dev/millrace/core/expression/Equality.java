package dev.millrace.core.expression;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Numbers are equal if their exact values are, whatever their types; lists and objects if their
 * values are, one by one; values of different kinds never. NaN equals nothing.
 */
enum Equality implements Operator {
    EQUALS("=="),
    NOT_EQUALS("!=");

    private final String symbol;

    Equality(String symbol) {
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
        return equal(left, right) == (this == EQUALS);
    }

    private static boolean equal(Object left, Object right) {
        return switch (left) {
            case String a -> a.equals(right);
            case Double a when right instanceof Double b -> a.doubleValue() == b.doubleValue();
            case Number a when right instanceof Number b ->
                    !Numbers.isNaN(a) && !Numbers.isNaN(b) && Numbers.compare(a, b) == 0;
            case List<?> a when right instanceof List<?> b -> equal(a, b);
            case Map<?, ?> a when right instanceof Map<?, ?> b -> equal(a, b);
            default -> left.equals(right);
        };
    }

    private static boolean equal(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<?> others = right.iterator();
        for (Object value : left) {
            if (!equal(value, others.next())) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Map<?, ?> left, Map<?, ?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            Object other = right.get(entry.getKey());
            if (other == null || !equal(entry.getValue(), other)) {
                return false;
            }
        }
        return true;
    }
}

package dev.millrace.core.expression;

/**
 * A binary operator over operands whose types are known only when they are there.
 *
 * <p>CEL's own arithmetic takes no mixed operands, its planner ignores overloads added to it, and
 * for untyped operands it tries overload after overload; {@link Rewriter} therefore puts these in
 * their place.
 */
sealed interface Operator permits Arithmetic, Order, Equality {
    /** As it is written. */
    String symbol();

    /** The name and overload id under which CEL finds it; cannot be written in an expression. */
    String id();

    /** Throws {@link Failure}. */
    Object apply(Object left, Object right);
}

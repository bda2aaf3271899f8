package dev.millrace.core.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.millrace.core.event.FieldPath;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds the field paths that are written out in an expression. */
final class Paths {
    private static final Set<String> VARIABLES =
            Set.of("id", "type", "source", "timestamp", "data");

    private Paths() {}

    /**
     * The path that an expression stands for, {@code data['a'].b} as {@code data.a.b}, or null
     * where it is no path.
     *
     * @param local names that macros bind here, which hide the event's
     */
    static @Nullable FieldPath of(CelExpr expr, Set<String> local) {
        return switch (expr.getKind()) {
            case IDENT -> {
                String name = expr.ident().name();
                yield VARIABLES.contains(name) && !local.contains(name)
                        ? new FieldPath(List.of(name))
                        : null;
            }
            case SELECT ->
                    expr.select().testOnly()
                            ? null
                            : child(of(expr.select().operand(), local), expr.select().field());
            case CALL -> {
                String key = key(expr);
                yield key == null ? null : child(of(expr.call().args().getFirst(), local), key);
            }
            default -> null;
        };
    }

    /** The member of a path, or null where there is none that a path can name. */
    static @Nullable FieldPath child(@Nullable FieldPath parent, String name) {
        if (parent == null
                || !parent.startsWith(FieldPath.DATA)
                || name.isEmpty()
                || name.indexOf('.') >= 0) {
            return null;
        }
        List<String> names = new ArrayList<>(parent.names());
        names.add(name);
        return new FieldPath(names);
    }

    /** The literal key of {@code x['key']}. */
    private static @Nullable String key(CelExpr expr) {
        return expr.call().function().equals("_[_]") ? string(expr.call().args().getLast()) : null;
    }

    /** The value of a string literal. */
    static @Nullable String string(CelExpr expr) {
        return expr.getKind() == Kind.CONSTANT
                        && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? expr.constant().stringValue()
                : null;
    }
}

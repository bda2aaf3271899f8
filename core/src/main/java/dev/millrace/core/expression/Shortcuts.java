package dev.millrace.core.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.Projection;
import dev.millrace.core.expression.Shortcut.Search.Where;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the {@link Shortcut} of a rewritten expression whose every part has one. */
final class Shortcuts {
    private final Map<String, Slot> slots;
    private final Projection projection;

    private Shortcuts(Map<String, Slot> slots, Projection projection) {
        this.slots = slots;
        this.projection = projection;
    }

    /** Null where CEL must be asked every time. */
    static @Nullable Shortcut of(CelExpr expr, Map<String, Slot> slots, Projection projection) {
        return new Shortcuts(slots, projection).of(expr);
    }

    private @Nullable Shortcut of(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> variable(expr);
            case CALL -> call(expr.call());
            default -> null;
        };
    }

    private @Nullable Shortcut variable(CelExpr expr) {
        return switch (slots.get(expr.ident().name())) {
            case Slot.Value value -> new Shortcut.Truth(projection.field(value.path()));
            case Slot.Presence has -> new Shortcut.Presence(projection.field(has.path()));
            case null, default -> null;
        };
    }

    private @Nullable Shortcut call(CelCall call) {
        List<CelExpr> operands = Nodes.operands(call);
        return switch (call.function()) {
            case "_&&_" -> {
                Shortcut left = of(operands.getFirst());
                Shortcut right = of(operands.getLast());
                yield left == null || right == null ? null : new Shortcut.Both(left, right);
            }
            case "_||_" -> {
                Shortcut left = of(operands.getFirst());
                Shortcut right = of(operands.getLast());
                yield left == null || right == null ? null : new Shortcut.Either(left, right);
            }
            case "!_" -> not(of(operands.getFirst()));
            case "@==" -> equality(operands);
            case "@!=" -> not(equality(operands));
            case "_<_", "@<" -> comparison(Order.LESS, operands);
            case "_<=_", "@<=" -> comparison(Order.LESS_EQUALS, operands);
            case "_>_", "@>" -> comparison(Order.GREATER, operands);
            case "_>=_", "@>=" -> comparison(Order.GREATER_EQUALS, operands);
            case "@in" -> in(operands);
            case "startsWith" -> search(Where.START, operands);
            case "contains" -> search(Where.ANYWHERE, operands);
            case "endsWith" -> search(Where.END, operands);
            default -> null;
        };
    }

    private static @Nullable Shortcut not(@Nullable Shortcut operand) {
        return operand == null ? null : new Shortcut.Not(operand);
    }

    private @Nullable Shortcut equality(List<CelExpr> operands) {
        boolean swapped = operands.getFirst().getKind() == ExprKind.Kind.CONSTANT;
        Field field = field(swapped ? operands.getLast() : operands.getFirst());
        CelExpr other = swapped ? operands.getFirst() : operands.getLast();
        if (field == null || other.getKind() != ExprKind.Kind.CONSTANT) {
            return null;
        }
        if (other.constant().getKind() == CelConstant.Kind.NULL_VALUE) {
            return new Shortcut.IsNull(field);
        }
        byte[] text = utf8(other);
        if (text != null) {
            return new Shortcut.OneOf(field, List.of(text));
        }
        Number number = number(other);
        return number == null ? null : new Shortcut.Comparison(Equality.EQUALS, field, number);
    }

    /** A field before a number. */
    private @Nullable Shortcut comparison(Order order, List<CelExpr> operands) {
        Field field = field(operands.getFirst());
        Number number = number(operands.getLast());
        return field == null || number == null
                ? null
                : new Shortcut.Comparison(order, field, number);
    }

    private @Nullable Shortcut in(List<CelExpr> operands) {
        Field field = field(operands.getFirst());
        CelExpr list = operands.getLast();
        if (field == null || list.getKind() != ExprKind.Kind.LIST) {
            return null;
        }
        List<byte[]> texts = new ArrayList<>();
        for (CelExpr element : list.list().elements()) {
            byte[] text = utf8(element);
            if (text == null) {
                return null;
            }
            texts.add(text);
        }
        return new Shortcut.OneOf(field, List.copyOf(texts));
    }

    private @Nullable Shortcut search(Where where, List<CelExpr> operands) {
        Field field = field(operands.getFirst());
        byte[] text = utf8(operands.getLast());
        return field == null || text == null || operands.size() != 2
                ? null
                : new Shortcut.Search(field, where, text);
    }

    private @Nullable Field field(CelExpr expr) {
        return expr.getKind() == ExprKind.Kind.IDENT
                        && slots.get(expr.ident().name()) instanceof Slot.Value value
                ? projection.field(value.path())
                : null;
    }

    private static byte @Nullable [] utf8(CelExpr expr) {
        String text = Paths.string(expr);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Number number(CelExpr expr) {
        if (expr.getKind() != ExprKind.Kind.CONSTANT) {
            return null;
        }
        return switch (expr.constant().getKind()) {
            case INT64_VALUE -> expr.constant().int64Value();
            case DOUBLE_VALUE -> expr.constant().doubleValue();
            default -> null;
        };
    }
}

package dev.millrace.core.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import dev.millrace.core.expression.EvaluationException.Code;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says why an evaluation failed, in terms of the source: {@code data.status is a string, but '<'
 * needs a number}. Where CEL's error does not tell the values, the expression is run once more and
 * they are recorded, so only failures pay for it.
 *
 * <p>Immutable and thread-safe.
 */
final class Diagnosis {
    private static final Pattern ERROR =
            Pattern.compile("evaluation error(?: at id:(\\d+))?: (.*)", Pattern.DOTALL);
    private static final Pattern NOT_BOOLEAN = Pattern.compile("Expected boolean value, found.*");
    private static final Set<String> CONVERSIONS =
            Set.of("int", "uint", "double", "bool", "string", "bytes", "timestamp", "duration");

    private final CelAbstractSyntaxTree source;
    private final Map<Long, CelExpr> nodes;
    private final CelRuntime.Program program;

    Diagnosis(CelAbstractSyntaxTree source, CelRuntime.Program program) {
        this.source = source;
        this.nodes = Nodes.byId(source.getExpr());
        this.program = program;
    }

    EvaluationException of(CelEvaluationException error, CelVariableResolver variables) {
        Matcher parts = ERROR.matcher(String.valueOf(error.getMessage()));
        boolean known = parts.matches();
        CelExpr node =
                known && parts.group(1) != null ? nodes.get(Long.valueOf(parts.group(1))) : null;
        String message = known ? parts.group(2) : String.valueOf(error.getMessage());
        if (error.getCause() instanceof Failure failure) {
            return failed(failure, node);
        }
        if (error.getErrorCode() == CelErrorCode.ITERATION_BUDGET_EXCEEDED) {
            return new EvaluationException(
                    Code.LIMIT,
                    "the macros take more than %,d steps".formatted(Limits.ITERATIONS_MAX));
        }
        if (node == null) {
            return new EvaluationException(Code.VALUE, Wording.failure(message));
        }
        if (NOT_BOOLEAN.matcher(message).matches()) {
            return notBoolean(node, values(variables));
        }
        return switch (error.getErrorCode()) {
            case ATTRIBUTE_NOT_FOUND -> notFound(node, values(variables));
            case INDEX_OUT_OF_BOUNDS ->
                    new EvaluationException(
                            Code.NO_SUCH_FIELD, "the index is outside of " + container(node));
            case DIVIDE_BY_ZERO -> new EvaluationException(Code.DIVIDE_BY_ZERO, "division by zero");
            case NUMERIC_OVERFLOW ->
                    new EvaluationException(
                            Code.OVERFLOW,
                            "the result of '%s' is out of range".formatted(symbol(node)));
            case OVERLOAD_NOT_FOUND -> wrongType(node, values(variables));
            default -> unusable(node, message, error, values(variables));
        };
    }

    private EvaluationException failed(Failure failure, @Nullable CelExpr node) {
        Failure.Mismatch mismatch = failure.mismatch();
        if (mismatch == null || node == null || node.getKind() != ExprKind.Kind.CALL) {
            return new EvaluationException(failure.code(), failure.getMessage());
        }
        List<CelExpr> operands = Nodes.operands(node.call());
        String left = name(operands.getFirst());
        String right = name(operands.getLast());
        Kind wantedLeft =
                wanted(mismatch.operator(), mismatch.left(), mismatch.right(), operands.getLast());
        Kind wantedRight =
                wanted(mismatch.operator(), mismatch.right(), mismatch.left(), operands.getFirst());
        String symbol = mismatch.operator().symbol();
        if (left != null && wantedLeft != null && wantedLeft != mismatch.left()) {
            return needs(left, mismatch.left(), symbol, wantedLeft);
        }
        if (right != null && wantedRight != null && wantedRight != mismatch.right()) {
            return needs(right, mismatch.right(), symbol, wantedRight);
        }
        return new EvaluationException(
                Code.TYPE,
                "'%s' cannot take %s and %s"
                        .formatted(
                                symbol,
                                operand(left, mismatch.left()),
                                operand(right, mismatch.right())));
    }

    /**
     * What an operator needs where {@code kind} stands: told by the operator, by a literal on the
     * other side, or by any value there if this one is null.
     */
    private static @Nullable Kind wanted(
            Operator operator, Kind kind, Kind otherKind, CelExpr other) {
        boolean numbersOnly =
                switch (operator) {
                    case Arithmetic.MULTIPLY, Arithmetic.DIVIDE, Arithmetic.MODULO -> true;
                    case Arithmetic.SUBTRACT -> otherKind == Kind.NUMBER;
                    case Arithmetic.ADD -> false;
                    case Order _, Equality _ -> false;
                };
        if (numbersOnly) {
            return Kind.NUMBER;
        }
        boolean usable = EnumSet.of(Kind.NUMBER, Kind.STRING, Kind.LIST).contains(otherKind);
        boolean settled = other.getKind() == ExprKind.Kind.CONSTANT || kind == Kind.NULL;
        return usable && settled ? otherKind : null;
    }

    private EvaluationException notBoolean(CelExpr node, Map<Long, Object> values) {
        CelExpr operand =
                node.getKind() == ExprKind.Kind.CALL && node.call().function().equals("_?_:_")
                        ? node.call().args().getFirst()
                        : node;
        return new EvaluationException(
                Code.TYPE,
                "%s is %s, but must be %s"
                        .formatted(subject(operand), kind(operand, values), Kind.BOOLEAN));
    }

    private EvaluationException notFound(CelExpr node, Map<Long, Object> values) {
        if (node.getKind() == ExprKind.Kind.SELECT) {
            CelExpr operand = node.select().operand();
            Kind kind = kind(operand, values);
            return kind == Kind.MAP || kind == Kind.ANY
                    ? new EvaluationException(
                            Code.NO_SUCH_FIELD,
                            "no such field: " + or(name(node), node.select().field()))
                    : new EvaluationException(
                            Code.TYPE,
                            "%s is %s and has no field '%s'"
                                    .formatted(subject(operand), kind, node.select().field()));
        }
        return new EvaluationException(Code.NO_SUCH_FIELD, "no such key in " + container(node));
    }

    private EvaluationException wrongType(CelExpr node, Map<Long, Object> values) {
        if (node.getKind() != ExprKind.Kind.CALL) {
            return new EvaluationException(Code.TYPE, "a value is of the wrong type");
        }
        String symbol = symbol(node);
        List<CelExpr> operands = Nodes.operands(node.call());
        List<String> overloads =
                source.getReference(node.id()).map(r -> r.overloadIds()).orElseThrow();
        for (int i = 0; i < operands.size(); i++) {
            Kind kind = kind(operands.get(i), values);
            Set<Kind> taken = Overloads.kindsTaken(overloads, i);
            if (kind != Kind.ANY && !taken.contains(Kind.ANY) && !taken.contains(kind)) {
                return needs(subject(operands.get(i)), kind, symbol, taken);
            }
        }
        return new EvaluationException(
                Code.TYPE,
                "'%s' cannot take %s"
                        .formatted(
                                symbol,
                                operands.stream()
                                        .map(o -> operand(name(o), kind(o, values)))
                                        .collect(Collectors.joining(" and "))));
    }

    private EvaluationException unusable(
            CelExpr node, String message, CelEvaluationException error, Map<Long, Object> values) {
        if (node.getKind() != ExprKind.Kind.CALL) {
            return new EvaluationException(Code.OTHER, Wording.failure(message));
        }
        String symbol = symbol(node);
        List<CelExpr> operands = Nodes.operands(node.call());
        if (CONVERSIONS.contains(symbol)) {
            CelExpr operand = operands.getFirst();
            return new EvaluationException(
                    Code.VALUE,
                    "'%s' cannot convert %s"
                            .formatted(symbol, operand(name(operand), kind(operand, values))));
        }
        Throwable cause = error.getCause();
        String detail = cause == null ? message : String.valueOf(innermost(cause).getMessage());
        return new EvaluationException(
                Code.VALUE, "'%s' failed: %s".formatted(symbol, Wording.failure(detail)));
    }

    private static Throwable innermost(Throwable error) {
        Throwable cause = error.getCause();
        return cause == null ? error : innermost(cause);
    }

    private static EvaluationException needs(
            String subject, Kind kind, String symbol, Kind wanted) {
        return needs(subject, kind, symbol, Set.of(wanted));
    }

    private static EvaluationException needs(
            String subject, Kind kind, String symbol, Set<Kind> wanted) {
        return new EvaluationException(
                Code.TYPE,
                "%s is %s, but '%s' needs %s"
                        .formatted(
                                subject,
                                kind,
                                symbol,
                                wanted.stream()
                                        .map(Kind::toString)
                                        .collect(Collectors.joining(" or "))));
    }

    /** What an index goes into. */
    private static String container(CelExpr node) {
        return node.getKind() == ExprKind.Kind.CALL && !node.call().args().isEmpty()
                ? or(name(Nodes.operands(node.call()).getFirst()), "the value")
                : "the value";
    }

    private static String operand(@Nullable String name, Kind kind) {
        return name == null ? kind.toString() : "%s (%s)".formatted(name, kind);
    }

    private static String subject(CelExpr expr) {
        return or(name(expr), "a value");
    }

    private static String or(@Nullable String text, String other) {
        return text == null ? other : text;
    }

    private static String symbol(CelExpr node) {
        return node.getKind() == ExprKind.Kind.CALL
                ? Wording.symbol(node.call().function())
                : "the expression";
    }

    /** A path or a macro's variable as it is written; null for what has no short name. */
    private static @Nullable String name(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> expr.ident().name().startsWith("@") ? null : expr.ident().name();
            case SELECT -> {
                String operand = name(expr.select().operand());
                yield operand == null ? null : operand + "." + expr.select().field();
            }
            case CALL -> {
                List<CelExpr> operands = Nodes.operands(expr.call());
                if (!expr.call().function().equals("_[_]")) {
                    yield null;
                }
                String container = name(operands.getFirst());
                String key = Paths.string(operands.getLast());
                yield container == null
                        ? null
                        : key == null ? container + "[]" : container + "." + key;
            }
            default -> null;
        };
    }

    private Kind kind(CelExpr expr, Map<Long, Object> values) {
        Object value = values.get(expr.id());
        return value != null
                ? Kind.of(value)
                : source.getType(expr.id()).map(Kind::of).orElse(Kind.ANY);
    }

    /** What every node gave last when the expression was run again, by id. */
    private Map<Long, Object> values(CelVariableResolver variables) {
        Map<Long, Object> values = new HashMap<>();
        try {
            program.trace(variables, (node, value) -> values.put(node.id(), value));
        } catch (CelEvaluationException _) {
            return values;
        }
        return values;
    }
}

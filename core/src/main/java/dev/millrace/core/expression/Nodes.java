package dev.millrace.core.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The nodes of a syntax tree. */
final class Nodes {
    private Nodes() {}

    static Map<Long, CelExpr> byId(CelExpr root) {
        Map<Long, CelExpr> byId = new HashMap<>();
        collect(root, byId);
        return Map.copyOf(byId);
    }

    private static void collect(CelExpr expr, Map<Long, CelExpr> byId) {
        byId.put(expr.id(), expr);
        children(expr).forEach(child -> collect(child, byId));
    }

    private static Stream<CelExpr> children(CelExpr expr) {
        return switch (expr.getKind()) {
            case CONSTANT, IDENT, NOT_SET -> Stream.empty();
            case SELECT -> Stream.of(expr.select().operand());
            case CALL -> operands(expr.call()).stream();
            case LIST -> expr.list().elements().stream();
            case MAP -> expr.map().entries().stream().flatMap(e -> Stream.of(e.key(), e.value()));
            case STRUCT -> expr.struct().entries().stream().map(e -> e.value());
            case COMPREHENSION -> {
                CelComprehension fold = expr.comprehension();
                yield Stream.of(
                        fold.iterRange(),
                        fold.accuInit(),
                        fold.loopCondition(),
                        fold.loopStep(),
                        fold.result());
            }
        };
    }

    /** The target of a call, if it has one, and its arguments. */
    static List<CelExpr> operands(CelCall call) {
        return Stream.concat(call.target().stream(), call.args().stream()).toList();
    }
}

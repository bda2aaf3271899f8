package dev.millrace.core.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSource;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.millrace.core.expression.InvalidExpressionException.Problem;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses and type-checks, and says in plain words what is wrong. */
final class Checker {
    private Checker() {}

    static CelAbstractSyntaxTree check(String source, Expression.Type expected) {
        if (source.isBlank()) {
            throw invalid("the expression is empty");
        }
        if (source.length() > Limits.SOURCE_LENGTH_MAX) {
            throw invalid(
                    "the expression has %,d characters; at most %,d are allowed"
                            .formatted(source.length(), Limits.SOURCE_LENGTH_MAX));
        }
        CelAbstractSyntaxTree parsed = ast(Environment.COMPILER.parse(source), Map.of());
        CelAbstractSyntaxTree checked =
                ast(Environment.COMPILER.check(parsed), Nodes.byId(parsed.getExpr()));
        Kind result = Kind.of(checked.getResultType());
        if (expected == Expression.Type.BOOLEAN && result != Kind.BOOLEAN && result != Kind.ANY) {
            throw invalid("the result is %s, but must be %s".formatted(result, Kind.BOOLEAN));
        }
        return checked;
    }

    /** A problem at a node of a checked expression. */
    static InvalidExpressionException invalid(
            CelAbstractSyntaxTree checked, CelExpr node, String detail) {
        CelSource source = checked.getSource();
        CelSourceLocation place =
                Optional.ofNullable(source.getPositionsMap().get(node.id()))
                        .flatMap(source::getOffsetLocation)
                        .orElse(CelSourceLocation.of(1, 0));
        return new InvalidExpressionException(
                List.of(new Problem(place.getLine(), place.getColumn() + 1, detail)));
    }

    private static InvalidExpressionException invalid(String detail) {
        return new InvalidExpressionException(List.of(new Problem(1, 1, detail)));
    }

    private static CelAbstractSyntaxTree ast(CelValidationResult result, Map<Long, CelExpr> nodes) {
        try {
            return result.getAst();
        } catch (CelValidationException e) {
            throw new InvalidExpressionException(
                    e.getErrors().stream().map(issue -> problem(issue, nodes)).distinct().toList());
        }
    }

    private static Problem problem(CelIssue issue, Map<Long, CelExpr> nodes) {
        CelExpr node = nodes.get(issue.getExprId());
        boolean call = node != null && node.getKind() == ExprKind.Kind.CALL;
        return new Problem(
                Math.max(1, issue.getSourceLocation().getLine()),
                issue.getSourceLocation().getColumn() + 1,
                Wording.of(issue.getMessage(), call));
    }
}

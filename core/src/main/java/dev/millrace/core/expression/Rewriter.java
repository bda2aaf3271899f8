package dev.millrace.core.expression;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSource;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelMap;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.millrace.core.event.FieldPath;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a type-checked expression into the one that is run.
 *
 * <ul>
 *   <li>A path such as {@code data.a.b} becomes one variable, read straight from the event, where
 *       CEL would look through a map a level. So does {@code has(data.a.b)}, which is therefore
 *       false, and no error, where {@code data.a} is missing.
 *   <li>{@code + - * / %}, {@code < <= > >=} and {@code == !=} become an {@link Operator} where the
 *       types of the operands are open or mixed, or where the result may grow. Arithmetic among
 *       static integers, doubles, timestamps and durations stays CEL's; so do the lists that macros
 *       gather.
 *   <li>{@code replace}, {@code join} and literals in macros become {@link Bounded}, and {@code
 *       matches} takes a pattern that is compiled here if it is a literal.
 * </ul>
 *
 * <p>Nodes keep their ids, by which failures are traced back to the source. Since CEL tells of a
 * failing node only by its position, positions of the result <em>are</em> ids.
 */
final class Rewriter {
    private static final Set<CelKind> OPEN =
            EnumSet.of(CelKind.DYN, CelKind.ANY, CelKind.TYPE_PARAM, CelKind.UNSPECIFIED);
    private static final Set<CelKind> OURS =
            EnumSet.of(
                    CelKind.INT,
                    CelKind.DOUBLE,
                    CelKind.STRING,
                    CelKind.BYTES,
                    CelKind.LIST,
                    CelKind.MAP,
                    CelKind.BOOL,
                    CelKind.NULL_TYPE);
    private static final Set<CelKind> PLAIN =
            EnumSet.of(
                    CelKind.INT, CelKind.DOUBLE, CelKind.STRING, CelKind.BOOL, CelKind.NULL_TYPE);
    private static final Set<CelKind> GROWING =
            EnumSet.of(CelKind.STRING, CelKind.BYTES, CelKind.LIST);

    private final CelAbstractSyntaxTree checked;
    private final Map<Slot, String> names = new LinkedHashMap<>();
    private final Map<Long, CelReference> references;
    private final Map<Long, CelType> types;
    private long lastId;

    /** The expression to run, and what its variables stand for. */
    record Rewritten(CelAbstractSyntaxTree ast, Map<String, Slot> slots) {}

    private Rewriter(CelAbstractSyntaxTree checked) {
        this.checked = checked;
        this.references = new HashMap<>(checked.getReferenceMap());
        this.types = new HashMap<>(checked.getTypeMap());
        this.lastId = Collections.max(types.keySet());
    }

    /**
     * @throws InvalidExpressionException if a literal of {@code matches} is no regular expression
     */
    static Rewritten rewrite(CelAbstractSyntaxTree checked) {
        Rewriter rewriter = new Rewriter(checked);
        CelExpr expr = rewriter.rewrite(checked.getExpr(), Set.of());
        Map<String, Slot> slots = new LinkedHashMap<>();
        rewriter.names.forEach((slot, name) -> slots.put(name, slot));
        return new Rewritten(
                CelAbstractSyntaxTree.newCheckedAst(
                        expr, rewriter.positionsAsIds(), rewriter.references, rewriter.types),
                slots);
    }

    private CelSource positionsAsIds() {
        Map<Long, Integer> ids = new HashMap<>();
        types.keySet().forEach(id -> ids.put(id, id.intValue()));
        return CelSource.newBuilder().setDescription("id").addPositionsMap(ids).build();
    }

    private CelExpr rewrite(CelExpr expr, Set<String> local) {
        FieldPath path = Paths.of(expr, local);
        if (path != null) {
            return variable(expr.id(), new Slot.Value(path));
        }
        return switch (expr.getKind()) {
            case CONSTANT, IDENT, NOT_SET -> expr;
            case SELECT -> select(expr, local);
            case CALL -> call(expr, local);
            case LIST -> bounded(list(expr, local), expr.list().elements().size(), local);
            case MAP -> bounded(map(expr, local), expr.map().entries().size(), local);
            case STRUCT -> expr;
            case COMPREHENSION -> comprehension(expr, local);
        };
    }

    private ImmutableList<CelExpr> rewrite(List<CelExpr> exprs, Set<String> local) {
        return exprs.stream().map(e -> rewrite(e, local)).collect(ImmutableList.toImmutableList());
    }

    private CelExpr select(CelExpr expr, Set<String> local) {
        CelExpr operand = expr.select().operand();
        String field = expr.select().field();
        if (expr.select().testOnly()) {
            FieldPath tested = Paths.child(Paths.of(operand, local), field);
            if (tested != null) {
                return variable(expr.id(), new Slot.Presence(tested));
            }
        }
        return CelExpr.ofSelect(
                expr.id(), rewrite(operand, local), field, expr.select().testOnly());
    }

    private CelExpr call(CelExpr expr, Set<String> local) {
        CelCall call = expr.call();
        Operator operator = Operators.of(call.function());
        if (operator != null && replaces(operator, call.args())) {
            return ours(expr.id(), operator.id(), rewrite(call.args(), local));
        }
        return switch (call.function()) {
            case "@in" -> in(expr, local);
            case "matches" -> matches(expr, local);
            case "replace" -> {
                ImmutableList<CelExpr> args = rewrite(Nodes.operands(call), local);
                yield ours(
                        expr.id(),
                        Bounded.REPLACE,
                        args.size() == 4 ? args : with(args, constant(CelConstant.ofValue(-1))));
            }
            case "join" -> {
                ImmutableList<CelExpr> args = rewrite(Nodes.operands(call), local);
                yield ours(
                        expr.id(),
                        Bounded.JOIN,
                        args.size() == 2 ? args : with(args, constant(CelConstant.ofValue(""))));
            }
            default -> unchanged(expr, local);
        };
    }

    private boolean replaces(Operator operator, List<CelExpr> args) {
        CelKind left = kind(args.getFirst());
        CelKind right = kind(args.getLast());
        if (OPEN.contains(left) || OPEN.contains(right)) {
            return (OPEN.contains(left) || OURS.contains(left))
                    && (OPEN.contains(right) || OURS.contains(right));
        }
        if (operator instanceof Equality) {
            return PLAIN.contains(left) && PLAIN.contains(right);
        }
        if (operator instanceof Order) {
            return false;
        }
        return operator == Arithmetic.ADD && GROWING.contains(left)
                || left == CelKind.DOUBLE && right == CelKind.INT
                || left == CelKind.INT && right == CelKind.DOUBLE
                || left == CelKind.DOUBLE && operator == Arithmetic.MODULO;
    }

    private CelKind kind(CelExpr expr) {
        return checked.getType(expr.id()).orElse(SimpleType.DYN).kind();
    }

    /** {@code 'a' in data} asks what {@code has(data.a)} asks. */
    private CelExpr in(CelExpr expr, Set<String> local) {
        String name = Paths.string(expr.call().args().getFirst());
        FieldPath map = Paths.of(expr.call().args().getLast(), local);
        FieldPath tested =
                name == null || !FieldPath.DATA.equals(map) ? null : Paths.child(map, name);
        return tested == null
                ? unchanged(expr, local)
                : variable(expr.id(), new Slot.Presence(tested));
    }

    private CelExpr matches(CelExpr expr, Set<String> local) {
        List<CelExpr> operands = Nodes.operands(expr.call());
        CelExpr regex = operands.getLast();
        String literal = Paths.string(regex);
        if (literal == null) {
            return unchanged(expr, local);
        }
        Pattern pattern = pattern(literal, regex);
        return ours(
                expr.id(),
                Bounded.MATCHES,
                ImmutableList.of(
                        rewrite(operands.getFirst(), local),
                        variable(regex.id(), new Slot.Constant(pattern))));
    }

    private Pattern pattern(String literal, CelExpr regex) {
        String problem;
        try {
            Pattern pattern = Pattern.compile(literal);
            if (pattern.programSize() <= Limits.REGEX_SIZE_MAX) {
                return pattern;
            }
            problem = "it is too large";
        } catch (PatternSyntaxException e) {
            problem = e.getDescription();
        }
        throw Checker.invalid(
                checked, regex, "'%s' is no regular expression: %s".formatted(literal, problem));
    }

    private CelExpr unchanged(CelExpr expr, Set<String> local) {
        CelCall call = expr.call();
        return CelExpr.ofCall(
                expr.id(),
                call.target().map(t -> rewrite(t, local)),
                call.function(),
                rewrite(call.args(), local));
    }

    /** In a macro a literal may hold one value twice, and the next macro that twice, and so on. */
    private CelExpr bounded(CelExpr literal, int size, Set<String> local) {
        return size < 2 || local.isEmpty()
                ? literal
                : ours(++lastId, Bounded.BOUNDED, ImmutableList.of(literal));
    }

    private CelExpr list(CelExpr expr, Set<String> local) {
        return CelExpr.ofList(
                expr.id(), rewrite(expr.list().elements(), local), expr.list().optionalIndices());
    }

    private CelExpr map(CelExpr expr, Set<String> local) {
        ImmutableList.Builder<CelMap.Entry> entries = ImmutableList.builder();
        for (CelMap.Entry entry : expr.map().entries()) {
            entries.add(
                    CelExpr.ofMapEntry(
                            entry.id(),
                            rewrite(entry.key(), local),
                            rewrite(entry.value(), local),
                            entry.optionalEntry()));
        }
        return CelExpr.ofMap(expr.id(), entries.build());
    }

    private CelExpr comprehension(CelExpr expr, Set<String> local) {
        CelComprehension fold = expr.comprehension();
        Set<String> inner = new HashSet<>(local);
        inner.addAll(List.of(fold.accuVar(), fold.iterVar(), fold.iterVar2()));
        boolean gathers = gathers(fold);
        return CelExpr.ofComprehension(
                expr.id(),
                fold.iterVar(),
                fold.iterVar2(),
                rewrite(fold.iterRange(), local),
                fold.accuVar(),
                gathers
                        ? ours(fold.accuInit().id(), Gatherer.START, ImmutableList.of())
                        : rewrite(fold.accuInit(), local),
                rewrite(fold.loopCondition(), inner),
                gathers ? append(fold.loopStep(), inner) : rewrite(fold.loopStep(), inner),
                gathers
                        ? ours(++lastId, Gatherer.FINISH, ImmutableList.of(fold.result()))
                        : rewrite(fold.result(), inner));
    }

    /** Whether this is a {@code map} or {@code filter}: {@code [] … gathered + [value]}. */
    private static boolean gathers(CelComprehension fold) {
        CelExpr step = fold.loopStep();
        return fold.accuInit().getKind() == ExprKind.Kind.LIST
                && isVariable(fold.result(), fold.accuVar())
                && (isAppend(step, fold.accuVar())
                        || isCall(step, "_?_:_")
                                && isAppend(step.call().args().get(1), fold.accuVar())
                                && isVariable(step.call().args().get(2), fold.accuVar()));
    }

    private static boolean isAppend(CelExpr expr, String gathered) {
        return isCall(expr, "_+_")
                && isVariable(expr.call().args().getFirst(), gathered)
                && expr.call().args().getLast().getKind() == ExprKind.Kind.LIST;
    }

    private static boolean isCall(CelExpr expr, String function) {
        return expr.getKind() == ExprKind.Kind.CALL && expr.call().function().equals(function);
    }

    private static boolean isVariable(CelExpr expr, String name) {
        return expr.getKind() == ExprKind.Kind.IDENT && expr.ident().name().equals(name);
    }

    private CelExpr append(CelExpr step, Set<String> local) {
        List<CelExpr> args = step.call().args();
        if (isCall(step, "_?_:_")) {
            return CelExpr.ofCall(
                    step.id(),
                    Optional.empty(),
                    step.call().function(),
                    ImmutableList.of(
                            rewrite(args.getFirst(), local),
                            append(args.get(1), local),
                            args.getLast()));
        }
        CelExpr value = args.getLast().list().elements().getFirst();
        return ours(
                step.id(),
                Gatherer.APPEND,
                ImmutableList.of(args.getFirst(), rewrite(value, local)));
    }

    private CelExpr variable(long id, Slot slot) {
        String name = names.computeIfAbsent(slot, _ -> "@" + names.size());
        references.put(id, CelReference.newBuilder().setName(name).build());
        return CelExpr.ofIdent(id, name);
    }

    private CelExpr ours(long id, String function, ImmutableList<CelExpr> args) {
        references.put(id, CelReference.newBuilder().addOverloadIds(function).build());
        return CelExpr.ofCall(id, Optional.empty(), function, args);
    }

    private CelExpr constant(CelConstant value) {
        return CelExpr.ofConstant(++lastId, value);
    }

    private static ImmutableList<CelExpr> with(ImmutableList<CelExpr> args, CelExpr last) {
        return ImmutableList.<CelExpr>builder().addAll(args).add(last).build();
    }
}

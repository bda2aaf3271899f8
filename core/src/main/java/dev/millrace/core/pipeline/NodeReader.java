package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;
import dev.millrace.core.expression.InvalidExpressionException;
import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Refused;
import dev.millrace.core.pipeline.Node.Scalar;
import dev.millrace.core.pipeline.Node.Scalar.Kind;
import dev.millrace.core.pipeline.Node.Sequence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads single values of the file. Each method returns the value, or reports what is wrong with it
 * and returns empty.
 */
final class NodeReader {
    /** A dollar and a brace that begin no variable. */
    private static final Pattern BAD_VARIABLE =
            Pattern.compile("\\$\\{(?![A-Za-z_][A-Za-z0-9_]*\\})");

    private final Problems problems;

    NodeReader(Problems problems) {
        this.problems = problems;
    }

    Optional<Mapping> mapping(Node node, String expected) {
        return node instanceof Mapping mapping ? Optional.of(mapping) : wrong(node, expected);
    }

    /** The items of a list that could be read. */
    <T> Optional<List<T>> list(
            Node node, String expected, int max, Function<Node, Optional<T>> read) {
        if (!(node instanceof Sequence sequence)) {
            return wrong(node, expected);
        }
        int count = sequence.items().size();
        if (count > max) {
            problems.add(node.place(), "at most %d are allowed, are %d".formatted(max, count));
            return Optional.empty();
        }
        List<T> items = new ArrayList<>();
        sequence.items().forEach(item -> read.apply(item).ifPresent(items::add));
        return Optional.of(items);
    }

    Optional<String> text(Node node, String expected) {
        return node instanceof Scalar scalar && scalar.kind() == Kind.TEXT
                ? Optional.of(scalar.text())
                : wrong(node, expected);
    }

    /** A text that is not blank, and in which every variable has a name. */
    Optional<String> textWithVariables(Node node, String expected) {
        return text(node, expected)
                .filter(text -> holds(!text.isBlank(), node, expected))
                .filter(text ->
                        holds(
                                !BAD_VARIABLE.matcher(text).find(),
                                node,
                                "a text in which every ${ begins a variable like ${NAME}"));
    }

    /** The same, and all of it matches. */
    Optional<String> textWithVariables(Node node, Pattern pattern, String expected) {
        return textWithVariables(node, expected)
                .filter(text -> holds(pattern.matcher(text).matches(), node, expected));
    }

    /** One of some words. */
    Optional<String> word(Node node, String what, String expected, List<String> words) {
        Optional<String> text = text(node, expected);
        if (text.isPresent() && !words.contains(text.get())) {
            problems.add(node.place(), Spelling.unknown(what, text.get(), words));
            return Optional.empty();
        }
        return text;
    }

    /** Whether it is right; reports that it is not what it must be. */
    boolean holds(boolean right, Node node, String expected) {
        return right || wrong(node, expected).isPresent();
    }

    Optional<String> name(Node node, Pattern pattern) {
        return text(node, "a name that matches " + pattern)
                .filter(name ->
                        check(
                                pattern.matcher(name).matches(),
                                node,
                                "must be a name that matches " + pattern));
    }

    Optional<Long> wholeNumber(Node node, Bounds<Long> bounds) {
        String expected = "a whole number, " + bounds;
        if (!(node instanceof Scalar scalar) || scalar.kind() != Kind.INTEGER) {
            return wrong(node, expected);
        }
        return Numbers.toLong(scalar.text())
                .filter(bounds::contains)
                .or(() -> wrong(node, expected));
    }

    Optional<Integer> smallNumber(Node node, Bounds<Integer> bounds) {
        Bounds<Long> wide =
                new Bounds<>(bounds.min().longValue(), bounds.max().longValue(), String::valueOf);
        return wholeNumber(node, wide).map(Math::toIntExact);
    }

    /** A number, whole or not. */
    Optional<Double> number(Node node, String expected) {
        if (!(node instanceof Scalar scalar)
                || (scalar.kind() != Kind.INTEGER && scalar.kind() != Kind.DECIMAL)) {
            return wrong(node, expected);
        }
        return Numbers.toDouble(scalar.text()).or(() -> wrong(node, expected));
    }

    Optional<Duration> duration(Node node, Bounds<Duration> bounds) {
        return text(node, Durations.SYNTAX)
                .flatMap(text -> parse(node, text, Durations::parse))
                .filter(value -> inside(node, bounds, value));
    }

    Optional<Long> size(Node node, Bounds<Long> bounds) {
        return text(node, Sizes.SYNTAX)
                .flatMap(text -> parse(node, text, Sizes::parse))
                .filter(value -> inside(node, bounds, value));
    }

    Optional<FieldPath> path(Node node) {
        return text(node, "a field like source or data.url")
                .flatMap(text -> path(node.place(), text));
    }

    /** The field that stands at a place, which may be that of a key. */
    Optional<FieldPath> path(Place place, String text) {
        try {
            return Optional.of(FieldPath.parse(text));
        } catch (IllegalArgumentException e) {
            problems.add(place, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** A field that can be told apart by its value: any but {@code data} as a whole. */
    Optional<FieldPath> plainPath(Node node) {
        Optional<FieldPath> path = path(node);
        if (path.isPresent() && !Limits.isPlain(path.get())) {
            problems.add(
                    node.place(), "'data' is a whole object; name a field in it, like data.url");
            return Optional.empty();
        }
        return path;
    }

    /**
     * An expression. Numbers and booleans stand for themselves, as they would in quotes; null is
     * the expression {@code null}.
     */
    Optional<Expression> expression(Node node, Expression.Type type) {
        if (!(node instanceof Scalar scalar)) {
            return wrong(node, "an expression");
        }
        Optional<String> source =
                switch (scalar.kind()) {
                    case TEXT -> Optional.of(scalar.text().stripTrailing());
                    case INTEGER -> Numbers.toLong(scalar.text()).map(String::valueOf);
                    case DECIMAL -> Numbers.toDouble(scalar.text()).map(String::valueOf);
                    case BOOLEAN -> Optional.of(Boolean.toString(Numbers.toBoolean(scalar.text())));
                    case NULL -> Optional.of("null");
                };
        if (source.isEmpty()) {
            problems.add(node.place(), tooLarge(scalar));
        }
        return source.flatMap(text -> compile(scalar, text, type));
    }

    private Optional<Expression> compile(Scalar scalar, String source, Expression.Type type) {
        try {
            return Optional.of(Expression.compile(source, type));
        } catch (InvalidExpressionException e) {
            for (InvalidExpressionException.Problem problem : e.problems()) {
                int line =
                        scalar.textLine() > 0
                                ? scalar.textLine() + problem.line() - 1
                                : scalar.place().line();
                problems.add(
                        scalar.place(),
                        line,
                        "%s (column %d of the expression)"
                                .formatted(problem.detail(), problem.column()));
            }
            return Optional.empty();
        }
    }

    static String tooLarge(Scalar number) {
        return number.description() + " is no finite number of 64 bits";
    }

    /** Reports that a value is not what it must be. */
    <T> Optional<T> wrong(Node node, String expected) {
        if (!(node instanceof Refused)) {
            problems.add(node.place(), "must be %s, is %s".formatted(expected, node.description()));
        }
        return Optional.empty();
    }

    private <T> Optional<T> parse(Node node, String text, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            problems.add(node.place(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private <T extends Comparable<T>> boolean inside(Node node, Bounds<T> bounds, T value) {
        return check(bounds.contains(value), node, "must be %s".formatted(bounds));
    }

    private boolean check(boolean holds, Node node, String detail) {
        if (!holds) {
            problems.add(node.place(), detail + ", is " + node.description());
        }
        return holds;
    }
}

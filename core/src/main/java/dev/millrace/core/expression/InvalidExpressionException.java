package dev.millrace.core.expression;

import java.util.List;
import java.util.stream.Collectors;

/** An expression that cannot be compiled. Carries every problem found, in source order. */
public final class InvalidExpressionException extends RuntimeException {
    private final List<Problem> problems;

    /**
     * One thing that is wrong, in plain words.
     *
     * @param line in the expression, from 1
     * @param column in code points, from 1
     * @param detail one line without a full stop at its end
     */
    public record Problem(int line, int column, String detail) {
        public Problem {
            if (line < 1 || column < 1) {
                throw new IllegalArgumentException("no such place: " + line + ":" + column);
            }
        }

        @Override
        public String toString() {
            return line + ":" + column + ": " + detail;
        }
    }

    InvalidExpressionException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** Never empty. */
    public List<Problem> problems() {
        return problems;
    }
}

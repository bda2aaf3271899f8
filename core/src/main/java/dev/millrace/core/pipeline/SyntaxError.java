package dev.millrace.core.pipeline;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/** Why a text is no YAML, in a sentence, and where. */
record SyntaxError(int line, int index, String detail) {
    private static final String INTRODUCTION = "is not valid YAML or JSON: ";

    static SyntaxError of(YamlEngineException e, String text) {
        return switch (e) {
            case MarkedYamlEngineException marked -> ofMarked(marked);
            case ReaderException reader -> ofCharacter(reader, text);
            case YamlVersionException _ ->
                    new SyntaxError(1, 0, INTRODUCTION + "only YAML 1.x is supported");
            default -> new SyntaxError(1, 0, INTRODUCTION + e.getMessage());
        };
    }

    private static SyntaxError ofMarked(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? e.getContext() : e.getProblem();
        Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
        if (mark == null) {
            return new SyntaxError(1, 0, INTRODUCTION + problem);
        }
        String beginning =
                e.getContextMark()
                        .filter(context -> context.getLine() < mark.getLine())
                        .map(context ->
                                ", %s that begins on line %d"
                                        .formatted(e.getContext(), context.getLine() + 1))
                        .orElse("");
        String detail =
                "%s%s (column %d%s)"
                        .formatted(INTRODUCTION, clean(problem), mark.getColumn() + 1, beginning);
        return new SyntaxError(mark.getLine() + 1, mark.getIndex(), detail);
    }

    /** Replaces the parser's advice, which speaks of indentation wherever a character is found. */
    private static String clean(String problem) {
        return problem.contains("(TAB)")
                ? "a tab cannot stand here; use spaces"
                : problem.replaceFirst(
                        "\\. \\(Do not use .*\\)", "; a text that begins so needs quotes");
    }

    private static SyntaxError ofCharacter(ReaderException e, String text) {
        int index = Math.clamp(e.getPosition(), 0, text.length());
        int line = 1 + (int) text.substring(0, index).chars().filter(c -> c == '\n').count();
        return new SyntaxError(
                line,
                index,
                INTRODUCTION + "the character U+%04X is not allowed".formatted(e.getCodePoint()));
    }
}

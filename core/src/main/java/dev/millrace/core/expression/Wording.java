package dev.millrace.core.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * CEL's messages in the words of people who write pipelines. What it does not know it leaves as it
 * is, but for the library's notes to itself.
 */
final class Wording {
    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '(.*?)'.*");
    private static final Pattern NO_OVERLOAD =
            Pattern.compile("found no matching overload for '(.*?)' applied to '(.*?)'.*");
    private static final Pattern MEMBER = Pattern.compile("(.*)\\.\\((.*)\\)");
    private static final Pattern UNEXPECTED =
            Pattern.compile(
                    "(?:mismatched input|extraneous input|no viable alternative at input"
                            + "|token recognition error at:) '(.*?)'.*",
                    Pattern.DOTALL);
    private static final Pattern NOISE =
            Pattern.compile(
                    " \\(in container '.*?'\\)| \\(candidates: .*\\)|evaluation error.*?: ");

    private static final Pattern VALUE =
            Pattern.compile("'[^']*'|`[^`]*`|\"[^\"]*\"|-?\\d+(\\.\\d+)?");
    private static final Pattern FUNCTION = Pattern.compile("^(\\w+) failure: ");

    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("int", "an integer"),
                    Map.entry("uint", "an unsigned integer"),
                    Map.entry("double", "a double"),
                    Map.entry("string", "a string"),
                    Map.entry("bool", "a boolean"),
                    Map.entry("bytes", "bytes"),
                    Map.entry("null", "null"),
                    Map.entry("dyn", "a field"),
                    Map.entry("google.protobuf.Timestamp", "a timestamp"),
                    Map.entry("timestamp", "a timestamp"),
                    Map.entry("google.protobuf.Duration", "a duration"),
                    Map.entry("duration", "a duration"));

    private Wording() {}

    /**
     * @param call whether the message is about a call
     */
    static String of(String message, boolean call) {
        Matcher undeclared = UNDECLARED.matcher(message);
        if (undeclared.matches()) {
            return call
                    ? "there is no function '%s'".formatted(undeclared.group(1))
                    : "there is no '%s'; there are id, type, source, timestamp and data"
                            .formatted(undeclared.group(1));
        }
        Matcher overload = NO_OVERLOAD.matcher(message);
        if (overload.matches()) {
            return noOverload(symbol(overload.group(1)), overload.group(2));
        }
        Matcher unexpected = UNEXPECTED.matcher(message);
        if (unexpected.matches()) {
            return unexpected.group(1).equals("<EOF>")
                    ? "the expression ends too early"
                    : "'%s' cannot stand here".formatted(unexpected.group(1).strip());
        }
        return clean(message);
    }

    /** A function's own complaint about an event, without the values in it. */
    static String failure(String message) {
        String masked = VALUE.matcher(clean(message)).replaceAll("…");
        return FUNCTION.matcher(masked).replaceFirst("'$1' failed: ");
    }

    /** Without what CEL says to itself. */
    private static String clean(String message) {
        return NOISE.matcher(message).replaceAll("").strip();
    }

    /** A function as it is written: {@code _+_} is {@code +}. */
    static String symbol(String function) {
        return switch (function) {
            case "_?_:_" -> "?:";
            case "_[_]" -> "[]";
            case "math.@max" -> "math.greatest";
            case "math.@min" -> "math.least";
            default -> function.replace("_", "").isEmpty() ? function : trim(function);
        };
    }

    private static String trim(String function) {
        boolean operator = !Character.isLetter(function.replaceAll("[_@]", "").charAt(0));
        return operator ? function.replaceAll("[_@]", "") : function.replaceFirst("^@", "");
    }

    private static String noOverload(String symbol, String types) {
        if (symbol.equals("?:")) {
            return "both sides of '?:' must have one type; dyn(…) around one of them allows two";
        }
        Matcher member = MEMBER.matcher(types);
        if (member.matches()) {
            String target = type(member.group(1));
            return member.group(2).isEmpty()
                    ? "'%s' cannot be called on %s".formatted(symbol, target)
                    : "'%s' cannot be called on %s with %s"
                            .formatted(symbol, target, types(member.group(2)));
        }
        return "'%s' cannot take %s"
                .formatted(symbol, types(types.substring(1, types.length() - 1)));
    }

    private static String types(String list) {
        List<String> types = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth == 0) {
                types.add(list.substring(from, i));
                from = i + 1;
            }
        }
        types.add(list.substring(from));
        return types.stream()
                .map(t -> t.isBlank() ? "nothing" : type(t.strip()))
                .collect(Collectors.joining(" and "));
    }

    private static String type(String type) {
        if (type.startsWith("list(")) {
            return "a list";
        }
        if (type.startsWith("map(")) {
            return "an object";
        }
        return TYPES.getOrDefault(type, type);
    }
}

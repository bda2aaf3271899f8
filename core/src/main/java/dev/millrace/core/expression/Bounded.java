package dev.millrace.core.expression;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;

import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelFunctionBinding;
import dev.millrace.core.expression.EvaluationException.Code;

import java.util.List;
import java.util.Map;

/**
 * Functions that build or search strings and lists, in place of CEL's, which know no bounds:
 * nested, {@code replace} and {@code +} would multiply a field of an event until memory is gone.
 */
final class Bounded {
    static final String REPLACE = "@replace";
    static final String JOIN = "@join";
    static final String BOUNDED = "@bounded";
    static final String MATCHES = "@matches";

    private Bounded() {}

    static List<CelFunctionBinding> bindings() {
        return List.of(
                CelFunctionBinding.from(
                        REPLACE,
                        List.of(String.class, String.class, String.class, Long.class),
                        args ->
                                replace(
                                        (String) args[0],
                                        (String) args[1],
                                        (String) args[2],
                                        (Long) args[3])),
                CelFunctionBinding.from(BOUNDED, Object.class, Bounded::bounded),
                CelFunctionBinding.from(JOIN, List.class, String.class, Bounded::join),
                CelFunctionBinding.from(
                        MATCHES, String.class, Pattern.class, (s, p) -> p.matcher(s).find()));
    }

    static String concat(String a, String b) {
        checkLength((long) a.length() + b.length());
        return a.concat(b);
    }

    static CelByteString concat(CelByteString a, CelByteString b) {
        checkLength((long) a.size() + b.size());
        return a.concat(b);
    }

    static Object concat(List<?> a, List<?> b) {
        if ((long) a.size() + b.size() > Limits.VALUES_MAX) {
            throw tooManyValues();
        }
        return bounded(ImmutableList.builder().addAll(a).addAll(b).build());
    }

    /** The same value, if it does not hold too many, at all depths. */
    private static Object bounded(Object value) {
        if (remaining(value, Limits.VALUES_MAX) < 0) {
            throw tooManyValues();
        }
        return value;
    }

    private static int remaining(Object value, int allowed) {
        Iterable<?> inner =
                switch (value) {
                    case List<?> list -> list;
                    case Map<?, ?> map -> map.values();
                    default -> List.of();
                };
        int left = allowed - 1;
        for (Object v : inner) {
            if (left < 0) {
                return left;
            }
            left = remaining(v, left);
        }
        return left;
    }

    private static Failure tooManyValues() {
        return new Failure(
                Code.LIMIT, "a list or object grows over %,d values".formatted(Limits.VALUES_MAX));
    }

    /**
     * An empty {@code what} occurs before every character and at the end; a negative {@code limit}
     * is none.
     */
    private static String replace(String text, String what, String with, long limit) {
        StringBuilder replaced = new StringBuilder(text.length());
        int from = 0;
        long left = limit;
        for (int at = text.indexOf(what); at >= 0 && left != 0; left--) {
            checkLength((long) replaced.length() + (at - from) + with.length());
            replaced.append(text, from, at).append(with);
            from = at + what.length();
            at = what.isEmpty() ? next(text, at) : text.indexOf(what, from);
        }
        checkLength((long) replaced.length() + (text.length() - from));
        return replaced.append(text, from, text.length()).toString();
    }

    /** The place of the next code point or the end; -1 from the end. */
    private static int next(String text, int at) {
        return at == text.length() ? -1 : text.offsetByCodePoints(at, 1);
    }

    private static String join(List<?> parts, String separator) {
        long length = 0;
        for (Object part : parts) {
            if (!(part instanceof String text)) {
                throw new Failure(
                        Code.TYPE, "'join' needs a list of strings, but one is " + Kind.of(part));
            }
            length += text.length() + separator.length();
        }
        checkLength(length);
        @SuppressWarnings("unchecked")
        List<String> strings = (List<String>) parts;
        return String.join(separator, strings);
    }

    private static void checkLength(long length) {
        if (length > Limits.STRING_LENGTH_MAX) {
            throw new Failure(
                    Code.LIMIT,
                    "a string grows over %,d characters".formatted(Limits.STRING_LENGTH_MAX));
        }
    }
}

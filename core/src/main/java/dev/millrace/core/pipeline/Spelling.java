package dev.millrace.core.pipeline;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is said of names that the file has and this version does not know. */
final class Spelling {
    private Spelling() {}

    /** The allowed name that is fewest edits away, if those are few for a name of that length. */
    static Optional<String> nearest(String name, List<String> allowed) {
        String lower = name.toLowerCase(Locale.ROOT);
        return allowed.stream()
                .filter(candidate -> edits(lower, candidate) <= 1 + candidate.length() / 4)
                .min(Comparator.comparingInt(candidate -> edits(lower, candidate)));
    }

    /** {@code unknown key 'fliter', did you mean 'filter'? Allowed: name, filter, …}. */
    static String unknown(String what, String name, List<String> allowed) {
        String guess = nearest(name, allowed).map(", did you mean '%s'?"::formatted).orElse(".");
        return "unknown %s '%s'%s Allowed: %s"
                .formatted(what, Texts.shorten(name), guess, String.join(", ", allowed));
    }

    /** For a name that the format has and this version does not. */
    static String unsupported(String name, List<String> allowed) {
        return "'%s' is not supported by this version. Allowed: %s"
                .formatted(name, String.join(", ", allowed));
    }

    /** Levenshtein's distance, but a swap of neighbours is one edit, and case does not count. */
    private static int edits(String name, String candidate) {
        String other = candidate.toLowerCase(Locale.ROOT);
        if (Math.abs(name.length() - other.length()) > other.length()) {
            return Integer.MAX_VALUE;
        }
        int[][] edits = new int[name.length() + 1][other.length() + 1];
        for (int i = 0; i <= name.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int change = name.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                int least = edits[i - 1][j - 1] + change;
                least = Math.min(least, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && name.charAt(i - 1) == other.charAt(j - 2)
                        && name.charAt(i - 2) == other.charAt(j - 1)) {
                    least = Math.min(least, edits[i - 2][j - 2] + 1);
                }
                edits[i][j] = least;
            }
        }
        return edits[name.length()][other.length()];
    }
}

package dev.millrace.server.cli;

import java.util.Locale;

/** Gives messages of different origin one voice. */
final class Sentence {
    private Sentence() {}

    /** A message as it follows {@code millrace: }, beginning in lower case. */
    static String of(String message) {
        boolean word = message.length() > 1 && Character.isLowerCase(message.charAt(1));
        return word
                ? message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1)
                : message;
    }

    /** The same of a message about usage, in one line and without Java's words. */
    static String ofUsage(String message) {
        String line = message.replaceAll("\\s+", " ").strip();
        return of(line.replaceFirst("is not an? (int|long)$", "is not a whole number"));
    }
}

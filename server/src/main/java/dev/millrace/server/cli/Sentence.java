package dev.millrace.server.cli;

import java.util.Locale;

/** Turns picocli's messages into the voice of ours. */
final class Sentence {
    private Sentence() {}

    /** One line that begins in lower case, as it follows {@code millrace: }. */
    static String of(String message) {
        String line =
                message.replaceAll("\\s+", " ")
                        .strip()
                        .replaceFirst("is not an? (int|long)$", "is not a whole number");
        boolean word = line.length() > 1 && Character.isLowerCase(line.charAt(1));
        return word ? line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1) : line;
    }
}

package dev.millrace.connect.postgres;

import java.util.Optional;

/** What PostgreSQL cannot hold in a text. */
final class Texts {
    private Texts() {}

    /** Why not, as the end of a sentence; empty if it can. */
    static Optional<String> unfit(String text) {
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == 0) {
                return Optional.of("a text in it has the character NUL");
            }
            if (Character.isSurrogate(one)) {
                boolean isPair =
                        Character.isHighSurrogate(one)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!isPair) {
                    return Optional.of("a text in it has half of a surrogate pair");
                }
                i++;
            }
        }
        return Optional.empty();
    }
}

package dev.millrace.core.letter;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Sixteen hexadecimal digits that letters of one cause share. */
final class Fingerprint {
    /**
     * What differs between two events of one cause: quoted values, and numbers that stand alone.
     */
    private static final Pattern VARYING =
            Pattern.compile("'[^']*'|\"[^\"]*\"|(?<!\\w)-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

    private Fingerprint() {}

    static String of(LetterKind kind, String stage, String code, String message) {
        String normalised = VARYING.matcher(message).replaceAll("?");
        String cause = String.join("\n", kind.wireName(), stage, code, normalised);
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(cause.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}

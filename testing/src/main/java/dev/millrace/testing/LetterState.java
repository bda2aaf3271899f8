package dev.millrace.testing;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterKind;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A dead letter as tests compare it. */
public record LetterState(
        String eventId, LetterKind kind, String stage, String code, int attempts) {
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");

    /** A letter of kind {@code stage} after its first failure. */
    public static LetterState failed(String eventId, String stage, String code) {
        return new LetterState(eventId, LetterKind.STAGE, stage, code, 1);
    }

    public static LetterState late(String eventId, String aggregate) {
        return new LetterState(eventId, LetterKind.LATE, aggregate, "late", 1);
    }

    public LetterState attempts(int count) {
        return new LetterState(eventId, kind, stage, code, count);
    }

    static LetterState of(DeadLetter letter) {
        return new LetterState(
                eventId(letter), letter.kind(), letter.stage(), letter.code(), letter.attempts());
    }

    static String eventId(DeadLetter letter) {
        Matcher id = ID.matcher(new String(letter.original(), StandardCharsets.UTF_8));
        if (!id.find()) {
            throw new IllegalArgumentException("no id in the event of " + letter);
        }
        return id.group(1);
    }
}

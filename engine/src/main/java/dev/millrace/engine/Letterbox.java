package dev.millrace.engine;

import dev.millrace.core.event.Rejection;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;

import java.util.List;
import java.util.Objects;

/**
 * Turns events that were rejected at admission into the dead letters that are written with their
 * batch.
 */
final class Letterbox {
    private Letterbox() {}

    /**
     * @param offset of the batch's record: a rejected event has the offset that it would have had
     */
    static List<LetterChange> letters(
            List<Rejection> rejections, long offset, long receivedAtMs, int version) {
        if (rejections.isEmpty()) {
            return List.of();
        }
        return rejections.stream()
                .map(rejection -> letter(rejection, offset, receivedAtMs, version))
                .<LetterChange>map(LetterChange.Put::new)
                .toList();
    }

    private static DeadLetter letter(
            Rejection rejection, long offset, long receivedAtMs, int version) {
        return DeadLetter.unchanged(
                new LetterId(
                        Math.max(0, receivedAtMs), LetterId.ADMISSION, offset + rejection.index()),
                kind(rejection.code()),
                "",
                rejection.code().text(),
                rejection.sentence(),
                version,
                Objects.requireNonNullElse(rejection.source(), ""),
                rejection.raw());
    }

    private static LetterKind kind(Rejection.Code code) {
        return switch (code) {
            case INVALID -> LetterKind.INVALID;
            case FUTURE -> LetterKind.FUTURE;
        };
    }
}

package dev.millrace.engine;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterKind;

import java.util.Optional;

/** Which dead letters are meant: those that match every part that is given. */
public record LetterFilter(
        Optional<LetterKind> kind, Optional<String> stage, Optional<String> fingerprint) {
    public static final LetterFilter ALL =
            new LetterFilter(Optional.empty(), Optional.empty(), Optional.empty());

    public boolean matches(DeadLetter letter) {
        return kind.map(wanted -> wanted == letter.kind()).orElse(true)
                && stage.map(wanted -> wanted.equals(letter.stage())).orElse(true)
                && fingerprint.map(wanted -> wanted.equals(letter.fingerprint())).orElse(true);
    }
}

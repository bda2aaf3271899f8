package dev.millrace.core.letter;

import java.util.Optional;

/**
 * Which dead letters are meant: those that match every part that is given.
 *
 * @param source of the event; empty text: those whose source could not be read
 * @param parked whether a replay by filter passes over it
 */
public record LetterFilter(
        Optional<LetterKind> kind,
        Optional<String> stage,
        Optional<String> fingerprint,
        Optional<String> source,
        Optional<Boolean> parked) {
    public static final LetterFilter ALL =
            new LetterFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    public boolean matches(DeadLetter letter) {
        return kind.map(wanted -> wanted == letter.kind()).orElse(true)
                && stage.map(wanted -> wanted.equals(letter.stage())).orElse(true)
                && source.map(wanted -> wanted.equals(letter.source())).orElse(true)
                && parked.map(wanted -> wanted == letter.parked()).orElse(true)
                && fingerprint.map(wanted -> wanted.equals(letter.fingerprint())).orElse(true);
    }
}

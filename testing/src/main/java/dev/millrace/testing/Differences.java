package dev.millrace.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Between what a run came to and what the oracle says. */
final class Differences {
    private Differences() {}

    /**
     * @throws AssertionError that says the first difference
     */
    static void none(Observed observed, Oracle.Verdict verdict) {
        equal("the watermark", observed.watermarkMs(), verdict.watermarkMs());
        equal("the ledger", LedgerState.of(observed.ledger()), verdict.ledger());
        same("cell of the ledger", observed.cells().entrySet(), verdict.cells().entrySet());
        same(
                "dead letter",
                observed.letters().stream().map(LetterState::of).toList(),
                verdict.letters());
        same("row", observed.rows(), verdict.rows());
    }

    private static void equal(String what, Object observed, Object expected) {
        if (!observed.equals(expected)) {
            throw new AssertionError("%s is %s, should be %s".formatted(what, observed, expected));
        }
    }

    private static <T> void same(String what, Collection<T> observed, Collection<T> expected) {
        List<T> missing = new ArrayList<>(expected);
        observed.forEach(missing::remove);
        List<T> unexpected = new ArrayList<>(observed);
        expected.forEach(unexpected::remove);
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new AssertionError(
                    "there should be this %s, and is not: %s\nthere is this %s, and should not be: %s"
                            .formatted(what, missing, what, unexpected));
        }
    }
}

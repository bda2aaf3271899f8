package dev.millrace.core.letter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Attempts, and which letters share a cause. */
class DeadLetterTest {
    private static DeadLetter letter(String code, String message) {
        return DeadLetter.unchanged(
                new LetterId(5, 0, 0),
                LetterKind.STAGE,
                "tidy",
                code,
                message,
                1,
                "shop",
                new byte[] {'x'});
    }

    private static String cause(String message) {
        return letter("type", message).fingerprint();
    }

    @Test
    void failuresThatDifferInValuesShareACause() {
        assertThat(cause("'a' is no number, at 17"))
                .isEqualTo(cause("'bc' is no number, at -1.5e9"));
        assertThat(cause("\"a\" is wrong")).isEqualTo(cause("\"\" is wrong"));
    }

    @Test
    void failuresOfDifferentFieldsDoNot() {
        assertThat(cause("no such field: data.p95")).isNotEqualTo(cause("no such field: data.p99"));
        assertThat(cause("no such field: data.a")).isNotEqualTo(cause("no such field: data.b"));
    }

    @Test
    void kindStageAndCodeAreParts() {
        assertThat(letter("a", "m").fingerprint()).isNotEqualTo(letter("b", "m").fingerprint());
        assertThat(letter("a", "m").fingerprint())
                .isNotEqualTo(
                        letter("a", "m").failedAgain("good", "a", "m", 6, 1, null).fingerprint())
                .matches("[0-9a-f]{16}");
    }

    @Test
    void failingAgainKeepsTheIdAndTheOriginal() {
        DeadLetter again = letter("a", "m").failedAgain("good", "b", "n", 9, 2, new byte[] {'y'});
        assertThat(again.attempts()).isEqualTo(2);
        assertThat(again.firstFailedAtMs()).isEqualTo(5);
        assertThat(again.lastFailedAtMs()).isEqualTo(9);
        assertThat(again.original()).containsExactly('x');
        assertThat(again.event()).containsExactly('y');
        assertThat(again.parked()).isFalse();
    }

    @Test
    void letterIsParkedAtTheLastAttempt() {
        DeadLetter letter = letter("a", "m");
        for (int attempt = 2; attempt <= DeadLetter.MAX_ATTEMPTS; attempt++) {
            assertThat(letter.parked()).isFalse();
            letter = letter.failedAgain("s", "a", "m", attempt, 1, null);
        }
        assertThat(letter.parked()).isTrue();
        assertThat(letter.attempts()).isEqualTo(10);
    }
}

package dev.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class BatchTest {
    @ParameterizedTest
    @CsvSource({
        "a|b|, a|, b|, 11",
        "a|b|c|, a|b|, c|, 12",
        "long line|b|, long line|, b|, 11",
        "a|long line|, a|, long line|, 11",
        "a|b|long line|, a|b|, long line|, 12",
        "||, |, |, 11",
    })
    void isCutBetweenTwoLines(String lines, String first, String second, long secondLine) {
        Batch.Halves halves = batch(lines).halves().orElseThrow();

        assertThat(text(halves.first())).isEqualTo(first);
        assertThat(text(halves.second())).isEqualTo(second);
        assertThat(halves.first().origin()).isEqualTo("log:10");
        assertThat(halves.second().origin()).isEqualTo("log:" + secondLine);
    }

    @Test
    void oneLineIsNotCut() {
        assertThat(batch("only one|").halves()).isEmpty();
        assertThat(batch("|").halves()).isEmpty();
    }

    private static Batch batch(String lines) {
        byte[] bytes = (lines.replace('|', '\n') + "beyond").getBytes(StandardCharsets.UTF_8);
        return new Batch(bytes, lines.length(), "log", 10);
    }

    private static String text(Batch batch) {
        return new String(batch.bytes(), 0, batch.length(), StandardCharsets.UTF_8)
                .replace('\n', '|');
    }
}

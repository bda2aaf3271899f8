package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"250ms, 250", "5s, 5000", "1m, 60000", "1h, 3600000", "7d, 604800000", "0s, 0"})
    void readsAndWritesOneUnit(String text, long ms) {
        assertThat(Durations.parse(text)).hasMillis(ms);
        assertThat(Durations.format(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"60s, 1m", "90s, 90s", "1500ms, 1500ms", "24h, 1d", "0d, 0s", "007m, 7m"})
    void writesTheLargestUnitThatDivides(String text, String written) {
        assertThat(Durations.format(Durations.parse(text))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "5", "m", "1h30m", "-5s", "+5s", "1.5h", "5 s", "5S", "5w", "٣s", "1d\n"
            })
    void refusesWhatIsNoDuration(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessage("must be a duration like 250ms, 5s, 1m, 1h or 7d, is '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"106751991168d", "999999999999999999h"})
    void refusesWhatDoesNotFitMilliseconds(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessage("is too long: '" + text + "'");
    }
}

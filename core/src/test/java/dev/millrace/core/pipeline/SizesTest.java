package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"64KiB, 65536", "1MiB, 1048576", "50GiB, 53687091200", "2TiB, 2199023255552"})
    void readsAndWritesOneUnit(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1MiB", "1536, 1536 bytes", "0, 0 bytes"})
    void writesTheLargestUnitThatDivides(long bytes, String written) {
        assertThat(Sizes.format(bytes)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64", "64KB", "64kib", "1.5GiB", "-1MiB", "1 MiB"})
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sizes.parse(text))
                .withMessage("must be a size like 64KiB, 1MiB or 50GiB, is '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388608TiB", "999999999999999999KiB"})
    void refusesWhatDoesNotFit(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sizes.parse(text))
                .withMessage("is too large: '" + text + "'");
    }
}

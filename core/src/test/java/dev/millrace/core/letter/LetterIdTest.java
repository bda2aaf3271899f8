package dev.millrace.core.letter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

class LetterIdTest {
    @Test
    void textIsReadBack() {
        for (LetterId id :
                List.of(
                        new LetterId(0, 0, 0),
                        new LetterId(1_763_900_000_000L, 3, 42),
                        new LetterId(Long.MAX_VALUE, LetterId.ADMISSION, Long.MAX_VALUE))) {
            assertThat(LetterId.parse(id.toString())).contains(id);
        }
        assertThat(new LetterId(1_763_900_000_000L, 3, 42)).hasToString("19ab0a20700-0003-2a");
    }

    @Test
    void otherTextsAreNoIds() {
        assertThat(
                        Stream.of(
                                "",
                                "-",
                                "--",
                                "19ab0a20700-0003",
                                "19ab0a20700-0003-2a-",
                                "19ab0a20700-3-2a",
                                "19AB0A20700-0003-2a",
                                "19ab0a20700-0003-02a",
                                "19ab0a20700-0003-+2a",
                                "-19ab0a2070-0003-2a",
                                "019ab0a20700-0003-2a",
                                "9ab0a20700-0003-2a",
                                "ffffffffffffffffff-0003-2a",
                                "19ab0a20700-000g-2a",
                                " 19ab0a20700-0003-2a"))
                .allSatisfy(text -> assertThat(LetterId.parse(text)).isEmpty());
    }

    @Test
    void orderIsByTimeThenPartitionThenSequence() {
        assertThat(
                        List.of(
                                new LetterId(1, 0, 9),
                                new LetterId(1, 2, 3),
                                new LetterId(1, 2, 20),
                                new LetterId(1, LetterId.ADMISSION, 0),
                                new LetterId(2, 0, 0)))
                .isSorted();
    }

    @Test
    void impossiblePartsAreRefused() {
        assertThatThrownBy(() -> new LetterId(-1, 0, 0)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new LetterId(0, 65_536, 0)).hasMessageContaining("65536");
        assertThatThrownBy(() -> new LetterId(0, 0, -7)).hasMessageContaining("-7");
    }
}

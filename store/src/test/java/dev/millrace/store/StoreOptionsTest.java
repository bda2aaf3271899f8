package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class StoreOptionsTest {
    @Test
    void defaultsArePinned() {
        assertThat(StoreOptions.defaults())
                .isEqualTo(new StoreOptions(64 << 20, 128 << 20, 256 << 20, 1_000, 2, false));
    }

    @Test
    void tooSmallIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoreOptions.defaults().withWalBytesMax(5))
                .withMessageContaining("walBytesMax is 5");
    }
}

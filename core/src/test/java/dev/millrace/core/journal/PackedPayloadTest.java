package dev.millrace.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;

class PackedPayloadTest {
    private static final int HEADER_BYTES = 21;

    @Test
    void whatIsPackedIsUnpackedAgain() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] payload = new byte[PackedPayload.BYTES_MIN + random.nextInt(200_000)];
            random.nextBytes(payload);
            // The rest comes again, as the names of members do.
            int fresh = 1 + random.nextInt(Math.min(payload.length / 2, 60_000));
            for (int i = fresh; i < payload.length; i++) {
                payload[i] = payload[i - fresh];
            }
            ByteBuffer packed =
                    Objects.requireNonNull(
                            PackedPayload.pack(ByteBuffer.wrap(payload), HEADER_BYTES));
            assertThat(packed.remaining()).isLessThan(HEADER_BYTES + payload.length);
            assertThat(PackedPayload.unpack(packed.position(HEADER_BYTES)))
                    .as("seed %d", seed)
                    .isEqualTo(payload);
            assertThat(packed.hasRemaining()).isFalse();
        }
    }

    @Test
    void whatWouldNotBecomeSmallerIsLeftAsItIs() {
        byte[] noise = new byte[50_000];
        new Random(1).nextBytes(noise);
        assertThat(PackedPayload.pack(ByteBuffer.wrap(noise), HEADER_BYTES)).isNull();
        assertThat(PackedPayload.pack(ByteBuffer.allocate(PackedPayload.BYTES_MIN - 1), 0))
                .isNull();
    }
}

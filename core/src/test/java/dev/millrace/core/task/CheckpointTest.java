package dev.millrace.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;
import dev.millrace.core.aggregate.SessionMarks;
import dev.millrace.core.ledger.LedgerCounts;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class CheckpointTest {
    private static final Checkpoint CHECKPOINT =
            new Checkpoint(
                    7,
                    -300_000,
                    90,
                    85,
                    3,
                    List.of(
                            new PartitionState(
                                    2,
                                    90,
                                    40,
                                    Long.MIN_VALUE,
                                    -600_000,
                                    1_700_000_000_000L,
                                    -5,
                                    6,
                                    new LedgerCounts(
                                            1, 2, 3, 4, 5, 6, Map.of("views", 8L, "näx", 9L)),
                                    Map.of(3, -1L)),
                            PartitionState.initial(1)),
                    Map.of(3, new SessionMarks(-7, 60_000, 5, 9), 4, SessionMarks.NONE),
                    Optional.of(new Backfill(2, Set.of(3, 7), -9, 10, 20, 30)));

    @Test
    void whatIsEncodedIsDecoded() {
        assertThat(Checkpoint.decode(CHECKPOINT.encode())).isEqualTo(CHECKPOINT);
        Checkpoint initial = Checkpoint.initial(3, 4);
        assertThat(Checkpoint.decode(initial.encode())).isEqualTo(initial);
    }

    @Test
    void oldestOffsetThatAPartitionNeedsIsNeeded() {
        assertThat(CHECKPOINT.neededFrom()).isZero();
        assertThat(
                        new Checkpoint(
                                        1,
                                        0,
                                        9,
                                        9,
                                        0,
                                        List.of(CHECKPOINT.partitions().getFirst()),
                                        Map.of(),
                                        Optional.empty())
                                .neededFrom())
                .isEqualTo(90);
    }

    @Test
    void checkpointThatIsCutShortIsRefused() {
        byte[] bytes = CHECKPOINT.encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Checkpoint.decode(cut)).isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void unknownFormatIsNamed() {
        byte[] bytes = CHECKPOINT.encode();
        bytes[0] = 9;
        assertThatThrownBy(() -> Checkpoint.decode(bytes))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("format 9");
    }
}

package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

class JournalReadAheadTest {
    private static final EventReader READER =
            new EventReader(Projection.of(List.of()), FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null);

    private final MemoryStorage storage = new MemoryStorage();
    private final PipelineStore store =
            storage.create("web", new PipelineVersion(1, 0, "", Map.of(), Map.of()));
    private final ExecutorService decoders = Executors.newFixedThreadPool(3);

    @AfterEach
    void close() {
        decoders.close();
    }

    /** Some are larger than all that may be ahead, most are small, so that groups differ. */
    @Test
    void recordsComeInOrderWhateverTheirSize() {
        Random random = new Random(1);
        for (int i = 0; i < 3_000; i++) {
            int bytes = i == 1_500 ? (int) JournalReadAhead.BYTES + 1 : random.nextInt(2_000);
            append(i, spaces(bytes));
        }

        List<Long> offsets = new ArrayList<>();
        readAhead().read(1_000, read -> offsets.add(read.offset()));

        assertThat(offsets)
                .containsExactlyElementsOf(LongStream.range(1_000, 3_000).boxed().toList());
    }

    @Test
    void anEmptyJournalIsReadAtOnce() {
        readAhead()
                .read(
                        0,
                        read -> {
                            throw new AssertionError(read);
                        });
    }

    @Test
    void aBrokenRecordEndsTheReadingBehindThoseBeforeIt() {
        append(0, spaces(1));
        storage.append(
                List.of(JournalAppend.of(store, 1, new byte[] {99, 0, 0, 0, 0, 0, 0, 0, 0})));

        assertThatThrownBy(() -> readAhead().read(0, _ -> {}))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("journal record 1 is of unknown kind");
    }

    /** The journal is longer than what may be ahead, so the reader waits for room when it ends. */
    @Test
    void nothingIsReadAnyMoreOnceTheTakerFails() {
        int large = (int) JournalReadAhead.BYTES / 4;
        for (int i = 0; i < 6; i++) {
            append(i, spaces(large));
        }

        assertThatThrownBy(() ->
                        readAhead()
                                .read(
                                        0,
                                        _ -> {
                                            throw new IllegalStateException("full");
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("full");

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("millrace-read-ahead");
    }

    private JournalReadAhead readAhead() {
        return new JournalReadAhead(store, decoders, JournalReadAheadTest::events);
    }

    private static EventBatch events(JournalRecord record) {
        byte[] payload = ((JournalRecord.Events) record).payload();
        return READER.reread(payload, 0, payload.length, 0);
    }

    /** A payload of no events. */
    private static byte[] spaces(int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) ' ');
        return payload;
    }

    private void append(long offset, byte[] payload) {
        JournalRecord record = new JournalRecord.Events(0, 1, 1, 0, false, payload);
        storage.append(List.of(JournalAppend.of(store, offset, JournalCodec.encode(record))));
    }
}

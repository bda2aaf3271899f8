package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.MillraceException;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.letter.LetterId;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class OutboxEntryTest {
    private static final byte[] ROW =
            ("{\"aggregate\":\"views\",\"windowStart\":0,\"windowEnd\":60000,\"group\":{\"data.x\":null,\"source\":\"s\"},"
                            + "\"values\":{\"n\":3,\"mean\":2.0,\"top\":[[\"a\",2]]},\"revision\":7,\"final\":false}")
                    .getBytes(UTF_8);

    private static final OutboxEntry ENTRY =
            new OutboxEntry(
                    3,
                    1_700_000_000_000L,
                    99,
                    List.of(
                            new OutboxEntry.Item(OutboxEntry.Kind.ROW, ROW),
                            new OutboxEntry.Item(
                                    OutboxEntry.Kind.EVENT,
                                    "{\"id\":\"e\"}".getBytes(UTF_8),
                                    new OutboxEntry.Replayed("r1", new LetterId(5, 0xfffe, 9)))));

    @Test
    void comesBackAsItWas() {
        OutboxEntry read = OutboxEntry.decode(ENTRY.encode());

        assertThat(read).usingRecursiveComparison().isEqualTo(ENTRY);
        assertThat(read.bytes()).isEqualTo(ROW.length + 10);
    }

    @Test
    void aRowComesBackWithItsTypesAndItsJson() {
        SinkItem.RowItem item = (SinkItem.RowItem) ENTRY.items().getFirst().at(12);

        assertThat(item.position()).isEqualTo(12);
        assertThat(item.row().values())
                .containsEntry("n", 3L)
                .containsEntry("mean", 2.0)
                .containsEntry("top", List.of(List.of("a", 2L)));
        assertThat(item.row().group()).containsEntry("data.x", null).containsEntry("source", "s");
        assertThat(item.row().revision()).isEqualTo(7);
        assertThat(new SinkItem.RowItem(12, item.row()).json()).isEqualTo(ROW);
    }

    @Test
    void aCutOrStrangeEntryIsTold() {
        byte[] bytes = ENTRY.encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(MillraceException.class)
                    .isThrownBy(() -> OutboxEntry.decode(cut));
        }
        bytes[0] = 9;
        assertThatExceptionOfType(MillraceException.class)
                .isThrownBy(() -> OutboxEntry.decode(bytes))
                .withMessageContaining("format 9");
    }

    @Test
    void anItemThatIsNoRowIsRefused() {
        OutboxEntry.Item broken =
                new OutboxEntry.Item(OutboxEntry.Kind.ROW, "{\"aggregate\":5}".getBytes(UTF_8));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> broken.at(0))
                .withMessageContaining("aggregate");
    }

    @Test
    void ofOneRowOnlyTheHighestRevisionIsDelivered() {
        SinkItem older = row(1, 7);
        SinkItem newer = row(2, 9);
        SinkItem replayed = row(3, 8);
        SinkItem event = new SinkItem.EventItem(4, ROW);

        assertThat(SinkReader.newest(List.of(older, newer, replayed, event)))
                .containsExactly(newer, event);
        assertThat(SinkReader.newest(List.of(older, replayed, event)))
                .containsExactly(replayed, event);
    }

    private static SinkItem row(long position, int revision) {
        byte[] json =
                new String(ROW, UTF_8)
                        .replace("\"revision\":7", "\"revision\":" + revision)
                        .getBytes(UTF_8);
        return new OutboxEntry.Item(OutboxEntry.Kind.ROW, json).at(position);
    }
}

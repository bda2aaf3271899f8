package dev.millrace.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.letter.Origin;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

class JournalCodecTest {
    private static final List<LetterId> LETTERS =
            List.of(new LetterId(5, 3, 9), new LetterId(1L << 50, LetterId.ADMISSION, 1L << 40));

    private static final List<LetterRef> REFS =
            List.of(
                    new LetterRef(LETTERS.getFirst(), new Origin(17, 2)),
                    new LetterRef(LETTERS.getLast(), Origin.NONE));

    private static final List<JournalRecord> OTHERS =
            List.of(
                    new JournalRecord.Change(6, 4),
                    new JournalRecord.Change(6, 4, OptionalLong.of(5)),
                    new JournalRecord.Replay(7, "replay ä", REFS, null),
                    new JournalRecord.Replay(7, "", List.of(), null),
                    new JournalRecord.Discard(8, "d", LETTERS),
                    new JournalRecord.Advance(9, -300_000));

    private static final byte[] PAYLOAD = "{}\n{}".getBytes(StandardCharsets.UTF_8);

    @Test
    void eventsKeepTheirPayload() {
        byte[] bytes = JournalCodec.encode(new JournalRecord.Events(-5, 2, 3, 1, false, PAYLOAD));
        assertThat(JournalCodec.decode(0, bytes))
                .isInstanceOfSatisfying(
                        JournalRecord.Events.class,
                        events -> {
                            assertThat(events.receivedAtMs()).isEqualTo(-5);
                            assertThat(events.version()).isEqualTo(2);
                            assertThat(events.received()).isEqualTo(3);
                            assertThat(events.rejected()).isEqualTo(1);
                            assertThat(events.accepted()).isEqualTo(2);
                            assertThat(events.payload()).isEqualTo(PAYLOAD);
                        });
    }

    @Test
    void manyEventsArePackedAndComeBackAsTheyWere() {
        byte[] payload = "{\"id\":\"a\"}\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        for (boolean history : new boolean[] {false, true}) {
            byte[] bytes =
                    JournalCodec.encode(
                            new JournalRecord.Events(-5, 2, 1_003, 3, history, payload));
            assertThat(bytes).hasSizeLessThan(payload.length / 4);
            assertThat(JournalCodec.receivedAtMs(bytes)).isEqualTo(-5);
            assertThat(JournalCodec.width(bytes)).isEqualTo(1_003);
            assertThat(JournalCodec.decode(0, bytes))
                    .isInstanceOfSatisfying(
                            JournalRecord.Events.class,
                            events -> {
                                assertThat(events.version()).isEqualTo(2);
                                assertThat(events.rejected()).isEqualTo(3);
                                assertThat(events.history()).isEqualTo(history);
                                assertThat(events.payload()).isEqualTo(payload);
                            });
        }
    }

    @Test
    void aPartOfAnArrayIsAPayload() {
        byte[] array = "[{\"id\":1},{\"id\":2}]".repeat(500).getBytes(StandardCharsets.UTF_8);
        for (int length : new int[] {0, 19, 5_000}) {
            byte[] bytes =
                    JournalCodec.encodeEvents(1, 1, 1, 0, false, ByteBuffer.wrap(array, 1, length));
            assertThat(((JournalRecord.Events) JournalCodec.decode(0, bytes)).payload())
                    .isEqualTo(Arrays.copyOfRange(array, 1, 1 + length));
        }
    }

    @Test
    void packedEventsThatAreDamagedAreRefused() {
        byte[] payload = "{\"id\":\"a\"}\n".repeat(300).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, payload));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> JournalCodec.decode(42, cut))
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining("42");
        }
        for (int length : new int[] {-1, 0, payload.length - 1, payload.length + 1, 1 << 30}) {
            byte[] lying = bytes.clone();
            ByteBuffer.wrap(lying).putInt(21, length);
            assertThatThrownBy(() -> JournalCodec.decode(42, lying))
                    .isInstanceOf(MillraceException.class);
        }
    }

    /**
     * What is damaged inside the block may unpack to something else, but never to another length.
     */
    @Test
    void damagedBlocksEndInAnErrorOrInAPayloadOfTheirLength() {
        byte[] payload = "{\"id\":\"abc\"}\n".repeat(400).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, payload));
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = bytes.clone();
            int at = 25 + random.nextInt(bytes.length - 25);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            try {
                JournalRecord record = JournalCodec.decode(42, damaged);
                assertThat(((JournalRecord.Events) record).payload())
                        .as("seed %d", seed)
                        .hasSize(payload.length);
            } catch (MillraceException broken) {
                refused++;
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    @Test
    void saysWhatARecordTakesOnceItIsDecoded() {
        byte[] payload = new byte[10_000];
        byte[] packed = JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, payload));
        byte[] plain = JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, PAYLOAD));
        assertThat(JournalCodec.decodedBytes(packed)).isEqualTo(10_000);
        assertThat(JournalCodec.decodedBytes(plain)).isEqualTo(plain.length);
    }

    @Test
    void readmissionsKeepTheirPayload() {
        byte[] bytes =
                JournalCodec.encode(
                        new JournalRecord.Readmission(
                                5,
                                2,
                                "replay ä",
                                List.of(
                                        new JournalRecord.Readmission.Refused(4, "größe"),
                                        new JournalRecord.Readmission.Refused(3, "")),
                                PAYLOAD));
        assertThat(JournalCodec.decode(0, bytes))
                .isInstanceOfSatisfying(
                        JournalRecord.Readmission.class,
                        again -> {
                            assertThat(again.receivedAtMs()).isEqualTo(5);
                            assertThat(again.version()).isEqualTo(2);
                            assertThat(again.replay()).isEqualTo("replay ä");
                            assertThat(again.letters())
                                    .containsExactly(
                                            new JournalRecord.Readmission.Refused(4, "größe"),
                                            new JournalRecord.Readmission.Refused(3, ""));
                            assertThat(again.payload()).isEqualTo(PAYLOAD);
                        });
    }

    @Test
    void replaysKeepTheirPatch() {
        byte[] patch = "{\"data\":null}".getBytes(StandardCharsets.UTF_8);
        byte[] bytes = JournalCodec.encode(new JournalRecord.Replay(5, "r", REFS, patch));
        assertThat(JournalCodec.decode(0, bytes))
                .isInstanceOfSatisfying(
                        JournalRecord.Replay.class,
                        replay -> assertThat(replay.patch()).isEqualTo(patch));
    }

    @Test
    void otherRecordsComeBackAsTheyWere() {
        for (JournalRecord record : OTHERS) {
            assertThat(JournalCodec.decode(0, JournalCodec.encode(record))).isEqualTo(record);
        }
    }

    @Test
    void timeAndWidthAreReadWithoutTheRest() {
        byte[] events = JournalCodec.encode(new JournalRecord.Events(11, 1, 40, 2, false, PAYLOAD));
        assertThat(JournalCodec.receivedAtMs(events)).isEqualTo(11);
        assertThat(JournalCodec.width(events)).isEqualTo(40);
        byte[] rejected =
                JournalCodec.encode(new JournalRecord.Events(11, 1, 0, 0, false, new byte[0]));
        assertThat(JournalCodec.width(rejected)).isEqualTo(1);
        for (JournalRecord record : OTHERS) {
            byte[] bytes = JournalCodec.encode(record);
            assertThat(JournalCodec.receivedAtMs(bytes)).isEqualTo(record.receivedAtMs());
            assertThat(JournalCodec.width(bytes)).isEqualTo(record.width());
        }
    }

    @Test
    void layoutIsAsItSays() {
        assertThat(HexFormat.of().formatHex(JournalCodec.encode(OTHERS.getFirst())))
                .isEqualTo("02" + "0000000000000006" + "00000004" + "8000000000000000");
        assertThat(
                        HexFormat.of()
                                .formatHex(
                                        JournalCodec.encode(
                                                new JournalRecord.Replay(
                                                        1,
                                                        "r",
                                                        REFS.subList(0, 1),
                                                        new byte[] {9}))))
                .isEqualTo(
                        "03"
                                + "0000000000000001"
                                + "00000001"
                                + "72"
                                + "00000001"
                                + "0000000000000005"
                                + "0003"
                                + "0000000000000009"
                                + "0000000000000011"
                                + "0000000000000002"
                                + "00000001"
                                + "09");
    }

    @Test
    void recordThatIsCutShortIsRefused() {
        for (JournalRecord record : OTHERS) {
            byte[] bytes = JournalCodec.encode(record);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> JournalCodec.decode(42, cut))
                        .isInstanceOf(MillraceException.class)
                        .hasMessageContaining("42");
            }
        }
    }

    @Test
    void unknownKindIsRefused() {
        byte[] bytes = JournalCodec.encode(OTHERS.getFirst());
        bytes[0] = 77;
        assertThatThrownBy(() -> JournalCodec.decode(42, bytes))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("kind 77");
    }

    @Test
    void senselessLengthIsRefusedBeforeMemoryIsTakenForIt() {
        byte[] bytes = JournalCodec.encode(new JournalRecord.Replay(7, "r", REFS, null));
        for (int length : new int[] {-1, Integer.MAX_VALUE}) {
            byte[] broken = bytes.clone();
            ByteBuffer.wrap(broken).putInt(9, length);
            assertThatThrownBy(() -> JournalCodec.decode(42, broken))
                    .isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void moreRejectedThanReceivedIsRefused() {
        byte[] bytes = JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, PAYLOAD));
        ByteBuffer.wrap(bytes).putInt(17, 2);
        assertThatThrownBy(() -> JournalCodec.decode(42, bytes))
                .isInstanceOf(MillraceException.class);
    }
}

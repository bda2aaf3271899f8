package dev.millrace.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Collections;
import java.util.List;

class JournalWidthTest {
    static List<JournalRecord> records() {
        return List.of(
                new JournalRecord.Events(1, 2, 0, 0, false, new byte[0]),
                new JournalRecord.Events(1, 2, 1, 1, false, new byte[0]),
                new JournalRecord.Events(1, 2, 1_000, 3, false, new byte[9]),
                new JournalRecord.Change(1, 2),
                new JournalRecord.Replay(1, "r", List.of(), null),
                new JournalRecord.Readmission(1, 2, "r", List.of(), new byte[0]),
                new JournalRecord.Readmission(
                        1,
                        2,
                        "replay",
                        Collections.nCopies(70, new JournalRecord.Readmission.Refused(0, "s")),
                        new byte[9]),
                new JournalRecord.Discard(1, "d", List.of()),
                new JournalRecord.Advance(1, 1_000));
    }

    @ParameterizedTest
    @MethodSource("records")
    void isToldFromTheBytesAlone(JournalRecord record) {
        assertThat(JournalCodec.width(JournalCodec.encode(record))).isEqualTo(record.width());
    }
}

package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.Projection;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.Commit;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

class SliceTableTest {
    private static final long START_MS = 1_000;

    private final Aggregation aggregation = aggregation();
    private final SliceTable table = new SliceTable(aggregation, START_MS);

    @Test
    void layoutIsAsItSays() {
        merge("a", "b");

        assertThat(drain(300)).hasSize(1);
        merge("b");
        Commit.RowChange change = drain(301).getFirst();

        assertThat(change.windowStartMs()).isEqualTo(START_MS);
        assertThat(HexFormat.of().formatHex(change.group())).isEqualTo("00000000");
        assertThat(HexFormat.of().formatHex(change.value()))
                .isEqualTo("02" + "03056100" + "ac02" + "02" + "03056200" + "ad02" + "04");
    }

    @Test
    void onlyRowsWithAChangedGroupAreWritten() {
        merge(names(0, 600));
        assertThat(drain(1)).hasSize(3);
        merge("g300");

        assertThat(drain(2))
                .singleElement()
                .satisfies(change -> assertThat(change.group()).isEqualTo(SliceCodec.key(1)));
        assertThat(drain(3)).isEmpty();
    }

    @Test
    void groupsKeepTheirPlacesWhenTheyAreLoaded() {
        merge(names(0, 600));
        List<Commit.RowChange> stored = drain(1);
        SliceTable loaded = new SliceTable(aggregation, START_MS);
        stored.forEach(change -> loaded.load(change.value()));

        merge(names(100, 700));
        int _ = loaded.merge(deltas(names(100, 700)), Integer.MAX_VALUE);
        assertThat(written(drain(loaded, 2))).isEqualTo(written(drain(2)));
    }

    @Test
    void storedRowThatIsCutWithinAGroupIsRefused() {
        merge("a", "b");
        byte[] value = drain(300).getFirst().value();
        int endOfA = 1 + (value.length - 1) / 2;

        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            if (length != 1 && length != endOfA) {
                assertThatThrownBy(() -> table.load(cut)).isInstanceOf(MillraceException.class);
            }
        }
    }

    @Test
    void rowOfAnotherFormatIsRefused() {
        byte[] row = RowCodec.encode(RowCodec.Head.of(1, false), new long[1], 0, 1);
        assertThatThrownBy(() -> table.load(row)).isInstanceOf(MillraceException.class);
    }

    private void merge(String... names) {
        assertThat(table.merge(deltas(names), Integer.MAX_VALUE)).isZero();
    }

    private List<Commit.RowChange> drain(long revision) {
        return drain(table, revision);
    }

    private static List<Commit.RowChange> drain(SliceTable table, long revision) {
        List<Commit.RowChange> changes = new ArrayList<>();
        table.drainChanges(revision, changes);
        return changes;
    }

    private static List<String> written(List<Commit.RowChange> changes) {
        return changes.stream()
                .map(change ->
                        HexFormat.of().formatHex(change.group())
                                + ":"
                                + HexFormat.of().formatHex(change.value()))
                .toList();
    }

    private static String[] names(int from, int to) {
        String[] names = new String[to - from];
        Arrays.setAll(names, i -> "g" + (from + i));
        return names;
    }

    /** One event of each group. */
    private GroupTable deltas(String... names) {
        GroupTable deltas = aggregation.newTable(SliceDeltas.LEAD);
        KeyBuffer key = new KeyBuffer();
        for (String name : names) {
            key.clear();
            key.appendString(name);
            int row = deltas.findOrAdd(key);
            deltas.cells()[deltas.at(row)]++;
        }
        return deltas;
    }

    private static Aggregation aggregation() {
        String text =
                """
                pipeline: test
                stages:
                  - name: numbers
                    aggregate: {window: {sliding: 10s, every: 1s}, by: [source], values: {n: count}}
                """;
        PipelineDefinition definition =
                ((DefinitionReader.Valid) DefinitionReader.read(text, SchemaSource.NONE))
                        .definition();
        return new Aggregation(
                definition.aggregates().getFirst(), 1, Projection.of(definition.paths()));
    }
}

package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.KeyCodec;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** The table held against a map. */
class GroupTableTest {
    private static final int STRIDE = 3;

    private final GroupTable table = new GroupTable(0, STRIDE, 0);

    private static KeyBuffer key(Object... values) {
        KeyBuffer key = new KeyBuffer();
        key.set(KeyCodec.encode(List.of(values)));
        return key;
    }

    @Test
    void unknownKeyIsNotFound() {
        assertThat(table.find(key("a"))).isEqualTo(GroupTable.NONE);
        assertThat(table.size()).isZero();
    }

    @Test
    void rowsAreNumberedAsTheyComeAndBeginAtZero() {
        assertThat(table.findOrAdd(key("b"))).isEqualTo(0);
        assertThat(table.findOrAdd(key("a"))).isEqualTo(1);
        assertThat(table.findOrAdd(key("b"))).isEqualTo(0);
        for (int row = 0; row < 2; row++) {
            int at = table.at(row);
            assertThat(Arrays.copyOfRange(table.cells(), at, at + STRIDE)).containsOnly(0);
        }
        assertThat(KeyCodec.decode(table.key(1))).containsExactly("a");
    }

    @Test
    void emptyKeyIsAKey() {
        assertThat(table.findOrAdd(key())).isEqualTo(0);
        assertThat(table.findOrAdd(key("a"))).isEqualTo(1);
        assertThat(table.find(key())).isEqualTo(0);
        assertThat(table.key(0)).isEmpty();
    }

    @Test
    void longKeysAreKeptWhole() {
        String large = "x".repeat(100_000);
        assertThat(table.findOrAdd(key(large))).isEqualTo(0);
        assertThat(table.findOrAdd(key(large + "y"))).isEqualTo(1);
        assertThat(KeyCodec.decode(table.key(0))).containsExactly(large);
    }

    @Test
    void behavesLikeAMap() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            GroupTable groups =
                    new GroupTable(0, STRIDE, 0, GroupTable.Room.of(random.nextInt(4_000)));
            Map<List<Object>, Long> model = new LinkedHashMap<>();
            int distinct = 1 + random.nextInt(3_000);
            for (int i = 0; i < 5_000; i++) {
                List<Object> values =
                        List.of((long) random.nextInt(distinct), "g" + random.nextInt(3));
                model.merge(values, 1L, Long::sum);
                int row = groups.findOrAdd(key(values.toArray()));
                groups.cells()[groups.at(row) + STRIDE - 1]++;
            }
            assertThat(groups.size()).as("seed %d", seed).isEqualTo(model.size());
            int row = 0;
            for (Map.Entry<List<Object>, Long> entry : model.entrySet()) {
                assertThat(KeyCodec.decode(groups.key(row))).isEqualTo(entry.getKey());
                assertThat(groups.cells()[groups.at(row) + STRIDE - 1]).isEqualTo(entry.getValue());
                assertThat(groups.find(key(entry.getKey().toArray()))).isEqualTo(row);
                row++;
            }
        }
    }

    @Test
    void rowsOfAnotherTableAreFoundByTheirKeys() {
        GroupTable other = new GroupTable(0, 1, 0);
        int first = other.findOrAdd(key("a", 1L));
        int second = other.findOrAdd(key("b", 2L));
        assertThat(table.find(other, second)).isEqualTo(GroupTable.NONE);
        assertThat(table.findOrAdd(other, second)).isEqualTo(0);
        assertThat(table.findOrAdd(other, first)).isEqualTo(1);
        assertThat(table.find(other, second)).isEqualTo(0);
        assertThat(table.key(0)).isEqualTo(other.key(second));
    }

    @Test
    void manyRowsAreFoundAtOnceAsOneByOne() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int distinct = 1 + random.nextInt(3_000);
            GroupTable groups = new GroupTable(0, 1, 0);
            GroupTable other = new GroupTable(0, 1, 0);
            int _ = groups.findOrAdd(key());
            int _ = other.findOrAdd(key());
            for (int i = 0; i < 2_000; i++) {
                int _ = groups.findOrAdd(key((long) random.nextInt(distinct)));
                int _ = other.findOrAdd(key((long) random.nextInt(distinct)));
            }
            int from = random.nextInt(other.size());
            int[] found = new int[other.size() - from];
            Arrays.fill(found, 7);
            groups.findAll(other, from, found, found.length);
            byte[][] copies = new byte[found.length][];
            int[] rows = IntStream.range(0, other.size()).toArray();
            other.keys(rows, from, copies, found.length);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).as("seed %d", seed).isEqualTo(groups.find(other, from + i));
                assertThat(copies[i]).as("seed %d", seed).isEqualTo(other.key(from + i));
            }
        }
    }
}

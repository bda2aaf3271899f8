package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdsOfOnePartitionTest {
    @Test
    void idsDiffer() {
        assertThat(IdsOfOnePartition.like("probe", 4, 300))
                .hasSize(300)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.startsWith("probe-"));
    }

    @Test
    void othersAreLeftOut() {
        String last = IdsOfOnePartition.like("probe", 4, 30).getLast();

        // A quarter or so is of a partition.
        assertThat(Integer.parseInt(last.substring("probe-".length()))).isBetween(60, 240);
        assertThat(IdsOfOnePartition.like("probe", 1, 30).getLast()).isEqualTo("probe-29");
    }
}

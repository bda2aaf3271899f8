package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Watermark;

import java.util.ArrayList;
import java.util.List;

/**
 * What happened to each partition, in order, as far as it counts: what a crash undoes is forgotten,
 * and written again when the next host comes to it, if it does.
 */
final class InputLog {
    private final List<List<Input>> partitions = new ArrayList<>();
    private int[] committed;

    /** Up to here nothing is changed any more. */
    private int[] marked;

    InputLog(int partitionCount) {
        for (int i = 0; i < partitionCount; i++) {
            partitions.add(new ArrayList<>());
        }
        this.committed = new int[partitionCount];
        this.marked = new int[partitionCount];
    }

    void add(int partition, Input input) {
        List<Input> inputs = partitions.get(partition);
        if (input instanceof Watermark(long toMs)
                && inputs.size() > marked[partition]
                && inputs.getLast() instanceof Watermark(long lastMs)) {
            inputs.set(inputs.size() - 1, new Watermark(Math.max(toMs, lastMs)));
        } else {
            inputs.add(input);
        }
    }

    /** How much there is of each partition now: what the next commit is made of. */
    int[] mark() {
        marked = partitions.stream().mapToInt(List::size).toArray();
        return marked.clone();
    }

    void commit(int[] reached) {
        committed = reached;
    }

    void crash() {
        for (int i = 0; i < committed.length; i++) {
            List<Input> inputs = partitions.get(i);
            inputs.subList(committed[i], inputs.size()).clear();
        }
        marked = committed;
    }

    /** What the committed state must have come of. */
    List<List<Input>> committed() {
        List<List<Input>> lists = new ArrayList<>();
        for (int i = 0; i < committed.length; i++) {
            lists.add(List.copyOf(partitions.get(i).subList(0, committed[i])));
        }
        return lists;
    }
}

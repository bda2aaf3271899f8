package dev.millrace.core.task;

import java.util.ArrayList;
import java.util.List;

/** Counts what comes to the stages of one partition. Confined to the partition's thread. */
final class StageTally {
    private final List<String> names;
    private final long[] in;
    private final long[] out;
    private final long[] filtered;
    private final long[] failed;

    StageTally(List<Operator> operators) {
        this.names = operators.stream().map(Operator::name).toList();
        this.in = new long[names.size()];
        this.out = new long[names.size()];
        this.filtered = new long[names.size()];
        this.failed = new long[names.size()];
    }

    /** Goes on with other stages; those of a name that was there before go on counting. */
    StageTally next(List<Operator> operators) {
        StageTally next = new StageTally(operators);
        for (int i = 0; i < next.names.size(); i++) {
            int before = names.indexOf(next.names.get(i));
            if (before >= 0) {
                next.in[i] = in[before];
                next.out[i] = out[before];
                next.filtered[i] = filtered[before];
                next.failed[i] = failed[before];
            }
        }
        return next;
    }

    void in(int stage) {
        in[stage]++;
    }

    void out(int stage) {
        out[stage]++;
    }

    void filtered(int stage) {
        filtered[stage]++;
    }

    void failed(int stage) {
        failed[stage]++;
    }

    List<StageCount> counts() {
        List<StageCount> counts = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            counts.add(new StageCount(names.get(i), in[i], out[i], filtered[i], failed[i]));
        }
        return counts;
    }
}

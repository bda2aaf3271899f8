package dev.millrace.core.letter;

import java.util.Optional;

/**
 * Where a dead letter stands among the letters of its pipeline: ordered by the time of the first
 * failure, then by the partition that wrote it, then by that partition's own count. Deterministic,
 * so that a partition that works through the same records again after a crash writes the same
 * letters again.
 *
 * <p>Written as three fields of hexadecimal digits, {@code 19ab3f8c2d1-0003-2a}: the time in epoch
 * milliseconds (11 digits or more), the partition (4 digits, {@link #ADMISSION} is {@code ffff},
 * {@link #SINKS} is {@code fffe}) and the sequence.
 *
 * @param timeMs epoch milliseconds, 0 or more
 * @param partition 0 to 65,535
 * @param sequence 0 or more
 */
public record LetterId(long timeMs, int partition, long sequence) implements Comparable<LetterId> {
    /**
     * The partition number of letters that were written at admission, before an event had a
     * partition.
     */
    public static final int ADMISSION = 0xffff;

    /** The partition number of letters that sinks wrote. */
    public static final int SINKS = 0xfffe;

    public LetterId {
        if (timeMs < 0 || partition < 0 || partition > ADMISSION || sequence < 0) {
            throw new IllegalArgumentException(
                    "no dead letter id: time "
                            + timeMs
                            + ", partition "
                            + partition
                            + ", sequence "
                            + sequence);
        }
    }

    /** Whether a sink wrote the letter. */
    public boolean isOfSink() {
        return partition == SINKS;
    }

    /** Reads what {@link #toString} wrote; empty if {@code text} is no such id. */
    public static Optional<LetterId> parse(String text) {
        String[] parts = text.split("-", -1);
        if (parts.length != 3 || parts[1].length() != 4) {
            return Optional.empty();
        }
        try {
            LetterId id =
                    new LetterId(
                            Long.parseLong(parts[0], 16),
                            Integer.parseInt(parts[1], 16),
                            Long.parseLong(parts[2], 16));
            return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException noNumber) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(LetterId other) {
        int byTime = Long.compare(timeMs, other.timeMs);
        if (byTime != 0) {
            return byTime;
        }
        int byPartition = Integer.compare(partition, other.partition);
        return byPartition != 0 ? byPartition : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return "%011x-%04x-%x".formatted(timeMs, partition, sequence);
    }
}

package dev.millrace.core.task;

import dev.millrace.core.MillraceException;
import dev.millrace.core.aggregate.SessionMarks;
import dev.millrace.core.ledger.LedgerCounts;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a pipeline stands as of a commit. Stored big-endian, version 3: version {@code u8},
 * revision, watermark, total offset, received and rejected {@code i64} each, number of partitions
 * {@code i32}; then for each partition its version {@code i32}, seven {@code i64} (end offset,
 * events taken, watermark, first watermark, receipt, newest, letter sequence), six {@code i64} of
 * counts (duplicate, filtered, dead, discarded, completed, exploded), the number of late counts
 * {@code i32}, and each of them as name (modified UTF-8) and {@code i64}, then the floors of its
 * aggregates; then the sessions. Those two are each a number of entries {@code i32}, and each entry
 * a state number {@code i32} and {@code i64}: of a floor one, of sessions four (oldest held,
 * longest, former, since). Last the backfill: the number of its aggregates {@code i32}, 0 where
 * there is none and nothing follows; else each of them {@code i32}, its version {@code i32}, and
 * from, start, position and end {@code i64} each.
 *
 * @param revision number of the commit
 * @param watermarkMs of the merged windows
 * @param totalsOffset the offset up to which {@code received} and {@code rejected} count
 * @param partitions by number
 * @param sessions by state number, where to find the sessions of an aggregate that has some
 * @param backfill that is under way
 */
public record Checkpoint(
        long revision,
        long watermarkMs,
        long totalsOffset,
        long received,
        long rejected,
        List<PartitionState> partitions,
        Map<Integer, SessionMarks> sessions,
        Optional<Backfill> backfill) {
    private static final int FORMAT = 3;

    public Checkpoint {
        partitions = List.copyOf(partitions);
        sessions = Map.copyOf(sessions);
    }

    /** Of a pipeline that has taken nothing. */
    public static Checkpoint initial(int version, int partitions) {
        List<PartitionState> states = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            states.add(PartitionState.initial(version));
        }
        return new Checkpoint(0, Long.MIN_VALUE, 0, 0, 0, states, Map.of(), Optional.empty());
    }

    /** The oldest offset that a partition still needs. */
    public long neededFrom() {
        return partitions.stream().mapToLong(PartitionState::endOffset).min().orElse(0);
    }

    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(revision);
            out.writeLong(watermarkMs);
            out.writeLong(totalsOffset);
            out.writeLong(received);
            out.writeLong(rejected);
            out.writeInt(partitions.size());
            for (PartitionState partition : partitions) {
                write(out, partition);
            }
            writeSessions(out, sessions);
            write(out, backfill);
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws MillraceException if {@code bytes} are not what {@link #encode} wrote
     */
    public static Checkpoint decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readUnsignedByte();
            if (format != FORMAT) {
                throw new MillraceException(
                        "the checkpoint has format " + format + ", not " + FORMAT);
            }
            long revision = in.readLong();
            long watermarkMs = in.readLong();
            long totalsOffset = in.readLong();
            long received = in.readLong();
            long rejected = in.readLong();
            int count = in.readInt();
            List<PartitionState> partitions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                partitions.add(read(in));
            }
            return new Checkpoint(
                    revision,
                    watermarkMs,
                    totalsOffset,
                    received,
                    rejected,
                    partitions,
                    readSessions(in),
                    readBackfill(in));
        } catch (IOException broken) {
            throw new MillraceException("the checkpoint is broken", broken);
        }
    }

    private static void write(DataOutputStream out, PartitionState partition) throws IOException {
        out.writeInt(partition.version());
        out.writeLong(partition.endOffset());
        out.writeLong(partition.eventsTaken());
        out.writeLong(partition.watermarkMs());
        out.writeLong(partition.firstWatermarkMs());
        out.writeLong(partition.receiptMs());
        out.writeLong(partition.newestMs());
        out.writeLong(partition.letterSequence());
        LedgerCounts counts = partition.counts();
        out.writeLong(counts.duplicate());
        out.writeLong(counts.filtered());
        out.writeLong(counts.dead());
        out.writeLong(counts.discarded());
        out.writeLong(counts.completed());
        out.writeLong(counts.exploded());
        out.writeInt(counts.late().size());
        for (Map.Entry<String, Long> late : counts.late().entrySet()) {
            out.writeUTF(late.getKey());
            out.writeLong(late.getValue());
        }
        write(out, partition.floorsMs());
    }

    private static void write(DataOutputStream out, Map<Integer, Long> marks) throws IOException {
        out.writeInt(marks.size());
        for (Map.Entry<Integer, Long> mark : marks.entrySet()) {
            out.writeInt(mark.getKey());
            out.writeLong(mark.getValue());
        }
    }

    private static Map<Integer, Long> readMarks(DataInputStream in) throws IOException {
        Map<Integer, Long> marks = new HashMap<>();
        for (int rest = in.readInt(); rest > 0; rest--) {
            marks.put(in.readInt(), in.readLong());
        }
        return marks;
    }

    private static void writeSessions(DataOutputStream out, Map<Integer, SessionMarks> sessions)
            throws IOException {
        out.writeInt(sessions.size());
        for (Map.Entry<Integer, SessionMarks> one : sessions.entrySet()) {
            SessionMarks marks = one.getValue();
            out.writeInt(one.getKey());
            out.writeLong(marks.oldestHeldMs());
            out.writeLong(marks.longestMs());
            out.writeLong(marks.formerMs());
            out.writeLong(marks.sinceMs());
        }
    }

    private static Map<Integer, SessionMarks> readSessions(DataInputStream in) throws IOException {
        Map<Integer, SessionMarks> sessions = new HashMap<>();
        for (int rest = in.readInt(); rest > 0; rest--) {
            sessions.put(
                    in.readInt(),
                    new SessionMarks(in.readLong(), in.readLong(), in.readLong(), in.readLong()));
        }
        return sessions;
    }

    private static void write(DataOutputStream out, Optional<Backfill> backfill)
            throws IOException {
        if (backfill.isEmpty()) {
            out.writeInt(0);
            return;
        }
        Backfill one = backfill.get();
        out.writeInt(one.aggregates().size());
        for (int aggregate : one.aggregates()) {
            out.writeInt(aggregate);
        }
        out.writeInt(one.version());
        out.writeLong(one.fromMs());
        out.writeLong(one.startOffset());
        out.writeLong(one.position());
        out.writeLong(one.endOffset());
    }

    private static Optional<Backfill> readBackfill(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count == 0) {
            return Optional.empty();
        }
        Set<Integer> aggregates = new HashSet<>();
        for (int i = 0; i < count; i++) {
            aggregates.add(in.readInt());
        }
        return Optional.of(
                new Backfill(
                        in.readInt(),
                        aggregates,
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong()));
    }

    private static PartitionState read(DataInputStream in) throws IOException {
        int version = in.readInt();
        long endOffset = in.readLong();
        long eventsTaken = in.readLong();
        long watermarkMs = in.readLong();
        long firstWatermarkMs = in.readLong();
        long receiptMs = in.readLong();
        long newestMs = in.readLong();
        long letterSequence = in.readLong();
        long duplicate = in.readLong();
        long filtered = in.readLong();
        long dead = in.readLong();
        long discarded = in.readLong();
        long completed = in.readLong();
        long exploded = in.readLong();
        Map<String, Long> late = new HashMap<>();
        for (int rest = in.readInt(); rest > 0; rest--) {
            late.put(in.readUTF(), in.readLong());
        }
        return new PartitionState(
                version,
                endOffset,
                eventsTaken,
                watermarkMs,
                firstWatermarkMs,
                receiptMs,
                newestMs,
                letterSequence,
                new LedgerCounts(duplicate, filtered, dead, discarded, completed, exploded, late),
                readMarks(in));
    }
}

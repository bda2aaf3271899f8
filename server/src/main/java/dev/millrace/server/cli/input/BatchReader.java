package dev.millrace.server.cli.input;

import dev.millrace.server.client.Batch;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;

/**
 * Gathers the lines of one input into batches, in their order. A batch ends with the line that
 * reaches one of its bounds, so it is at most one line larger than {@link #BATCH_BYTES}. Confined
 * to one thread.
 */
public final class BatchReader {
    /** Where a batch ends, however few lines it has. */
    static final int BATCH_BYTES = 1 << 20;

    private final InputFile file;
    private final LineReader lines;
    private final EventLines events;
    private final int linesMax;

    public BatchReader(InputFile file, EventLines events, int linesMax) {
        this.file = file;
        this.lines = new LineReader(file);
        this.events = events;
        this.linesMax = linesMax;
    }

    /**
     * The next batch; null at the end. A line that is empty keeps its place, and the server skips
     * it.
     */
    public @Nullable Batch next() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long firstLine = lines.number() + 1;
        for (int count = 0; count < linesMax && out.size() < BATCH_BYTES; count++) {
            byte[] line = lines.next();
            if (line == null) {
                break;
            }
            events.write(line, lines.number(), out);
            out.write('\n');
        }
        return out.size() == 0
                ? null
                : new Batch(out.toByteArray(), out.size(), file.name(), firstLine);
    }
}

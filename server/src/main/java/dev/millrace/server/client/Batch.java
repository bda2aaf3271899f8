package dev.millrace.server.client;

import java.util.Arrays;
import java.util.Optional;

/**
 * Lines of NDJSON as they follow each other in one input, each ending with a line feed.
 *
 * @param bytes the lines are in the first {@code length} bytes; do not modify until it is sent
 * @param input the name of the input, for messages
 * @param firstLine the number of the first line in the input
 */
public record Batch(byte[] bytes, int length, String input, long firstLine) {
    /** The two parts of a batch of more than one line. */
    record Halves(Batch first, Batch second) {}

    public Batch {
        if (length < 0 || length > bytes.length) {
            throw new IllegalArgumentException(length + " of " + bytes.length + " bytes");
        }
        if (firstLine < 1) {
            throw new IllegalArgumentException("lines count from 1, not from " + firstLine);
        }
    }

    /** Where the batch begins: {@code access.log:8899}. */
    String origin() {
        return input + ":" + firstLine;
    }

    /**
     * Cuts behind the line that holds the middle, or before it; empty if there is only one line.
     */
    Optional<Halves> halves() {
        int behind = endOfLine(length / 2);
        int cut = behind < length ? behind : startOfLine(length / 2);
        return cut == 0
                ? Optional.empty()
                : Optional.of(
                        new Halves(
                                new Batch(bytes, cut, input, firstLine),
                                new Batch(
                                        Arrays.copyOfRange(bytes, cut, length),
                                        length - cut,
                                        input,
                                        firstLine + linesIn(cut))));
    }

    private int endOfLine(int from) {
        for (int i = from; i < length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return length;
    }

    private int startOfLine(int from) {
        for (int i = from - 1; i >= 0; i--) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    private long linesIn(int end) {
        long lines = 0;
        for (int i = 0; i < end; i++) {
            if (bytes[i] == '\n') {
                lines++;
            }
        }
        return lines;
    }
}

package dev.millrace.core.aggregate;

/**
 * Slices of one size, aligned to the epoch.
 *
 * @param sizeMs 1 or more
 */
record EpochSlices(long sizeMs) implements Slices {
    EpochSlices {
        if (sizeMs < 1) {
            throw new IllegalArgumentException("a window takes 1 ms or more, not " + sizeMs);
        }
    }

    @Override
    public long startOf(long timestampMs) {
        return timestampMs - Math.floorMod(timestampMs, sizeMs);
    }

    @Override
    public long endOf(long startMs) {
        return startMs + sizeMs;
    }

    @Override
    public long step(long startMs, int count) {
        return startMs + count * sizeMs;
    }
}
